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

/** Turns in which records that are saved meanwhile go before files; the rest is the next contact's. */
private const val UPLOAD_TURNS = 20

/** Contacts of [core]. They take what this phone carries for others along (see `Phone.courierBundle`). */
class PhoneSync internal constructor(private val core: FieldCore, private val uploadTurns: Int) : SyncWork {
    constructor(core: FieldCore) : this(core, UPLOAD_TURNS)

    override suspend fun run(originals: Boolean): SyncOutcome = when (val tried = attempt(originals)) {
        is Tried.Done -> tried.value
        is Tried.Again -> SyncOutcome.TRY_AGAIN
        is Tried.GiveUp -> throw tried.why
    }

    /**
     * The same for [persistently], while a person looks on: a contact that failed is tried again, a busy court when it
     * said so; what only a person can mend is given up with the exception whose words say what.
     */
    suspend fun attempt(originals: Boolean): Tried<SyncOutcome> = try {
        val first = exchange()
        if (!first.report.wiped) core.ask { it.deliverCourier() }
        val sent = if (first.report.wiped) SyncOutcome.WIPED else send(originals)
        when {
            sent == SyncOutcome.WIPED -> Tried.Done(sent)
            first.refused != null && core.ask { it.backlog() }.unsigned > 0uL -> triedOf(first.refused)
            else -> Tried.Done(sent)
        }
    } catch (failed: LastmileException) {
        triedOf(failed)
    }

    private fun triedOf(failed: LastmileException): Tried<SyncOutcome> {
        val askedMs = (failed as? LastmileException.Network)?.retryAfterS?.let { it.toLong() * 1_000 }
        return if (outcomeOf(failed) == SyncOutcome.TRY_AGAIN) Tried.Again(askedMs) else Tried.GiveUp(failed)
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

    /** Files, and the records that are saved meanwhile. */
    private suspend fun send(originals: Boolean): SyncOutcome {
        repeat(uploadTurns) {
            val sent = core.ask { it.upload(originals) }
            if (!sent.interrupted) return if (sent.waiting.isEmpty()) SyncOutcome.DONE else SyncOutcome.MORE_WAITS
            if (exchange().report.wiped) return SyncOutcome.WIPED
        }
        return SyncOutcome.MORE_WAITS
    }
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
