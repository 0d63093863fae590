/*
 * What the law asks for and somebody entitled went on without: who, in which role, why and when. It stays in sight
 * for as long as the record is shown.
 */
package cn.lastmile.shim.show

import cn.lastmile.core.Finding
import cn.lastmile.core.RuleCheck
import cn.lastmile.core.ShownItem
import cn.lastmile.core.ShownRecord
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words

/** [words] is what is missing all the same; [role] in which [who] decided, [at] by that person's phone. */
data class AsideLine(
    val rule: String,
    val words: Words,
    val item: String?,
    val role: Words,
    val who: String,
    val reason: String,
    val at: String,
)

/** Every failure of [check] that somebody set aside in [record], with the finding it is about. */
internal fun asidesOf(record: ShownRecord, check: RuleCheck, nowMs: Long?): List<Pair<Finding, AsideLine>> =
    check.findings.mapNotNull { finding ->
        val aside = finding.setAside ?: return@mapNotNull null
        val item = saidIn(record, aside.role, finding)
        val at = item?.deviceMs?.let { if (nowMs == null) dayOf(it) else momentOf(it, nowMs) }.orEmpty()
        val who = item?.person?.let { record.names[it] ?: it }.orEmpty()
        finding to AsideLine(finding.rule, finding.text.shown, finding.item, roleOf(aside.role), who, aside.reason, at)
    }

/** The item of [record] that says so: each role has a collection of its own. */
private fun saidIn(record: ShownRecord, role: String, finding: Finding): ShownItem? {
    val collection = if (role == "president") "president_overrides" else "overrides"
    return record.collections.firstOrNull { it.name == collection }?.items.orEmpty().firstOrNull { item ->
        val about = item.fields.text("item")
        !item.struck && item.fields.text("rule") == finding.rule && (about == null || about == finding.item)
    }
}

/** What [code] is called where it sets a rule aside. */
private fun roleOf(code: String): Words = when (code) {
    "officer" -> Words("承办人", "handling officer")
    "president" -> Words("院长", "president")
    else -> Words(code, code)
}
