/*
 * 说明理由后继续: going on without what a rule asks for, where the law leaves that to a person. The rule says in which
 * roles; a reason is always asked for, and the missing thing stays in sight with it.
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.Act
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Phone
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Stage
import cn.lastmile.core.Value
import cn.lastmile.core.VerbAction
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.show.missingLine
import cn.lastmile.shim.words.Words

/** The role of 院长、执行局长. */
internal const val PRESIDENT = "president"

/**
 * Why the person with the roles [mine] may not go on without [line]; null when they may. [mine] has [OFFICER] only for
 * the handling officer of the record.
 */
fun whyNot(line: MissingLine, mine: Set<String>): Words? {
    val may = line.maySetAside
    return when {
        may.any { it in mine } -> null
        may.isEmpty() -> Words("须先办妥,不能略过。", "This has to be done; nobody may go on without it.")
        OFFICER in may && PRESIDENT in may ->
            Words("承办人说明理由,或者院长批准,才能继续。", "The handling officer may go on with a reason, or the president.")
        OFFICER in may -> Words("承办人说明理由后才能继续。", "Only the handling officer may go on, with a reason.")
        PRESIDENT in may -> Words("须院长批准才能继续,请先报批。", "Only the president may allow to go on: ask first.")
        else -> Words("须由有权的人决定。", "Somebody entitled has to decide.")
    }
}

/** [roles] are those of the person signed in. */
internal class Asides(private val kinds: List<KindInfo>, private val roles: Set<String>) : Forms<FormId.Aside> {
    /** The roles in which the person signed in may decide about [shown]. */
    fun mine(phone: Phone, shown: ShownRecord): Set<String> =
        if (phone.signedIn()?.person == shown.handler) roles else roles - OFFICER

    override fun title(kind: String, form: FormId.Aside): Words = Said.setAside

    override fun about(phone: Phone, form: FormId.Aside): About =
        phone.record(form.record).let { About(it.kind, it.caseNo) }

    override fun sheet(phone: Phone, form: FormId.Aside): EntrySheet {
        val shown = phone.record(form.record)
        val line = missing(phone, form) ?: return EntrySheet(
            form, Said.setAside, emptyList(), today(phone), null, listOf(Said.nothingToSetAside),
        )
        val why = whyNot(line, mine(phone, shown))
        val field = kindOf(shown).collections.first { it.name == "overrides" }.fields.first { it.name == REASON }
        val reason = EntryField(REASON, field.label.shown, field.kind, emptyList(), must = true)
        return EntrySheet(
            form, Said.setAside, listOf(reason).takeIf { why == null }.orEmpty(), today(phone),
            Said.setAside.takeIf { why == null },
            listOf(line.words) + line.basis + (why ?: Said.asideStays),
        )
    }

    /** What is missing, at whatever stage it is asked for. */
    private fun missing(phone: Phone, form: FormId.Aside): MissingLine? =
        listOf(Stage.CLOSE, Stage.FINALISE).flatMap { phone.checkRules(form.record, it).missing }
            .firstOrNull { it.rule == form.rule && it.item == form.item }?.let(::missingLine)

    private fun kindOf(shown: ShownRecord) = kinds.first { it.name == shown.kind }

    override fun enter(phone: Phone, form: FormId.Aside, values: Map<String, Value>): String {
        val shown = phone.record(form.record)
        val line = missing(phone, form) ?: throw EntryTrouble(Said.nothingToSetAside)
        val asOfficer = OFFICER in line.maySetAside && OFFICER in mine(phone, shown)
        val collection = if (asOfficer) "overrides" else "president_overrides"
        val verb = kindOf(shown).verbs.first { (it.action as? VerbAction.Add)?.collection == collection }
        val fields = buildMap {
            put("rule", Value.Text(form.rule))
            form.item?.let { put("item", Value.Text(it)) }
            put(REASON, values.getValue(REASON))
            put("decided_at", Value.Text(stamp(phone.deviceMs())))
        }
        phone.act(form.record, Act.Add(verb.name, fields))
        return form.record
    }

    private companion object {
        const val REASON = "reason"
    }
}
