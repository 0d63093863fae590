/* What is asked of the system's scheduler, and how its calls are answered. */
package cn.lastmile.shim.sync

import android.app.job.JobInfo
import android.app.job.JobParameters
import android.app.job.JobScheduler
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_METERED
import cn.lastmile.shim.host.TestPhone
import cn.lastmile.shim.keys.KeyTrouble
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.withContext
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers

@RunWith(RobolectricTestRunner::class)
@Config(application = TestPhone::class)
class SyncJobsTest {
    private val phone = RuntimeEnvironment.getApplication() as TestPhone
    private val scheduler = phone.getSystemService(JobScheduler::class.java)!!
    private val jobs = SyncJobs(phone)
    private val controller = Robolectric.buildService(SyncJobService::class.java).create()
    private val service = controller.get()
    private val diary = SyncDiary(phone) { 1_773_709_500_000 }
    private val few = Backlog(records = 2, recordBytes = 900, originalBytes = 0, urgent = false)

    @After
    fun end() {
        controller.destroy()
        phone.settle()
    }

    private fun pending(job: SyncJob): JobInfo? = scheduler.getPendingJob(job.id)

    private fun needsFreeNetwork(job: JobInfo) =
        job.requiredNetwork!!.hasCapability(NET_CAPABILITY_NOT_METERED)

    private fun call(job: SyncJob, stopReason: Int = 0): JobParameters =
        Shadow.newInstanceOf(JobParameters::class.java).also {
            ReflectionHelpers.setField(it, "jobId", job.id)
            ReflectionHelpers.setField(it, "mStopReason", stopReason)
        }

    private fun run(job: SyncJob = SyncJob.RECORDS) {
        assertTrue(service.onStartJob(call(job)))
        phone.settle()
    }

    private val isFinished get() = shadowOf(service).isJobFinished
    private val comesAgain get() = shadowOf(service).isRescheduleNeeded

    @Test
    fun `records go by any network, again after half a minute, and survive a restart`() {
        jobs.send(few)
        val job = pending(SyncJob.RECORDS)!!
        assertFalse(needsFreeNetwork(job))
        assertEquals(30_000L, job.initialBackoffMillis)
        assertEquals(JobInfo.BACKOFF_POLICY_EXPONENTIAL, job.backoffPolicy)
        assertEquals(900L, job.estimatedNetworkUploadBytes)
        assertTrue(job.isPersisted)
        assertFalse(job.isExpedited)
        assertNull(pending(SyncJob.ORIGINALS))
    }

    @Test
    fun `large files wait for a free network`() {
        jobs.send(few.copy(records = 0, originalBytes = 5_000_000))
        assertTrue(needsFreeNetwork(pending(SyncJob.ORIGINALS)!!))
        assertNull(pending(SyncJob.RECORDS))
    }

    @Test
    fun `a call for help goes first, and goes all the same when first is refused`() {
        jobs.send(few.copy(urgent = true))
        assertTrue(pending(SyncJob.RECORDS)!!.isExpedited)
        scheduler.cancelAll()
        shadowOf(scheduler).failExpeditedJob(true)
        jobs.send(few.copy(urgent = true))
        assertFalse(pending(SyncJob.RECORDS)!!.isExpedited)
    }

    @Test
    fun `every quarter of an hour, set once`() {
        jobs.keepWatch()
        val job = pending(SyncJob.SAFETY)!!
        assertEquals(900_000L, job.intervalMillis)
        jobs.keepWatch()
        assertSame(job, pending(SyncJob.SAFETY))
        jobs.cancelAll()
        assertNull(pending(SyncJob.SAFETY))
    }

    @Test
    fun `a contact that ended well is noted`() {
        run()
        assertTrue(isFinished)
        assertFalse(comesAgain)
        assertEquals("done", diary.lastOutcome)
        assertNotNull(diary.lastDoneMs)
    }

    @Test
    fun `only what waiting helps is tried again`() {
        fun ends(outcome: SyncOutcome): suspend (Boolean) -> SyncOutcome = { outcome }
        fun throws(failure: Exception): suspend (Boolean) -> SyncOutcome = { throw failure }
        val troubles = mapOf(
            ends(SyncOutcome.TRY_AGAIN) to true,
            ends(SyncOutcome.MORE_WAITS) to true,
            ends(SyncOutcome.NEEDS_A_PERSON) to false,
            ends(SyncOutcome.WIPED) to false,
            throws(KeyTrouble.Locked()) to true,
            throws(KeyTrouble.Unavailable()) to true,
            throws(KeyTrouble.KeyInvalidated()) to false,
            throws(IllegalStateException("a mistake")) to false,
        )
        for ((trouble, again) in troubles) {
            phone.sync = trouble
            run()
            assertEquals(again, comesAgain)
        }
    }

    @Test
    fun `a contact that ended well is one although more waits`() {
        phone.sync = { SyncOutcome.TRY_AGAIN }
        run()
        assertNull(diary.lastDoneMs)
        phone.sync = { SyncOutcome.MORE_WAITS }
        run()
        assertNotNull(diary.lastDoneMs)
    }

