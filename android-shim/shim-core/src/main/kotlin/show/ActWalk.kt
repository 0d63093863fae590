/*
 * An act as a walk of steps, each done, missing something, or not called for. What is missing comes from the rules
 * alone; here is only which step it belongs to.
 */
package cn.lastmile.shim.show

import cn.lastmile.core.Finding
import cn.lastmile.core.RuleCheck
import cn.lastmile.core.Severity
import cn.lastmile.core.ShownRecord
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words

/** How a step stands. */
enum class StepState { DONE, MISSING, OPEN, DOES_NOT_APPLY }

/**
 * Something missing: what to do, the article it rests on, and the item it is about (`lines/01J…`). [maySetAside] are
 * the codes of the roles that may go on without it, for a reason; nobody may when it is empty.
 */
data class MissingLine(
    val rule: String,
    val words: Words,
    val basis: List<Words>,
    val item: String?,
    val blocks: Boolean,
    val maySetAside: List<String> = emptyList(),
)

/** [why] only when it does not apply; [aside] is what would be missing, had nobody gone on without it. */
data class WalkStep(
    val code: String,
    val title: Words,
    val state: StepState,
    val missing: List<MissingLine>,
    val why: Words? = null,
    val aside: List<AsideLine> = emptyList(),
)

/** The walk; [foot] is always in sight: 离场前还缺 n 项. */
data class ActWalk(val steps: List<WalkStep>, val foot: Words) {
    val missing: List<MissingLine> get() = steps.flatMap { it.missing }
    val aside: List<AsideLine> get() = steps.flatMap { it.aside }
}

/** The walk of [record] at [nowMs]; [check] is the rules' answer at `Stage.CLOSE`. */
fun walkOf(record: ShownRecord, check: RuleCheck, nowMs: Long? = null): ActWalk {
    val plan = PLANS[record.kind] ?: planOf(record)
    val byStep = check.missing.groupBy { finding -> stepFor(plan, finding).code }
    val aside = asidesOf(record, check, nowMs).groupBy({ (finding, _) -> stepFor(plan, finding).code }, { it.second })
    val steps = plan.map { step ->
        stepOf(record, step, byStep[step.code].orEmpty()).copy(aside = aside[step.code].orEmpty())
    }
    return ActWalk(steps, footOf(steps.sumOf { it.missing.size }, steps.sumOf { it.aside.size }))
}

/** Whoever went on without something is not told that all is there. */
private fun footOf(missing: Int, aside: Int): Words {
    val foot = if (missing == 0) Words("离场前应办事项已齐", "nothing is missing before leaving")
    else Words("离场前还缺${missing}项", "$missing missing before leaving")
    return if (aside == 0) foot
    else Words("${foot.zh},另有${aside}项说明理由后继续", "${foot.en}, $aside set aside with a reason")
}

/** [finding] as the screens have it. */
fun missingLine(finding: Finding): MissingLine = MissingLine(
    finding.rule, finding.text.shown, finding.basis.map { it.shown }, finding.item,
    finding.severity == Severity.BLOCK, finding.maySetAside,
)

/** What belongs to a step: head fields, collections, rules. */
private class Plan(
    val code: String,
    val title: Words,
    val fields: Set<String> = emptySet(),
    val collections: Set<String> = emptySet(),
    val rules: Set<String> = emptySet(),
    val spared: (ShownRecord) -> Words? = { null },
)

private val credentials = Plan(
    "credentials", Words("出示证件", "credentials"), setOf("credential_shown_at", "ruling_shown_at"),
    setOf("officers", "recorders"), setOf("R-GEN-01", "R-GEN-02", "R-GEN-09", "R-SEZ-01", "R-EVI-01", "R-EVI-02"),
)
private val notified = Plan(
    "notified", Words("通知到场", "notified and present"), emptySet(), setOf("notifications", "present"),
    setOf("R-SEZ-02", "R-SEZ-03", "R-SEZ-04", "R-SEZ-25", "R-EVI-03", "R-EVI-04"),
)
private val onsite = Plan("onsite", Words("笔录", "on-site record"), setOf("onsite"), emptySet(), setOf("R-GEN-03", "R-SEZ-06"))
private val signatures = Plan(
    "signatures", Words("签名", "signatures"), emptySet(), setOf("signatures"), setOf("R-GEN-04", "R-EVI-05"),
)
private val delivered = Plan("delivered", Words("交付副本", "copies handed over"), emptySet(), setOf("deliveries"), setOf("R-SEZ-05"))

