/* Where in the app the person is, as a stack of places that survives the end of the process as text. */
package cn.lastmile.officer.host

import cn.lastmile.officer.desk.FormId

/** One screen and what it is about. */
sealed interface Place {
    data object Today : Place
    data object Leave : Place
    data object Register : Place
    data object Crew : Place
    data class Act(val record: String) : Place
    data class Missing(val record: String, val step: String?) : Place
    data class Goods(val record: String) : Place
    data class Line(val record: String) : Place

    /** What can be begun in the case of the mark [case]. */
    data class Begin(val case: String) : Place
    data class Entry(val form: FormId) : Place {
        constructor(record: String, verb: String) : this(FormId.Step(record, verb))
    }

    data class Conflicts(val record: String) : Place
    data class Signing(val record: String) : Place
    data class Call(val act: String?) : Place
    data class Assistance(val record: String) : Place

    /** One line of text. */
    fun written(): String = when (this) {
        Today -> "today"
        Leave -> "leave"
        Register -> "register"
        Crew -> "crew"
        is Act -> "act $record"
        is Missing -> "missing $record ${step.orEmpty()}"
        is Goods -> "goods $record"
        is Line -> "line $record"
        is Begin -> "begin $case"
        is Entry -> "form ${form.id}"
        is Conflicts -> "conflicts $record"
        is Signing -> "signing $record"
        is Call -> "call ${act.orEmpty()}"
        is Assistance -> "assistance $record"
    }

    /** The record that is worked on there. */
    val about: String?
        get() = when (this) {
            Today, Leave, Register, Crew, is Begin, is Assistance -> null
            is Act -> record
            is Missing -> record
            is Goods -> record
            is Line -> record
            is Entry -> form.record
            is Conflicts -> record
            is Signing -> record
            is Call -> act
        }

    companion object {
        /** The place that [text] describes; [Today] for what is not known. */
        fun of(text: String): Place {
            val words = text.split(' ')
            val record = words.getOrNull(1)?.ifEmpty { null }
            if (words[0] == "call") return Call(record)
            if (words[0] == "leave") return Leave
            if (words[0] == "register") return Register
            if (words[0] == "crew") return Crew
            if (record == null) return Today
            return when (words[0]) {
                "act" -> Act(record)
                "missing" -> Missing(record, words.getOrNull(2)?.ifEmpty { null })
                "goods" -> Goods(record)
                "line" -> Line(record)
                "begin" -> Begin(record)
                "form" -> FormId.of(record)?.let(::Entry) ?: Today
                "conflicts" -> Conflicts(record)
                "signing" -> Signing(record)
                "assistance" -> Assistance(record)
                else -> Today
            }
        }
    }
}