    @Test
    fun `what a person is needed for is kept in words, until it is mended`() {
        phone.sync = { throw KeyTrouble.KeyInvalidated() }
        run()
        assertEquals("needs_a_person", diary.lastOutcome)
        assertEquals(KeyTrouble.KeyInvalidated().words, diary.lastTrouble)
        phone.sync = { SyncOutcome.DONE }
        run()
        assertNull(diary.lastTrouble)
    }

    @Test
    fun `a court that was set right is noticed without anybody's hand`() {
        phone.backlog = few.copy(records = 0, originalBytes = 5_000_000)
        jobs.keepWatch()
        phone.sync = { throw IllegalStateException("the court does not take this phone") }
        run(SyncJob.ORIGINALS)
        run(SyncJob.SAFETY)
        assertFalse(comesAgain)
        assertNull("given up", pending(SyncJob.ORIGINALS))
        assertNotNull("but watched", pending(SyncJob.SAFETY))
        phone.sync = { SyncOutcome.DONE }
        run(SyncJob.SAFETY)
        val asked = pending(SyncJob.ORIGINALS)
        assertNotNull("the large files go again", asked)
        run(SyncJob.SAFETY)
        assertSame("and keep their patience", asked, pending(SyncJob.ORIGINALS))
    }

    @Test
    fun `large files only in their own contact`() {
        val asked = mutableListOf<Boolean>()
        phone.sync = { asked += it; SyncOutcome.DONE }
        SyncJob.entries.forEach(::run)
        assertEquals(listOf(false, true, false), asked)
    }

    @Test
    fun `a save during a contact neither stops it nor is forgotten`() {
        phone.sync = {
            phone.save()
            jobs.send(few)
            assertNull("scheduling would stop the contact", pending(SyncJob.RECORDS))
            SyncOutcome.DONE
        }
        phone.backlog = few
        run()
        assertTrue(isFinished)
        assertNotNull(pending(SyncJob.RECORDS))
    }

    @Test
    fun `what was saved meanwhile is asked for without opening the phone once more`() {
        phone.sync = {
            phone.save()
            phone.opening = { throw KeyTrouble.Locked() }
            SyncOutcome.DONE
        }
        phone.backlog = few
        run()
        assertTrue(isFinished)
        assertNotNull(pending(SyncJob.RECORDS))
    }

    @Test
    fun `what cannot be sent does not make contact after contact`() {
        phone.backlog = few
        run()
        assertNull(pending(SyncJob.RECORDS))
    }

    @Test
    fun `stopped by the system, the contact ends and the reason is kept`() {
        var ended = false
        phone.sync = { try { awaitCancellation() } finally { ended = true } }
        run()
        val stop = call(SyncJob.RECORDS, JobParameters.STOP_REASON_CONSTRAINT_CONNECTIVITY)
        assertTrue(service.onStopJob(stop))
        phone.settle()
        assertTrue(ended)
        assertFalse("the system was told already", isFinished)
        assertEquals("no_network", diary.lastStop)
        jobs.send(few)
        assertNotNull(pending(SyncJob.RECORDS))
    }

    @Test
    fun `a contact that ends after it was stopped does not answer again`() {
        val safePoint = CompletableDeferred<Unit>()
        phone.sync = { withContext(NonCancellable) { safePoint.await() }.let { SyncOutcome.TRY_AGAIN } }
        run()
        service.onStopJob(call(SyncJob.RECORDS, JobParameters.STOP_REASON_TIMEOUT))
        safePoint.complete(Unit)
        phone.settle()
        assertFalse(isFinished)
        assertNull(diary.lastOutcome)
    }

    @Test
    fun `a person who stops the app is obeyed`() =
        assertFalse(service.onStopJob(call(SyncJob.RECORDS, JobParameters.STOP_REASON_USER)))

    @Test
    fun `a job of another's number is none of ours`() {
        val other = call(SyncJob.RECORDS).also { ReflectionHelpers.setField(it, "jobId", 7) }
        assertFalse(service.onStartJob(other))
    }

    @Test
    fun `the reasons have the system's numbers`() {
        val system = JobParameters::class.java.fields.filter { it.name.startsWith("STOP_REASON_") }
            .associate { it.name.removePrefix("STOP_REASON_").removePrefix("CONSTRAINT_") to it.getInt(null) }
        val ours = mapOf(
            "CANCELLED_BY_APP" to StopReason.CANCELLED_BY_APP, "TIMEOUT" to StopReason.TIMEOUT,
            "BATTERY_NOT_LOW" to StopReason.BATTERY, "CONNECTIVITY" to StopReason.CONNECTIVITY,
            "QUOTA" to StopReason.QUOTA, "USER" to StopReason.USER, "UNDEFINED" to StopReason.UNKNOWN,
            "ESTIMATED_APP_LAUNCH_TIME_CHANGED" to StopReason.ESTIMATED_LAUNCH,
        )
        ours.forEach { (name, reason) -> assertEquals(name, system[name], reason.number) }
        assertTrue(system.values.all { number -> StopReason.entries.any { it.number == number } })
        assertEquals(StopReason.UNKNOWN, StopReason.of(99))
    }
}
