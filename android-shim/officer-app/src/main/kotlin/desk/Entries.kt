/* Forms over the open core: read with the choices that the record offers, kept as drafts, handed in. */
package cn.lastmile.officer.desk

import cn.lastmile.core.Act
import cn.lastmile.core.FieldInfo
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Value
import cn.lastmile.core.VerbAction
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.show.Mark
import cn.lastmile.shim.show.markOf
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import java.time.Instant
import java.time.LocalDateTime
import java.time.OffsetDateTime
import java.time.ZoneId
import java.time.format.DateTimeParseException

/** What was typed cannot be handed in; nothing was written, and the draft stays. */
class EntryTrouble(override val words: Words) : Exception("entry_refused"), Trouble {
    override val code = "entry_refused"
}

/** [here] gives the position as records have it, null when it is not known. */
internal class Entries(
    private val core: FieldCore,
    private val kinds: List<KindInfo>,
    private val here: () -> String?,
) {
    /** The kind of the form: the record's own, or the one that is begun. */
    private fun kindOf(shown: ShownRecord, verb: String): KindInfo =
        kinds.first { it.name == if (verb == BEGIN_ONSITE) "onsite" else shown.kind }

    private fun verbOf(verb: String) = if (verb == BEGIN_ONSITE) "create" else verb

    suspend fun now(): String = core.ask { TYPED_TIME.format(beijing(it.deviceMs())) }

    suspend fun sheet(record: String, verb: String): EntrySheet = core.ask { sheet(it, record, verb) }

    private fun sheet(phone: Phone, record: String, verb: String): EntrySheet {
        val shown = phone.record(record)
        val kind = kindOf(shown, verb)
        val known = kind.verbs.firstOrNull { it.name == verbOf(verb) }
        val head = known?.action is VerbAction.Set
        val title = when {
            head -> Said.basics
            verb == BEGIN_ONSITE -> kind.label.shown
            else -> known?.label?.shown ?: kind.label.shown
        }
        val fields = fieldsOf(kind, verbOf(verb)).mapNotNull { field ->
            val choices = choices(phone, shown, kind, field)
            val stands = (if (head) standing(shown, field) else null)?.let { typed(field.kind, it) }.orEmpty()
            EntryField(field.name, field.label.shown, field.kind, choices, stands)
                .takeUnless { choices.isEmpty() && field.kind.isChosen }
        }
        val draft = phone.drafts(shown.caseNo).firstOrNull { it.id == entryId(record, verb) }?.form?.head.orEmpty()
        val typed = draft.mapNotNull { (name, value) -> (value as? Value.Text)?.let { name to it.value } }.toMap()
        return EntrySheet(record, verb, title, fields, typed, beijing(phone.deviceMs()).toLocalDate())
    }

    /** Nobody types such a value: without a choice the form does not ask for it. */
    private val FieldKind.isChosen
        get() = when (this) {
            is FieldKind.Item, is FieldKind.Record, is FieldKind.Person, is FieldKind.Position -> true
            else -> false
        }

    private fun standing(shown: ShownRecord, field: FieldInfo): Value? =
        shown.head.firstOrNull { it.name == field.name }?.takeUnless { it.contested }?.values?.firstOrNull()?.value

    private fun choices(phone: Phone, shown: ShownRecord, kind: KindInfo, field: FieldInfo): List<Pair<String, Words>> =
        when (val type = field.kind) {
            is FieldKind.Code -> type.choices.map { it.code to it.label.shown }
            is FieldKind.Flag -> listOf("true" to Words("是", "yes"), "false" to Words("否", "no"))
            is FieldKind.Person -> people(phone, shown).map { (id, name) -> id to Words(name, name) }
            is FieldKind.Position -> listOfNotNull(here()).map { it to Words("现在的位置", "where the phone is") }
            is FieldKind.Item -> items(shown, FormWords(kind), field)
            is FieldKind.Record -> records(phone, shown, field)
            else -> emptyList()
        }

    /** Other records of the case; of the kind that the field is called after, if it is. */
    private fun records(phone: Phone, shown: ShownRecord, field: FieldInfo): List<Pair<String, Words>> {
        val only = kinds.firstOrNull { it.name == field.name }?.name
        return phone.records(shown.caseNo, null, 50u).records
            .filter { it.record != shown.record && (only == null || it.kind == only) }
            .map { it.record to Words("${it.label.zh} ${it.title}".trim(), "${it.label.en} ${it.title}".trim()) }
    }

    private fun people(phone: Phone, shown: ShownRecord): Map<String, String> =
        listOfNotNull(phone.signedIn()?.let { it.person to it.name }).toMap() + shown.names

    /** Items of the collection that the field is called after: `line` of lines, `photo_near` of photos. */
    private fun items(shown: ShownRecord, words: FormWords, field: FieldInfo): List<Pair<String, Words>> =
        shown.collections.filter { field.name.startsWith(it.name.removeSuffix("s")) }.flatMap { collection ->
            collection.items.filter { !it.struck }.mapIndexed { at, item ->
                val first = item.fields.firstOrNull { it.name == "name" || it.name == "seal_no" }
                val value = first?.values?.firstOrNull()?.value
                val said = value?.let { words.text(collection.name, first.name, it) }
                val label = collection.label.shown
                "${collection.name}/${item.item}" to (said ?: Words("${label.zh}${at + 1}", "${label.en} ${at + 1}"))
            }
        }

    suspend fun keep(record: String, verb: String, typed: Map<String, String>) = core.ask {
        val shown = it.record(record)
        val head = typed.mapValues { (_, text) -> Value.Text(text) }
        val form = RecordDraft(kindOf(shown, verb).name, shown.caseNo, null, head, emptyList())
        it.saveDraft(entryId(record, verb), form)
    }

    suspend fun enter(record: String, verb: String, typed: Map<String, String>): Mark = core.ask { phone ->
        val sheet = sheet(phone, record, verb)
        val read = sheet.read(typed)
        if (read.wrong.isNotEmpty()) {
            val (zh, en) = read.wrong.joinToString("、") { it.zh } to read.wrong.joinToString(", ") { it.en }
            throw EntryTrouble(Words("请改正:$zh", "please correct: $en"))
        }
        if (read.values.isEmpty()) throw EntryTrouble(Words("还没有填写", "nothing is written yet"))
        val shown = phone.record(record)
        val kind = kindOf(shown, verb)
        val action = kind.verbs.firstOrNull { it.name == verbOf(verb) }?.action
        when {
            verb == BEGIN_ONSITE -> {
                val draft = RecordDraft(kind.name, shown.caseNo, null, read.values, emptyList())
                val begun = phone.createRecord(draft).record
                phone.act(record, Act.Set("set", mapOf("onsite" to Value.Text(begun))))
            }
            action is VerbAction.Set -> phone.act(record, Act.Set(verb, read.values))
            else -> phone.act(record, Act.Add(verb, read.values))
        }
        phone.removeDraft(entryId(record, verb))
        markOf(phone.standing(record).standing)
    }
}

private fun entryId(record: String, verb: String) = "entry:$record:$verb"

private fun beijing(ms: Long): LocalDateTime =
    LocalDateTime.ofInstant(Instant.ofEpochMilli(ms), ZoneId.of("Asia/Shanghai"))

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
