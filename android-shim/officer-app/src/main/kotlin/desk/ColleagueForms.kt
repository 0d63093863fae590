/* Forms that were begun on a colleague's phone: as the crew's page shows them, and gone on with here. */
package cn.lastmile.officer.desk

import cn.lastmile.core.ColleagueDraft
import cn.lastmile.core.Draft
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Phone
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.show.momentOf
import cn.lastmile.shim.words.Words

/**
 * One of them. [origin] and [id] name it to the core; [line] is where it is gone on with, null when this app cannot
 * open it. [caution] when it may have been recorded already, [taken] when somebody here has gone on with it.
 */
data class ColleagueForm(
    val origin: String,
    val id: String,
    val line: DraftLine?,
    val from: Words,
    val caution: Words?,
    val taken: Boolean,
)

/** [lines] names a draft as the day's page does. */
internal class ColleagueForms(private val core: FieldCore, private val lines: (Draft, String) -> DraftLine?) {
    suspend fun all(): List<ColleagueForm> = core.ask { phone ->
        val now = phone.deviceMs()
        phone.colleaguesDrafts(null).map { shown(phone, it, now) }
    }

    /** Whether the record is here that it is about. */
    private fun isHere(phone: Phone, line: DraftLine): Boolean {
        val record = line.form?.let { it.record ?: return true } ?: line.record ?: return true
        return try {
            phone.record(record)
            true
        } catch (_: LastmileException) {
            false
        }
    }

    private fun shown(phone: Phone, draft: ColleagueDraft, now: Long): ColleagueForm {
        val saved = momentOf(draft.savedMs, now)
        val line = lines(Draft(draft.id, draft.form, draft.savedMs, emptyList()), saved)?.takeIf { isHere(phone, it) }
        val caution = when {
            draft.takenOver -> null
            draft.takenBefore -> CrewSaid.changedSince
            draft.since > 0u -> CrewSaid.since(draft.since)
            else -> null
        }
        val from = CrewSaid.from(draft.name, saved, momentOf(draft.metMs, now))
        return ColleagueForm(draft.origin, draft.id, line, from, caution, draft.takenOver)
    }

    /** Goes on with it here; false when its photo stayed on the other phone. Throws when another stands under its id. */
    suspend fun takeOver(origin: String, id: String): Boolean = core.ask { phone ->
        phone.takeOverDraft(origin, id)
        photoIsHere(phone, id)
    }

    /** A photo that this phone does not have cannot go into the record from here. */
    private fun photoIsHere(phone: Phone, id: String): Boolean {
        val form = phone.drafts(null).firstOrNull { it.id == id }?.form ?: return true
        val line = LineForm.of(form.items)
        val photo = line.photo ?: return true
        if (phone.unclaimedOriginals().any { it.hash == photo }) return true
        phone.saveDraft(id, form.copy(items = line.copy(photo = null).items()))
        return false
    }
}

/** Which phones have a draft of this one. */
internal fun copiesOf(draft: Draft, now: Long): Words {
    val copy = draft.copies.firstOrNull { it.current } ?: draft.copies.firstOrNull() ?: return CrewSaid.onlyHere
    val at = momentOf(copy.metMs, now)
    return if (copy.current) CrewSaid.alsoOn(copy.name, at) else CrewSaid.olderOn(copy.name, at)
}

/** Why it may have been recorded elsewhere. */
internal fun cautionOf(draft: Draft): Words? = draft.copies.firstOrNull { it.takenOver }?.let { CrewSaid.goneOnAt(it.name) }
