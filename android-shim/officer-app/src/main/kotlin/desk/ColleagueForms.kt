/* Forms that were begun on a colleague's phone: as the crew's page shows them, and gone on with here. */
package cn.lastmile.officer.desk

import cn.lastmile.core.ColleagueDraft
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.momentOf
import cn.lastmile.shim.words.Words

/**
 * One of them. [origin] and [id] name it to the core; [caution] when it may have been recorded already; [open] when
 * this app can go on with it and nobody here has.
 */
data class ColleagueForm(
    val origin: String,
    val id: String,
    val title: Words,
    val from: Words,
    val caution: Words?,
    val state: Words?,
    val open: Boolean,
)

internal class ColleagueForms(private val core: FieldCore, private val kinds: List<KindInfo>) {
    suspend fun all(): List<ColleagueForm> = core.ask { phone ->
        val now = phone.deviceMs()
        phone.colleaguesDrafts(null).map { shown(it, now) }
    }

    private fun shown(draft: ColleagueDraft, now: Long): ColleagueForm {
        val kind = kinds.firstOrNull { it.name == draft.kind }
        val form = draft.form
        val label = kind?.label?.shown ?: Words(draft.kind, draft.kind)
        val line = form?.let { LineForm.of(it.items).name }.orEmpty()
        val name = line.ifBlank { form?.head?.values?.firstNotNullOfOrNull { (it as? cn.lastmile.core.Value.Text)?.value } }
        val title = if (name.isNullOrBlank()) label else Words("${label.zh} · $name", "${label.en} · $name")
        return ColleagueForm(
            draft.origin, draft.id, title,
            CrewSaid.from(draft.name, momentOf(draft.savedMs, now), momentOf(draft.metMs, now)),
            CrewSaid.since(draft.since).takeIf { draft.since > 0u && !draft.takenOver },
            CrewSaid.takenOver.takeIf { draft.takenOver } ?: CrewSaid.unreadable.takeIf { form == null || kind == null },
            open = form != null && kind != null && !draft.takenOver,
        )
    }

    /** Goes on with it here; false when its photo stayed on the other phone. Throws when another stands under its id. */
    suspend fun takeOver(origin: String, id: String): Boolean = core.ask { phone ->
        phone.takeOverDraft(origin, id)
        photoIsHere(phone, id)
    }

    /** A photo that this phone does not have would keep the line out of the record. */
    private fun photoIsHere(phone: Phone, id: String): Boolean {
        val form = phone.drafts(null).firstOrNull { it.id == id }?.form ?: return true
        val line = LineForm.of(form.items)
        val photo = line.photo ?: return true
        if (phone.unclaimedOriginals().any { it.hash == photo }) return true
        phone.saveDraft(id, form.copy(items = line.copy(photo = null).items()))
        return false
    }
}
