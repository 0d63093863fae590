/*
 * Plain forms over the open core, whichever they are: shown with what was typed before, kept as drafts at every change,
 * handed in once. What each is about is in [StepForms], [Beginnings] and [Asides].
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.Draft
import cn.lastmile.core.DraftItem
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Value
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.show.markOf
import cn.lastmile.shim.words.Words
import java.time.Instant
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.ZoneId

/** Under which kind and case number a draft lies. */
internal data class About(val kind: String, val caseNo: String)

/** One sort of form. */
internal interface Forms<F : FormId> {
    /** The form as it is before anything is typed. */
    fun sheet(phone: Phone, form: F): EntrySheet

    /** What it is called; [kind] is that of its draft. */
    fun title(kind: String, form: F): Words

    fun about(phone: Phone, form: F): About

    /** Fields whose words tell one draft from another, best first. */
    fun telling(form: F): List<String> = emptyList()

    /** Writes [values]; gives the record they are in. Throws [EntryTrouble]. */
    fun enter(phone: Phone, form: F, values: Map<String, Value>): String
}

internal class Entries(
    private val core: FieldCore,
    private val steps: StepForms,
    private val beginnings: Beginnings,
    private val asides: Asides,
) {

    suspend fun now(): String = core.ask { TYPED_TIME.format(beijing(it.deviceMs())) }

    suspend fun sheet(form: FormId): EntrySheet = core.ask { sheet(it, form) }

    private fun sheet(phone: Phone, form: FormId): EntrySheet {
        val bare = sorted(form).sheet(phone)
        val draft = phone.drafts(null).firstOrNull { it.id == form.draft } ?: return bare
        return bare.copy(typed = typedIn(draft))
    }

    suspend fun keep(form: FormId, typed: Map<String, String>) = core.ask { phone ->
        val about = sorted(form).about(phone)
        val head = typed.mapValues { (_, text) -> Value.Text(text) }
        val which = DraftItem(FORM, mapOf(FORM to Value.Text(form.id)))
        phone.saveDraft(form.draft, RecordDraft(about.kind, about.caseNo, null, head, listOf(which)))
    }

    suspend fun drop(form: FormId) {
        core.ask { it.removeDraft(form.draft) }
    }

    suspend fun enter(form: FormId, typed: Map<String, String>): Entered = core.ask { phone ->
        val sheet = sheet(phone, form)
        // Who may not hand it in is told so by the last note.
        if (sheet.save == null) throw EntryTrouble(sheet.notes.last())
        val values = sheet.read(typed).demand()
        val record = sorted(form).enter(phone, values)
        phone.removeDraft(form.draft)
        Entered(record, markOf(phone.standing(record).standing))
    }

    /** [draft] for the day's page; null when it is no form, or nothing is typed in it. */
    fun line(draft: Draft, at: String): DraftLine? {
        val about = draft.form ?: return null
        val which = about.items.firstOrNull { it.collection == FORM }?.fields?.get(FORM) as? Value.Text
        val form = which?.let { FormId.of(it.value) } ?: return null
        val typed = typedIn(draft).filterValues { it.isNotBlank() }.ifEmpty { return null }
        val title = sorted(form).title(about.kind)
        // Codes and ids mean nothing to anybody; what a person wrote does.
        val words = typed.filterValues { text -> text.any { it.code > LAST_LATIN } }
        val own = sorted(form).telling().firstNotNullOfOrNull(words::get)
            ?: words.values.maxByOrNull { it.length } ?: about.caseNo
        return DraftLine(null, form, Words("${title.zh}:$own", "${title.en}: $own"), at)
    }

    private fun sorted(form: FormId): Sorted<*> = when (form) {
        is FormId.Step -> Sorted(steps, form)
        is FormId.Begin -> Sorted(beginnings, form)
        is FormId.Aside -> Sorted(asides, form)
    }

    /** A form with those that know its sort. */
    private class Sorted<F : FormId>(private val sort: Forms<F>, private val form: F) {
        fun sheet(phone: Phone) = sort.sheet(phone, form)
        fun title(kind: String) = sort.title(kind, form)
        fun about(phone: Phone) = sort.about(phone, form)
        fun telling() = sort.telling(form)
        fun enter(phone: Phone, values: Map<String, Value>) = sort.enter(phone, form, values)
    }

    private companion object {
        const val LAST_LATIN = 0x24F

        /** Where a draft says which form it is. */
        const val FORM = "form"
    }
}

private fun typedIn(draft: Draft): Map<String, String> =
    draft.form?.head.orEmpty().mapNotNull { (name, value) -> (value as? Value.Text)?.let { name to it.value } }.toMap()

private fun beijing(ms: Long): LocalDateTime =
    LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneId.of("Asia/Shanghai"))

/** The phone's date in Beijing. */
internal fun today(phone: Phone): LocalDate = beijing(phone.deviceMs()).toLocalDate()
