/* What a field offers to be pressed: its codes, the people, items and records it may name, the place where the phone is. */
package cn.lastmile.officer.desk

import cn.lastmile.core.FieldInfo
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.core.ShownRecord
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.words.Words

/** [here] gives the position as records have it, null when it is not known. */
internal class Choices(private val kinds: List<KindInfo>, private val here: () -> String?) {
    /** The field of a form about [caseNo], in [record] if there is one; null when nobody could fill it in. */
    fun field(
        phone: Phone,
        caseNo: String,
        record: ShownRecord?,
        kind: KindInfo,
        field: FieldInfo,
    ): EntryField? {
        val choices = of(phone, caseNo, record, kind, field)
        return EntryField(field.name, field.label.shown, field.kind, choices)
            .takeUnless { choices.isEmpty() && field.kind.isChosen }
    }

    /** Nobody types such a value: without a choice the form does not ask for it. */
    private val FieldKind.isChosen
        get() = when (this) {
            is FieldKind.Item, is FieldKind.Record, is FieldKind.Person, is FieldKind.Position -> true
            else -> false
        }

    private fun of(
        phone: Phone,
        caseNo: String,
        record: ShownRecord?,
        kind: KindInfo,
        field: FieldInfo,
    ): List<Pair<String, Words>> = when (val type = field.kind) {
        is FieldKind.Code -> type.choices.map { it.code to it.label.shown }
        is FieldKind.Flag -> listOf("true" to Words("是", "yes"), "false" to Words("否", "no"))
        is FieldKind.Person -> people(phone, caseNo, record).map { (id, name) -> id to Words(name, name) }
        is FieldKind.Position -> listOfNotNull(here()).map { it to Words("现在的位置", "where the phone is") }
        is FieldKind.Item -> record?.let { items(it, FormWords(kind), field) }.orEmpty()
        is FieldKind.Record -> records(phone, caseNo, record, field)
        else -> emptyList()
    }

    /** Other records of the case, of the kind that the field means; the original of a correction is a finalised one. */
    private fun records(phone: Phone, caseNo: String, record: ShownRecord?, field: FieldInfo): List<Pair<String, Words>> {
        val only = REFERS[field.name] ?: kinds.firstOrNull { it.name == field.name }?.name
        return phone.allRecords(caseNo)
            .filter { it.record != record?.record && (only == null || it.kind == only) }
            .filter { field.name != ORIGINAL || it.finalised }
            .map { it.record to named(it.label.shown, it.title) }
    }

    private fun people(phone: Phone, caseNo: String, record: ShownRecord?): Map<String, String> {
        val me = listOfNotNull(phone.signedIn()?.let { it.person to it.name }).toMap()
        return me + (record?.names ?: phone.caseInfo(caseNo).parties.associate { it.id to it.name })
    }

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

    private companion object {
        /** Fields that name a record and are not called after its kind. */
        val REFERS = mapOf("renews" to "seizure", "reoccupation_of" to "eviction")
    }
}

/** The field by which a correction or supplement names what it is about. */
internal const val ORIGINAL = "original"
