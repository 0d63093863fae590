/*
 * When the phones of a crew meet next, as a pure function of what is known: soon after something was typed or
 * recorded, now and then in any case, and later each time after a failure. Both phones decide for themselves; a
 * meeting that either one began counts for both.
 */
package cn.lastmile.shim.crew

/**
 * All in milliseconds. [quietMs]: after a change, so that a form goes when the typing pauses; never longer than
 * [longestQuietMs] after the first one. [everyMs], doubled each time up to [longestEveryMs]: without a change, for what
 * the other phone has; it comes by itself when it has something. [firstRetryMs], doubled each time up to
 * [longestRetryMs]: after meetings that failed in a row.
 */
data class CrewPolicy(
    val quietMs: Long = 3_000,
    val longestQuietMs: Long = 15_000,
    val everyMs: Long = 60_000,
    val longestEveryMs: Long = 600_000,
    val firstRetryMs: Long = 5_000,
    val longestRetryMs: Long = 60_000,
)

/**
 * What is known; times are milliseconds since boot. [firstChangeMs] and [lastChangeMs] are of what no meeting has
 * carried yet, [metMs] of the last meeting that went well, [failedMs] of the last that did not, [failures] in a row.
 * [idle]: meetings in a row without anything new here.
 */
data class CrewFacts(
    val openedMs: Long,
    val metMs: Long? = null,
    val firstChangeMs: Long? = null,
    val lastChangeMs: Long? = null,
    val failedMs: Long? = null,
    val failures: Int = 0,
    val idle: Int = 0,
)

/** When to visit the other phone, milliseconds since boot; may lie in the past. */
fun nextVisitMs(facts: CrewFacts, policy: CrewPolicy = CrewPolicy()): Long {
    val every = (policy.everyMs shl facts.idle.coerceAtMost(16)).coerceAtMost(policy.longestEveryMs)
    val wanted = facts.metMs?.let { minOf(it + every, changesDueMs(facts, policy)) } ?: facts.openedMs
    val failed = facts.failedMs ?: return wanted
    if (facts.failures == 0) return wanted
    val doublings = (facts.failures - 1).coerceAtMost(16)
    return maxOf(wanted, failed + (policy.firstRetryMs shl doublings).coerceAtMost(policy.longestRetryMs))
}

private fun changesDueMs(facts: CrewFacts, policy: CrewPolicy): Long {
    val first = facts.firstChangeMs ?: return Long.MAX_VALUE
    return minOf((facts.lastChangeMs ?: first) + policy.quietMs, first + policy.longestQuietMs)
}
