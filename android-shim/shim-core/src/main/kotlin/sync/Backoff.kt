/*
 * How long to wait before the court is asked again: full jitter, so that a hundred phones that lost the same
 * network do not come back in the same second; and the server's own word, when it gave one, is kept.
 */
package cn.lastmile.shim.sync

import kotlinx.coroutines.delay
import kotlinx.coroutines.withTimeoutOrNull
import kotlin.random.Random

/**
 * All in milliseconds. After the n-th failure in a row the wait is any time up to [firstMs] doubled n-1 times, at
 * most [longestMs]. A server that names a time is believed up to [longestAskedMs].
 */
data class Backoff(
    val firstMs: Long = 2_000,
    val longestMs: Long = 300_000,
    val longestAskedMs: Long = 3_600_000,
) {
    init {
        require(firstMs in 1..longestMs && longestAskedMs > 0) { "a wait without a beginning or an end" }
    }

    /**
     * The wait after [failures] failures in a row (1 or more). [askedMs] is what the server asked for by
     * `Retry-After`; then the wait is never shorter, and spread by up to [firstMs] behind it.
     */
    fun waitMs(failures: Int, askedMs: Long? = null, random: Random = Random.Default): Long {
        if (askedMs != null && askedMs > 0) return askedMs.coerceAtMost(longestAskedMs) + random.nextLong(firstMs + 1)
        val doublings = (failures - 1).coerceIn(0, 30)
        val roof = if (firstMs > longestMs shr doublings) longestMs else firstMs shl doublings
        return random.nextLong(roof + 1)
    }
}

/** What one try came to. */
sealed interface Tried<out T> {
    /** It worked. */
    data class Done<T>(val value: T) : Tried<T>

    /** The road failed; [askedMs] when the server named a time. */
    data class Again(val askedMs: Long? = null) : Tried<Nothing>

    /** Trying again will not help. */
    data class GiveUp(val why: Throwable) : Tried<Nothing>
}

/**
 * Runs [attempt] until it is done, waiting between failures as [backoff] says; throws what [attempt] gave up with.
 * Cancelling ends it at once, also while it waits. [woken] ends a wait early (a network came back): it must
 * suspend until then.
 */
suspend fun <T> persistently(
    backoff: Backoff = Backoff(),
    random: Random = Random.Default,
    woken: (suspend () -> Unit)? = null,
    attempt: suspend () -> Tried<T>,
): T {
    var failures = 0
    while (true) {
        when (val tried = attempt()) {
            is Tried.Done -> return tried.value
            is Tried.GiveUp -> throw tried.why
            is Tried.Again -> {
                failures++
                val waitMs = backoff.waitMs(failures, tried.askedMs, random)
                // What the server asked for is kept even when the network came back.
                if (woken == null || tried.askedMs != null) delay(waitMs) else waitAtMost(waitMs, woken)
            }
        }
    }
}

private suspend fun waitAtMost(waitMs: Long, woken: suspend () -> Unit) {
    withTimeoutOrNull(waitMs) { woken() }
}
