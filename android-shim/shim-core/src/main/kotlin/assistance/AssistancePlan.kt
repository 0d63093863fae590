/*
 * What to do next for a request for help, as a pure function of what is known: data at once and again and
 * again, a text message as well when data does not get through in time. It never waits for a contact
 * that hangs, and never for a scheduler.
 */
package cn.lastmile.shim.assistance

/**
 * How patient to be, all in milliseconds. [textAfterMs]: without the court's answer for so long, a text
 * message goes. [firstRetryMs], doubled each time up to [longestRetryMs]: between contacts that failed.
 * [followEveryMs]: between contacts once the court has it. [textRetryMs], at most [textTries] tries in all:
 * after a text message that did not go.
 */
data class AssistancePolicy(
    val textAfterMs: Long = 20_000,
    val firstRetryMs: Long = 2_000,
    val longestRetryMs: Long = 30_000,
    val followEveryMs: Long = 10_000,
    val textRetryMs: Long = 30_000,
    val textTries: Int = 5,
)

/**
 * What is known. Times are milliseconds since boot: the clock that nobody can set. [failures] counts contacts
 * that failed in a row; [contactEndedMs] is when the last one ended. [noGateway]: the court has no number for texts.
 */
data class AssistanceFacts(
    val startedMs: Long,
    val standing: Standing,
    val contactUnderWay: Boolean = false,
    val contactEndedMs: Long? = null,
    val failures: Int = 0,
    val textUnderWay: Boolean = false,
    val textFailures: Int = 0,
    val textEndedMs: Long? = null,
    val noGateway: Boolean = false,
)

/** The next thing to do. */
sealed interface AssistanceStep {
    /** Begin a contact. */
    data object Contact : AssistanceStep

    /** Send the text message. */
    data object Text : AssistanceStep

    /** Nothing until [untilMs] since boot, or until something happens; null: only until something happens. */
    data class Wait(val untilMs: Long?) : AssistanceStep

    /** The request is over. */
    data object End : AssistanceStep
}

/** Decides. A text message that is due goes before a contact that is due: it takes no time of it. */
fun nextStep(facts: AssistanceFacts, nowMs: Long, policy: AssistancePolicy): AssistanceStep {
    if (facts.standing.over) return AssistanceStep.End
    val textDue = textDueMs(facts, policy)
    val contactDue = contactDueMs(facts, policy)
    return when {
        textDue != null && textDue <= nowMs -> AssistanceStep.Text
        contactDue != null && contactDue <= nowMs -> AssistanceStep.Contact
        else -> AssistanceStep.Wait(listOfNotNull(textDue, contactDue).minOrNull())
    }
}

private fun textDueMs(facts: AssistanceFacts, policy: AssistancePolicy): Long? {
    val standing = facts.standing
    val spent = facts.textFailures >= policy.textTries
    if (standing.delivered || standing.texted || facts.textUnderWay || facts.noGateway || spent) return null
    return facts.textEndedMs?.plus(policy.textRetryMs) ?: (facts.startedMs + policy.textAfterMs)
}

private fun contactDueMs(facts: AssistanceFacts, policy: AssistancePolicy): Long? {
    if (facts.contactUnderWay) return null
    val ended = facts.contactEndedMs ?: return facts.startedMs
    if (facts.failures == 0) return ended + policy.followEveryMs
    val doublings = (facts.failures - 1).coerceAtMost(16)
    return ended + (policy.firstRetryMs shl doublings).coerceAtMost(policy.longestRetryMs)
}