/** Last, and where a rule goes that belongs nowhere else. */
private val finalised = Plan("finalised", Words("定稿", "finalised"))

private val PLANS: Map<String, List<Plan>> = mapOf(
    "seizure" to listOf(
        credentials,
        notified,
        Plan("lines", Words("清单", "list"), emptySet(), setOf("lines", "items_inside")),
        Plan(
            "seals", Words("封条", "seal strips"), emptySet(), setOf("seals", "notices"), setOf("R-SEZ-10", "R-SEZ-11"),
            spared = { it.unless("lines", "method", "seal_strip", Words("没有加贴封条的财产", "nothing is sealed with a strip")) },
        ),
        onsite,
        signatures,
        delivered,
        finalised,
    ),
    "eviction" to listOf(
        credentials,
        notified,
        Plan(
            "care", Words("照护与水电气", "care, gas, power, water"), emptySet(), setOf("vulnerable", "utilities"),
            setOf("R-EVI-08"),
        ),
        Plan(
            "moved", Words("搬出清单", "goods moved out"), emptySet(), setOf("moved_items", "goods_handed"),
            setOf("R-EVI-06", "R-EVI-07"),
        ),
        Plan("handover", Words("交付房屋", "premises handed over"), emptySet(), setOf("handovers"), setOf("R-EVI-10")),
        onsite,
        signatures,
        finalised,
    ),
)

/** A kind without a plan of its own walks through its collections as the form has them. */
private fun planOf(record: ShownRecord): List<Plan> {
    val shown = record.collections.filter { it.name !in NO_STEP }.sortedBy { it.name in EVERY_ACT }
    val signed = listOf(signatures).filter { record.collections.any { it.name == "signatures" } }
    return shown.map { Plan(it.name, it.label.shown, collections = setOf(it.name)) } + signed + finalised
}

/** What every act has comes after what makes this one. */
private val EVERY_ACT = setOf("officers", "recorders", "present", "notifications", "photos", "deliveries")

/** Collections that are written beside other steps, or shown with them. */
private val NO_STEP = setOf("strikes", "resolutions", "signatures", "proofs", "overrides", "president_overrides")

private fun stepFor(plan: List<Plan>, finding: Finding): Plan {
    val collection = finding.item?.substringBefore('/')
    return plan.firstOrNull { finding.rule in it.rules }
        ?: plan.firstOrNull { collection != null && collection in it.collections }
        ?: plan.firstOrNull { it.code == "lines" && finding.rule.startsWith("R-SEZ-") && finding.rule !in LATE }
        ?: plan.last()
}

/** Rules about the whole list that ask for something after it. */
private val LATE = setOf("R-SEZ-12", "R-SEZ-23")

private fun stepOf(record: ShownRecord, plan: Plan, findings: List<Finding>): WalkStep {
    val missing = findings.map(::missingLine)
    val begun = if (plan === finalised) record.finalised.isNotEmpty() else begun(record, plan)
    val why = if (begun) null else plan.spared(record)
    val state = when {
        missing.isNotEmpty() -> StepState.MISSING
        begun -> StepState.DONE
        why != null -> StepState.DOES_NOT_APPLY
        else -> StepState.OPEN
    }
    return WalkStep(plan.code, plan.title, state, missing, why.takeIf { state == StepState.DOES_NOT_APPLY })
}

private fun begun(record: ShownRecord, plan: Plan): Boolean =
    record.head.any { it.name in plan.fields && it.values.isNotEmpty() } ||
        record.collections.any { it.name in plan.collections && it.items.any { item -> !item.struck } }

/** [words] when there are items in [collection] and none of them has [value] in [field]. */
private fun ShownRecord.unless(collection: String, field: String, value: String, words: Words): Words? {
    val items = collections.firstOrNull { it.name == collection }?.items.orEmpty().filter { !it.struck }
    return words.takeIf { items.isNotEmpty() && items.none { item -> item.fields.text(field) == value } }
}
