/* Where in the app the person is, as a stack of places that survives the end of the process as text. */
package cn.lastmile.officer.host

/** One screen and what it is about. */
sealed interface Place {
    data object Today : Place
    data object Leave : Place
    data class Act(val record: String) : Place
    data class Missing(val record: String, val step: String?) : Place
    data class Goods(val record: String) : Place
    data class Line(val record: String) : Place
    data class Entry(val record: String, val verb: String) : Place
    data class Conflicts(val record: String) : Place
    data class Signing(val record: String) : Place
    data class Call(val act: String?) : Place
    data class Assistance(val record: String) : Place

    /** One line of text. */
    fun written(): String = when (this) {
        Today -> "today"
        Leave -> "leave"
        is Act -> "act $record"
        is Missing -> "missing $record ${step.orEmpty()}"
        is Goods -> "goods $record"
        is Line -> "line $record"
        is Entry -> "entry $record $verb"
        is Conflicts -> "conflicts $record"
        is Signing -> "signing $record"
        is Call -> "call ${act.orEmpty()}"
        is Assistance -> "assistance $record"
    }

    /** The record that is worked on there. */
    val about: String?
        get() = when (this) {
            Today, Leave, is Assistance -> null
            is Act -> record
            is Missing -> record
            is Goods -> record
            is Line -> record
            is Entry -> record
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
            if (record == null) return Today
            return when (words[0]) {
                "act" -> Act(record)
                "missing" -> Missing(record, words.getOrNull(2)?.ifEmpty { null })
                "goods" -> Goods(record)
                "line" -> Line(record)
                "entry" -> words.getOrNull(2)?.ifEmpty { null }?.let { Entry(record, it) } ?: Act(record)
                "conflicts" -> Conflicts(record)
                "signing" -> Signing(record)
                "assistance" -> Assistance(record)
                else -> Today
            }
        }
    }
}
