/*
 * Beginning a record in a case: which kinds this person may begin, what is asked at the door, what is there already.
 * Kinds come from the descriptors; only what an officer knows at the door is said here.
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.FieldInfo
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.RecordLine
import cn.lastmile.core.Value
import cn.lastmile.core.VerbAction
import cn.lastmile.core.VerbInfo
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words
import java.util.UUID

/** One thing that can be begun; [why] it cannot be, in this case. */
data class BeginKind(val form: FormId.Begin, val label: Words, val why: Words? = null)

/** What can be begun in a case, and [there] what is not finalised yet. */
data class BeginView(val caseNo: String, val kinds: List<BeginKind>, val there: List<TodayAct>)

/** The case is not on this phone any more. */
private fun noCase() = EntryTrouble(Words("本机没有这件案件的案件包", "this phone has no pack of that case"))

/** [roles] are those of the person signed in. */
internal class Beginnings(
    private val kinds: List<KindInfo>,
    private val roles: Set<String>,
    private val choices: Choices,
) : Forms<FormId.Begin> {
    /** The kinds of the case with the mark [case]. */
    fun view(phone: Phone, case: String): BeginView {
        val caseNo = caseOf(phone, case).caseNo
        val all = phone.allRecords(caseNo)
        val mine = kinds.filter { it.name !in OWN_DOORS }.mapNotNull { kind ->
            val create = kind.create?.takeIf { verb -> verb.roles.isEmpty() || verb.roles.any { it in roles } }
            create?.let { BeginKind(FormId.Begin(case, kind.name, number()), it.label.shown, why(kind, all)) }
        }
        return BeginView(caseNo, mine, all.filter { !it.finalised && it.kind !in OWN_DOORS }.map { todayAct(phone, it) })
    }

    private fun why(kind: KindInfo, all: List<RecordLine>): Words? = Words(
        "本案还没有已定稿的清单或笔录;未定稿的,直接在原记录里改。",
        "Nothing is finalised in this case yet; what is not can be changed in itself.",
    ).takeIf { kind.head.any { it.name == ORIGINAL } && all.none { it.finalised } }

    private fun number() = UUID.randomUUID().toString().take(8)

    private fun caseOf(phone: Phone, mark: String) =
        phone.allCases().firstOrNull { caseMark(it.caseNo) == mark } ?: throw noCase()

    private fun kindOf(form: FormId.Begin) = kinds.first { it.name == form.kind }

    override fun title(kind: String, form: FormId.Begin): Words =
        kindOf(form).let { it.create?.label?.shown ?: it.label.shown }

    override fun about(phone: Phone, form: FormId.Begin) = About(form.kind, caseOf(phone, form.case).caseNo)

    override fun telling(form: FormId.Begin): List<String> = DOORS[form.kind]?.musts.orEmpty()

    override fun sheet(phone: Phone, form: FormId.Begin): EntrySheet {
        val case = caseOf(phone, form.case)
        val kind = kindOf(form)
        val fields = asked(kind).mapNotNull { field ->
            choices.field(phone, case.caseNo, null, kind, field)?.copy(must = isMust(kind, field))
        }
        val same = phone.allRecords(case.caseNo).filter { it.kind == kind.name && !it.finalised }
        val rulings = phone.caseInfo(case.caseNo).rulings
        // The one ruling there is will be the one; it can be changed like everything typed.
        val only = rulings.singleOrNull()?.docNo?.takeIf { fields.any { field -> field.name == RULING } }
        return EntrySheet(
            form, title(kind.name, form), fields, today(phone), kind.create?.label?.shown,
            listOfNotNull(Words(case.caseNo, case.caseNo), sameWords(kind, same.size)), same.map { todayAct(phone, it) },
            only?.let { mapOf(RULING to it) }.orEmpty(),
        )
    }

    private fun sameWords(kind: KindInfo, count: Int): Words? = kind.label.shown.let { label ->
        Words(
            "本案已有未定稿的${label.zh}${count}份,可按下面打开接着写;继续填写则另建一份。",
            "There is $count ${label.en} not finalised yet: open it below, or write on to begin another.",
        )
    }.takeIf { count > 0 }

    /** Musts first, then what else is known at the door; all of the head for a kind that is not described here. */
    private fun asked(kind: KindInfo): List<FieldInfo> {
        val all = fieldsOf(kind, kind.create?.name.orEmpty())
        val door = DOORS[kind.name] ?: return all
        return (door.musts + door.more).mapNotNull { name -> all.firstOrNull { it.name == name } }
    }

    private fun isMust(kind: KindInfo, field: FieldInfo): Boolean =
        DOORS[kind.name]?.let { field.name in it.musts } ?: (field.name == ORIGINAL && field.kind is FieldKind.Record)

    override fun enter(phone: Phone, form: FormId.Begin, values: Map<String, Value>): String {
        val case = caseOf(phone, form.case)
        // 承办人 is whoever handles the case, whoever of the crew begins: nobody else may finalise.
        val handler = case.handler.ifBlank { null }
        val head = values + digestOf(phone, kindOf(form), values)
        return phone.createRecord(RecordDraft(form.kind, case.caseNo, handler, head, emptyList())).record
    }

    /** A correction names what was finalised; of two finalisations of one record a person has to say which. */
    private fun digestOf(phone: Phone, kind: KindInfo, values: Map<String, Value>): Map<String, Value> {
        val original = (values[ORIGINAL] as? Value.Text)?.value ?: return emptyMap()
        if (kind.head.none { it.name == ORIGINAL_DIGEST }) return emptyMap()
        val bound = phone.record(original).finalised.singleOrNull()?.content ?: return emptyMap()
        return mapOf(ORIGINAL_DIGEST to Value.Bytes(bound.chunked(2).map { it.toInt(16).toByte() }.toByteArray()))
    }

    private val KindInfo.create: VerbInfo? get() = verbs.firstOrNull { it.action is VerbAction.Create }

    /** [musts] are without doubt known by whoever begins, and tell the record from others of its kind. */
    private class AtTheDoor(val musts: List<String>, val more: List<String>)

    private companion object {
        const val RULING = "ruling_no"
        const val ORIGINAL_DIGEST = "original_digest"

        /** Begun from the act they belong to, and by the red button. */
        val OWN_DOORS = setOf("onsite", "assistance")

        /** The rest of a head is filled in as the act goes on, under 基本情况 and in its steps. */
        val DOORS = mapOf(
            "seizure" to AtTheDoor(listOf("location"), listOf(RULING, "start_at", "waiting", "prior_seizure", "renews")),
            "eviction" to AtTheDoor(
                listOf("premises_address"),
                listOf("premises_kind", "start_at", "notice_doc_no", "notice_deadline_on", "police_support_no"),
            ),
            "correction" to AtTheDoor(listOf(ORIGINAL, "purpose"), listOf("start_at", "place", "remark")),
            "supplement" to AtTheDoor(listOf(ORIGINAL, "reason"), listOf("start_at", "place")),
            "person" to AtTheDoor(
                listOf("name"), listOf("role", "sex", "id_kind", "id_no", "phone", "address", "relation", "note"),
            ),
        )
    }
}
