/* The service that carries a call for help: what the person sees, when it texts, and when it ends. */
package cn.lastmile.shim.assistance

import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.app.Notification
import android.app.NotificationManager
import android.app.job.JobScheduler
import android.content.Intent
import android.content.pm.ServiceInfo
import cn.lastmile.shim.host.TestPhone
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.position.PositionTrouble
import kotlinx.coroutines.awaitCancellation
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.IOException

@RunWith(RobolectricTestRunner::class)
@Config(application = TestPhone::class, qualifiers = "zh-rCN")
class AssistanceServiceTest {
    private val phone = RuntimeEnvironment.getApplication() as TestPhone
    private val controller = Robolectric.buildService(AssistanceService::class.java).create()
    private val service = controller.get()
    private val sent = mutableListOf<String>()
    private val over = Standing(delivered = true, texted = false, over = true)
    private var starts = 0

    init {
        phone.texts = { sent += it.text }
    }

    @After
    fun end() {
        controller.destroy()
        phone.settle()
    }

    private fun start(request: String = "r1") {
        service.onStartCommand(Intent().putExtra(AssistanceService.REQUEST, request), 0, ++starts)
        phone.settle()
    }

    private fun notice(): Notification =
        phone.getSystemService(NotificationManager::class.java)!!.activeNotifications.single().notification

    private fun title() = notice().extras.getString(Notification.EXTRA_TITLE)
    private fun line() = notice().extras.getString(Notification.EXTRA_TEXT)!!

    @Test
    fun `before anything is known it says so, and offers the call`() {
        phone.desk.contact = { awaitCancellation() }
        start()
        assertEquals("已离线保存,尚未送达公安!", title())
        assertEquals("拨打110", notice().actions.single().title)
        assertTrue(phone.positions.on)
    }

    @Test
    fun `a contact that hangs is overtaken by a text after 20 seconds`() {
        phone.desk.contact = { awaitCancellation() }
        start()
        phone.pass(19_999)
        assertEquals(emptyList<String>(), sent)
        phone.pass(1)
        assertEquals(listOf("LM1:r1"), sent)
        assertEquals(listOf("r1"), phone.desk.texted)
        assertEquals("a text is not an answer", "已离线保存,尚未送达公安!", title())
        assertTrue(line().contains("短信"))
    }

    @Test
    fun `delivered, then over, the positions stop and so does the service`() {
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false) }
        start()
        assertEquals("求助已送达法院", title())
        assertFalse(shadowOf(service).isStoppedBySelf)
        phone.desk.contact = { over }
        phone.pass(10_000)
        assertEquals("求助已结束", title())
        assertEquals("it can be swept away", 0, notice().flags and Notification.FLAG_ONGOING_EVENT)
        assertFalse(phone.positions.on)
        assertTrue(shadowOf(service).isStoppedBySelf)
        assertEquals(emptyList<String>(), sent)
    }

    @Test
    fun `of two requests the one nobody has is shown, and the service outlives the other`() {
        phone.desk.contact = { if (it == "r1") over else throw IOException("no route") }
        phone.desk.standings["r1"] = Standing(delivered = true, texted = false, over = false)
        start("r2")
        start("r1")
        assertEquals("已离线保存,尚未送达公安!", title())
        assertFalse(shadowOf(service).isStoppedBySelf)
        assertTrue(phone.positions.on)
    }

    @Test
    fun `of two requests the one that is over does not speak for the other`() {
        val answered = Standing(delivered = true, texted = false, over = false)
        phone.desk.contact = { if (it.startsWith("over")) over else answered }
        listOf("open", "over-1", "over-2").forEach(::start)
        assertEquals("求助已送达法院", title())
        assertTrue("and cannot be swept away", notice().flags and Notification.FLAG_ONGOING_EVENT != 0)
        assertFalse(shadowOf(service).isStoppedBySelf)
    }

    @Test
    fun `with the court and nobody at the console it still offers the call`() {
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false, alone = true) }
        start()
        assertEquals("求助已送达法院", title())
        assertEquals("拨打110", notice().actions.single().title)
    }

    @Test
    fun `a store that fails for a moment ends nothing`() {
        phone.desk.broken = IOException("busy")
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false) }
        start()
        assertEquals("已离线保存,尚未送达公安!", title())
        phone.desk.broken = null
        phone.pass(5_000)
        assertEquals("求助已送达法院", title())
    }

    @Test
    fun `the same request twice is followed once`() {
        var contacts = 0
        phone.desk.contact = { contacts++; awaitCancellation() }
        start()
        start()
        assertEquals(1, contacts)
    }

    @Test
    fun `no position is no reason to be silent`() {
        phone.positions.trouble = PositionTrouble.NotPermitted()
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false) }
        start()
        assertEquals("求助已送达法院", title())
    }

    @Test
    fun `a store that cannot be opened yet is opened later`() {
        phone.opening = { throw KeyTrouble.Locked() }
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false) }
        start()
        assertEquals("已离线保存,尚未送达公安!", title())
        phone.opening = {}
        phone.pass(5_000)
        assertEquals("求助已送达法院", title())
    }

    @Test
    fun `it runs for the place's sake when it may know the place, else for the data's`() {
        phone.desk.contact = { awaitCancellation() }
        start()
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC, service.foregroundServiceType)
        shadowOf(phone).grantPermissions(ACCESS_FINE_LOCATION)
        start("r2")
        assertEquals(ServiceInfo.FOREGROUND_SERVICE_TYPE_LOCATION, service.foregroundServiceType)
    }

    @Test
    fun `its time used up it makes way for a job`() {
        phone.desk.contact = { awaitCancellation() }
        start()
        service.onTimeout(1, ServiceInfo.FOREGROUND_SERVICE_TYPE_DATA_SYNC)
        assertTrue(shadowOf(service).isStoppedBySelf)
        assertTrue(phone.getSystemService(JobScheduler::class.java)!!.allPendingJobs.single().isExpedited)
        assertEquals("已离线保存,尚未送达公安!", title())
    }

    @Test
    fun `refused the foreground, it goes on`() {
        shadowOf(service).setThrowInStartForeground(SecurityException("no permission"))
        phone.desk.contact = { Standing(delivered = true, texted = false, over = false) }
        start()
        assertEquals("求助已送达法院", title())
    }

    @Test
    fun `beside the service an urgent job is left`() {
        assertTrue(AssistanceService.start(phone, "r1"))
        assertEquals("r1", shadowOf(phone).nextStartedService.getStringExtra(AssistanceService.REQUEST))
        assertTrue(phone.getSystemService(JobScheduler::class.java)!!.allPendingJobs.single().isExpedited)
    }

    @Test
    fun `started for nothing it stops`() {
        service.onStartCommand(null, 0, 1)
        assertTrue(shadowOf(service).isStoppedBySelf)
    }
}
