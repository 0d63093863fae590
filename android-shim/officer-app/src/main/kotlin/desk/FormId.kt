/*
 * Which plain form somebody is filling in, as text: it is the place in the app, and stands in the draft. Ids and marks
 * alone, so that nothing of a case lies outside the encrypted store.
 */
package cn.lastmile.officer.desk

import java.security.MessageDigest

/** [id] has no spaces, and may be longer than the store's ids. */
sealed interface FormId {
    val id: String

    /** What its draft is called. */
    val draft: String
        get() = FORM_DRAFT + MessageDigest.getInstance("SHA-256").digest(id.toByteArray())
            .take(16).joinToString("") { "%02x".format(it) }

    /** The record that is worked on; null for one that is only begun. */
    val record: String?

    /** What [verb] of the record's kind asks for; [BEGIN_ONSITE] begins the on-site record of the act. */
    data class Step(override val record: String, val verb: String) : FormId {
        override val id get() = "entry:$record:$verb"
    }

    /** A record of [kind] to begin in the case of the mark [case] ([caseMark]); [number] is this beginning's own. */
    data class Begin(val case: String, val kind: String, val number: String) : FormId {
        override val id get() = "begin:$case:$kind:$number"
        override val record: String? get() = null
    }

    /** Going on without what [rule] asks for, about [item] or the whole record. */
    data class Aside(override val record: String, val rule: String, val item: String?) : FormId {
        override val id get() = "aside:$record:$rule:${item.orEmpty()}"
    }

    companion object {
        private const val FORM_DRAFT = "form:"

        /** The form that [id] names; null for something else, or of a later version. */
        fun of(id: String): FormId? {
            val parts = id.split(':')
            fun isSort(sort: String, size: Int) = parts[0] == sort && parts.size == size && parts[1].isNotEmpty()
            return when {
                isSort("entry", 3) -> Step(parts[1], parts[2])
                isSort("begin", 4) -> Begin(parts[1], parts[2], parts[3])
                isSort("aside", 4) -> Aside(parts[1], parts[2], parts[3].ifEmpty { null })
                else -> null
            }
        }
    }
}
