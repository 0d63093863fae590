/* The system's call to sync, answered by the app's [SyncWork]. Started by Android only. */
package cn.lastmile.shim.sync

import android.app.job.JobParameters
import android.app.job.JobService
import android.os.Build
import cn.lastmile.shim.host.portsOwner
import cn.lastmile.shim.keys.KeyTrouble
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
        val savedMeanwhile = AtomicBoolean()
        val outcome = outcome(job, savedMeanwhile)
        val own = currentCoroutineContext()[Job] ?: return
        // Whoever takes the job out of the list answers for it: this, or the system's stop.
        if (!running.remove(job, own)) return
        diary.ended(outcome)
        jobFinished(params, wantsAnotherTry(outcome))
        // What was saved while the contact ran asked in vain for one of its own.
        if (outcome == SyncOutcome.DONE && savedMeanwhile.get()) {
            SyncJobs(this).send(applicationContext.portsOwner.ports().outbox.backlog())
        }
    }

    private suspend fun outcome(job: SyncJob, saved: AtomicBoolean): SyncOutcome = try {
        val ports = applicationContext.portsOwner.ports()
        ports.outbox.watch { saved.set(true) }.use { ports.sync.run(job.originals) }
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: KeyTrouble.Locked) {
        SyncOutcome.TRY_AGAIN
    } catch (_: KeyTrouble.Unavailable) {
        SyncOutcome.TRY_AGAIN
    } catch (_: Exception) {
        SyncOutcome.NEEDS_A_PERSON
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
