/* Trying again what fails for a moment: a phone's key store does, under load and just after boot. */
package cn.lastmile.shim.keys

import kotlinx.coroutines.delay

/** Milliseconds between the tries of [retrying]: four tries in all, 2.1 s of waiting. */
val RETRY_WAITS_MS: List<Long> = listOf(100, 400, 1_600)

/**
 * Runs [action] until it does not throw [KeyTrouble.Unavailable], waiting [waitsMs] between the tries; the
 * last one throws what it throws. Every other trouble is thrown at once: waiting would not help.
 */
suspend fun <T> retrying(waitsMs: List<Long> = RETRY_WAITS_MS, action: suspend () -> T): T {
    for (waitMs in waitsMs) {
        try {
            return action()
        } catch (_: KeyTrouble.Unavailable) {
            delay(waitMs)
        }
    }
    return action()
}
