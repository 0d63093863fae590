/*
 * When the system lets us talk to the court in the background: at once after a save, with growing patience
 * after failures; large files when the network is free; and every quarter of an hour whatever happens.
 * Phones kill background work of their own accord, so an app also syncs whenever it is on the screen.
 */
package cn.lastmile.shim.sync

import android.app.job.JobInfo
import android.app.job.JobScheduler
import android.content.ComponentName
import android.content.Context
import android.os.Build

/** Any thread. */
class SyncJobs(private val context: Context) {
    private val scheduler: JobScheduler = checkNotNull(context.getSystemService(JobScheduler::class.java))

    /**
     * Asks for contacts that suit [backlog]; to be called after every save. A contact under way is left
     * alone: it takes along what was saved meanwhile, or asks for another one at its end.
     */
    fun send(backlog: Backlog) {
        if (backlog.records > 0 || backlog.urgent) schedule(SyncJob.RECORDS) { records(backlog) }
        if (backlog.originalBytes > 0) schedule(SyncJob.ORIGINALS) { originals(backlog) }
    }

    /** Asks for a contact for the large files of [backlog] when none is to come; one that is keeps its patience. */
    internal fun resumeOriginals(backlog: Backlog) {
        if (!waits(SyncJob.ORIGINALS)) send(Backlog(0, 0, backlog.originalBytes, urgent = false))
    }

    private fun waits(job: SyncJob): Boolean = scheduler.getPendingJob(job.id) != null

    /**
     * The contact every quarter of an hour; to be called when the app starts. Changes nothing when it is
     * set. It goes on whatever became of the others: what only a person could mend may have been mended at the court.
     */
    fun keepWatch() {
        if (waits(SyncJob.SAFETY)) return
        val job = base(SyncJob.SAFETY).setPeriodic(SAFETY_PERIOD_MS).setPersisted(true)
        scheduler.schedule(job.build())
    }

    /** None any more; for a wipe. */
    fun cancelAll() = SyncJob.entries.forEach { scheduler.cancel(it.id) }

    private fun schedule(job: SyncJob, request: () -> JobInfo) {
        // Scheduling a job that runs would stop it.
        if (SyncJobService.isRunning(job)) return
        val info = request()
        val refused = scheduler.schedule(info) == JobScheduler.RESULT_FAILURE
        if (refused && Build.VERSION.SDK_INT >= Build.VERSION_CODES.S && info.isExpedited) {
            scheduler.schedule(ordinary(base(job)).build())
        }
    }

    private fun records(backlog: Backlog): JobInfo {
        val job = ordinary(base(SyncJob.RECORDS)).setEstimatedNetworkBytes(ANSWER_BYTES, backlog.recordBytes)
        if (backlog.urgent && Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) job.setExpedited(true)
        return job.build()
    }

    private fun originals(backlog: Backlog): JobInfo = ordinary(base(SyncJob.ORIGINALS))
        .setRequiredNetworkType(JobInfo.NETWORK_TYPE_UNMETERED)
        .setEstimatedNetworkBytes(ANSWER_BYTES, backlog.originalBytes)
        .build()

    private fun base(job: SyncJob) =
        JobInfo.Builder(job.id, ComponentName(context, SyncJobService::class.java))
            .setRequiredNetworkType(JobInfo.NETWORK_TYPE_ANY)

    private fun ordinary(job: JobInfo.Builder): JobInfo.Builder =
        job.setPersisted(true).setBackoffCriteria(FIRST_RETRY_MS, JobInfo.BACKOFF_POLICY_EXPONENTIAL)

    private companion object {
        /**
         * Milliseconds before the first try after a failure; doubled each time, the system stops at five
         * hours.
         */
        const val FIRST_RETRY_MS = 30_000L

        /** The shortest period that the system allows, milliseconds. */
        const val SAFETY_PERIOD_MS = 900_000L

        /** What an answer usually has, bytes. */
        const val ANSWER_BYTES = 16_384L
    }
}

/** The jobs, by the number that the system knows them by; numbers of later versions must differ. */
internal enum class SyncJob(val id: Int, val originals: Boolean) {
    RECORDS(0x4c4d_0001, false),
    ORIGINALS(0x4c4d_0002, true),
    SAFETY(0x4c4d_0003, false),
    ;

    companion object {
        fun of(id: Int): SyncJob? = entries.firstOrNull { it.id == id }
    }
}
