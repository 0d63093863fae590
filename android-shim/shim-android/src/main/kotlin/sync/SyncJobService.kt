/* The system's call to sync, answered by the app's [SyncWork]. Started by Android only. */
package cn.lastmile.shim.sync

import android.app.job.JobParameters
import android.app.job.JobService
import android.os.Build
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.host.portsOwner
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.launch
import java.util.concurrent.ConcurrentHashMap
import java.util.concurrent.atomic.AtomicBoolean

/** Calls back on the main thread; the work runs on the owner's background. */
class SyncJobService : JobService() {
    private val scope by lazy { CoroutineScope(SupervisorJob() + applicationContext.portsOwner.background) }
    private val diary by lazy { SyncDiary(this) }

    override fun onStartJob(params: JobParameters): Boolean {
        val job = SyncJob.of(params.jobId) ?: return false
        val work = scope.launch(start = CoroutineStart.LAZY) { contact(job, params) }
        running[job] = work
        work.start()
        return true
    }

    private suspend fun contact(job: SyncJob, params: JobParameters) {
        val ended = ended(job)
        val own = currentCoroutineContext()[Job] ?: return
        // Whoever takes the job out of the list answers for it: this, or the system's stop.
        if (!running.remove(job, own)) return
        diary.ended(ended.outcome, ended.trouble)
        jobFinished(params, wantsAnotherTry(ended.outcome))
        // From here on the system may end this service at any moment: nothing may wait.
        ended.asks(SyncJobs(this))
    }

    /** [trouble]: for the person who is needed; [asks] for what waits and has no contact of its own that comes. */
    private class Ended(val outcome: SyncOutcome, val trouble: Words? = null, val asks: (SyncJobs) -> Unit = {})

    private suspend fun ended(job: SyncJob): Ended = try {
        val ports = applicationContext.portsOwner.ports()
        val saved = AtomicBoolean()
        val outcome = ports.outbox.watch { saved.set(true) }.use { ports.sync.run(job.originals) }
        val left = if (outcome == SyncOutcome.DONE) backlog(ports.outbox) else null
        when {
            left == null -> Ended(outcome)
            // It asked in vain for a contact while this one ran.
            saved.get() -> Ended(outcome) { it.send(left) }
            // The court may have been set right after the contact for large files was given up.
            job == SyncJob.SAFETY -> Ended(outcome) { it.resumeOriginals(left) }
            else -> Ended(outcome)
        }
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: KeyTrouble.Locked) {
        Ended(SyncOutcome.TRY_AGAIN)
    } catch (_: KeyTrouble.Unavailable) {
        Ended(SyncOutcome.TRY_AGAIN)
    } catch (failed: Exception) {
        Ended(SyncOutcome.NEEDS_A_PERSON, trouble = troubleOf(failed).words)
    }

    /** A store that does not say what waits has something waiting, for all that is known. */
    private fun backlog(outbox: Outbox): Backlog = try {
        outbox.backlog()
    } catch (_: Exception) {
        Backlog(records = 1, recordBytes = 0, originalBytes = 0, urgent = false)
    }

    /** The system takes its leave back: the contact ends at its next safe point. */
    override fun onStopJob(params: JobParameters): Boolean {
        val number = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) params.stopReason else 0
        val reason = StopReason.of(number)
        diary.stopped(reason)
        SyncJob.of(params.jobId)?.let { running.remove(it)?.cancel() }
        return reason.again
    }

    override fun onDestroy() {
        scope.cancel()
        super.onDestroy()
    }

    internal companion object {
        private val running = ConcurrentHashMap<SyncJob, Job>()

        /** Whether [job] runs in this process. */
        fun isRunning(job: SyncJob): Boolean = running[job]?.isActive == true
    }
}
