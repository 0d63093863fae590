/* Forms that write into a record which is there: a step of an act, its basics, and the on-site record it names. */
package cn.lastmile.officer.desk

import cn.lastmile.core.Act
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Value
import cn.lastmile.core.VerbAction
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words
import java.time.OffsetDateTime
import java.time.ZoneId
import java.time.format.DateTimeParseException

internal class StepForms(private val kinds: List<KindInfo>, private val choices: Choices) : Forms<FormId.Step> {
    /** The kind of the form: the record's own, or the one that is begun. */
    private fun kindOf(shown: ShownRecord, verb: String): KindInfo =
        kinds.first { it.name == if (verb == BEGIN_ONSITE) "onsite" else shown.kind }

    private fun verbOf(verb: String) = if (verb == BEGIN_ONSITE) "create" else verb

    override fun sheet(phone: Phone, form: FormId.Step): EntrySheet {
        val shown = phone.record(form.record)
        val kind = kindOf(shown, form.verb)
        val head = kind.verbs.firstOrNull { it.name == verbOf(form.verb) }?.action is VerbAction.Set
        val fields = fieldsOf(kind, verbOf(form.verb)).mapNotNull { field ->
            val stands = (if (head) standing(shown, field.name) else null)?.let { typed(field.kind, it) }.orEmpty()
            choices.field(phone, shown.caseNo, shown, kind, field)?.copy(stands = stands)
        }
        return EntrySheet(form, title(kind.name, form), fields, today(phone), Said.keepEntry)
    }

    override fun title(kind: String, form: FormId.Step): Words {
        val known = kinds.firstOrNull { it.name == kind } ?: return Said.basics
        val verb = known.verbs.firstOrNull { it.name == verbOf(form.verb) }
        return when {
            verb?.action is VerbAction.Set -> Said.basics
            form.verb == BEGIN_ONSITE -> known.label.shown
            else -> verb?.label?.shown ?: known.label.shown
        }
    }

    private fun standing(shown: ShownRecord, field: String): Value? =
        shown.head.firstOrNull { it.name == field }?.takeUnless { it.contested }?.values?.firstOrNull()?.value

    override fun about(phone: Phone, form: FormId.Step): About =
        phone.record(form.record).let { About(kindOf(it, form.verb).name, it.caseNo) }

    override fun enter(phone: Phone, form: FormId.Step, values: Map<String, Value>): String {
        val shown = phone.record(form.record)
        val action = kindOf(shown, form.verb).verbs.firstOrNull { it.name == verbOf(form.verb) }?.action
        when {
            form.verb == BEGIN_ONSITE -> {
                // Whoever handles the act handles what was written down of it.
                val draft = RecordDraft("onsite", shown.caseNo, shown.handler, values, emptyList())
                val begun = phone.createRecord(draft).record
                phone.act(form.record, Act.Set("set", mapOf("onsite" to Value.Text(begun))))
            }
            action is VerbAction.Set -> phone.act(form.record, Act.Set(form.verb, values))
            else -> phone.act(form.record, Act.Add(form.verb, values))
        }
        return form.record
    }
}

/** [value] as a person would type it. */
private fun typed(kind: FieldKind, value: Value): String = when (value) {
    is Value.Flag -> "${value.value}"
    is Value.Number ->
        if (kind is FieldKind.Money) "${value.value.toBigDecimal().movePointLeft(2)}" else "${value.value}"
    is Value.Text -> if (kind is FieldKind.Time) typedTime(value.value) else value.value
    else -> ""
}

private fun typedTime(text: String): String = try {
    TYPED_TIME.format(OffsetDateTime.parse(text).atZoneSameInstant(ZoneId.of("Asia/Shanghai")))
} catch (_: DateTimeParseException) {
    text
}
