/*
 * What a contact that failed means for whoever would try again: another try may mend it, or only a person can, here or at
 * the court. The codes are those of docs/api.md and of the core.
 */
package cn.lastmile.shim.sync

import cn.lastmile.core.LastmileException

/** Keys that no waiting brings back: one is gone, one wants a fingerprint that nobody gives in the background. */
private val KEYS_FOR_A_PERSON = setOf("key_invalidated", "key_not_authenticated")

/** Refusals that are of the moment: too slow, overtaken, in use, too early, too many. */
private val PASSING_STATUS = setOf(408, 409, 423, 425, 429)

/**
 * Refusals that another try may not meet: somebody else answered (a login page gives any status), the message was damaged
 * on its way, the token was used up by a proxy that repeats, or was too old when it arrived. Every other 401 says that the
 * certificate or the signature does not hold, and a new token of the same key would not either.
 */
private val PASSING_CODES = setOf("not_the_server", "message_damaged", "token_used", "clock_out_of_window")

/**
 * What a failure of the core means for the scheduler.
 *
 * A refusal of the court (a 4xx status) that repeating cannot change is [SyncOutcome.NEEDS_A_PERSON]: the app is too old,
 * the certificate unknown, the address another court's. The person may sit at the court and mend it there: so the
 * contacts after each save and every quarter of an hour (`SyncJobs.keepWatch`) go on all the same, and a court that takes
 * the phone again is noticed within a quarter of an hour without anybody's hand. No answer, or a fault of the server
 * (5xx), is [SyncOutcome.TRY_AGAIN].
 */
fun outcomeOf(failed: LastmileException): SyncOutcome = when (failed) {
    is LastmileException.Network -> if (isFinal(failed)) SyncOutcome.NEEDS_A_PERSON else SyncOutcome.TRY_AGAIN
    is LastmileException.Key ->
        if (failed.code in KEYS_FOR_A_PERSON) SyncOutcome.NEEDS_A_PERSON else SyncOutcome.TRY_AGAIN
    else -> SyncOutcome.NEEDS_A_PERSON
}

private fun isFinal(failed: LastmileException.Network): Boolean {
    val status = failed.status?.toInt() ?: return false
    return status in 400..499 && status !in PASSING_STATUS && failed.code !in PASSING_CODES
}
