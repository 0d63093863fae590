/* A contact with the court as the background runs it, and what waits for one, over the open core. */
package cn.lastmile.shim.sync

import cn.lastmile.core.Change
import cn.lastmile.core.LastmileException
import cn.lastmile.core.SyncReport
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.OwnerTrouble
import cn.lastmile.shim.field.changes
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.launch

/** Changes signed in one go, so that a contact is not held up by a key that is slow. */
private const val SIGNED_AT_ONCE = 200u

/** Usual size of a change in a request, bytes; a hint for the scheduler only. */
private const val CHANGE_BYTES = 500L

/** Usual size of an original, bytes; a hint for the scheduler only. */
private const val ORIGINAL_BYTES = 3_000_000L

/** What no waiting helps: the key is gone, or wants a fingerprint that nobody gives in the background. */
private val KEYS_FOR_A_PERSON = setOf("key_invalidated", "key_not_authenticated")

/** Contacts of [core]. */
class PhoneSync(private val core: FieldCore) : SyncWork {
    override suspend fun run(originals: Boolean): SyncOutcome = when (val tried = attempt(originals)) {
        is Tried.Done -> tried.value
        is Tried.Again -> SyncOutcome.TRY_AGAIN
        is Tried.GiveUp -> throw tried.why
    }

    /**
     * The same for [persistently], while a person looks on: a contact that failed is tried again, a busy court when it
     * said so.
     */
    suspend fun attempt(originals: Boolean): Tried<SyncOutcome> = try {
        val first = exchange()
        when {
            first.report.wiped || send(originals) -> Tried.Done(SyncOutcome.WIPED)
            first.refused != null && core.ask { it.backlog() }.unsigned > 0uL -> triedOf(first.refused)
            else -> Tried.Done(SyncOutcome.DONE)
        }
    } catch (failed: LastmileException) {
        triedOf(failed)
    }

    private fun triedOf(failed: LastmileException): Tried<SyncOutcome> {
        val askedMs = (failed as? LastmileException.Network)?.retryAfterS?.let { it.toLong() * 1_000 }
        val outcome = outcomeOf(failed)
        return if (outcome == SyncOutcome.TRY_AGAIN) Tried.Again(askedMs) else Tried.Done(outcome)
    }

    /** [refused]: the keys signed nothing, for this reason. */
    private class Exchanged(val report: SyncReport, val refused: LastmileException.Key?)

    /** Signs what the keys sign now; what they do not sign waits, and the rest goes all the same. */
    private suspend fun exchange(): Exchanged {
        val refused = try {
            core.ask { it.signPending(SIGNED_AT_ONCE) }
            null
        } catch (failed: LastmileException.Key) {
            failed
        }
        return Exchanged(core.ask { it.sync() }, refused)
    }

    /** Files, and the records that are saved meanwhile; tells whether the phone was wiped on the way. */
    private suspend fun send(originals: Boolean): Boolean {
        repeat(UPLOAD_TURNS) {
            if (!core.ask { it.upload(originals) }.interrupted) return false
            if (exchange().report.wiped) return true
        }
        return false
    }

    private companion object {
        /** Turns in which records that are saved meanwhile go before files; the rest is the next contact's. */
        const val UPLOAD_TURNS = 20
    }
}

/** What a failure of the core means for the scheduler. */
fun outcomeOf(failed: LastmileException): SyncOutcome = when (failed) {
    is LastmileException.Network -> SyncOutcome.TRY_AGAIN
    is LastmileException.Key ->
        if (failed.code in KEYS_FOR_A_PERSON) SyncOutcome.NEEDS_A_PERSON else SyncOutcome.TRY_AGAIN
    else -> SyncOutcome.NEEDS_A_PERSON
}

/**
 * What waits in [core]. [openRequests] names the requests for help that the app knows to be open: any of them that
 * is only on this phone makes the backlog urgent.
 */
class PhoneOutbox(
    private val core: FieldCore,
    private val openRequests: () -> Collection<String> = { emptyList() },
) : Outbox {
    override fun backlog(): Backlog = core.now { phone ->
        val waits = phone.backlog()
        val records = (waits.unsigned + waits.pending).toLong().coerceAtMost(Int.MAX_VALUE.toLong())
        val alone = openRequests().any { phone.assistance(it).hop in HOPS_ALONE }
        Backlog(records.toInt(), records * CHANGE_BYTES, waits.originals.toLong() * ORIGINAL_BYTES, alone)
    }

    override fun watch(changed: () -> Unit): AutoCloseable {
        // Unconfined, so that it listens before this returns, and says so where it happens.
        val scope = CoroutineScope(Dispatchers.Unconfined)
        scope.launch {
            try {
                core.changes().filter { it is Change.Record }.collect { changed() }
            } catch (_: OwnerTrouble.Closed) {
                // Nothing is saved in a core that is closed.
            }
        }
        return AutoCloseable { scope.cancel() }
    }

    private companion object {
        val HOPS_ALONE = setOf("phone", "sms")
    }
}
