/* Calling for help: what a phone may not do, a short press, a long one, one call and not two. */
package cn.lastmile.officer

import cn.lastmile.core.AssistanceTexts
import cn.lastmile.officer.desk.CallText
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.callText
import cn.lastmile.officer.desk.helpersOf
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowToast

@RunWith(RobolectricTestRunner::class)
class CallTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

    @Test
    fun `not allowed to know the place, help goes with its words`() = Stage(app, Place.Call(record)).use { stage ->
        assertTrue(stage.shows("未授予定位权限:求助只带地点文字"))
        assertTrue(stage.shows("未授予短信权限"))
        phone.open.positions.fix = null
        stage.holdCorner()
        val place = stage.screen.place as Place.Assistance
        assertTrue("${stage.texts}", stage.shows("九江镇测试工业区1号"))
        assertEquals(listOf(place.record), phone.open.alarms)
    }

    @Test
    fun `with leave for both, no warning stands there`() {
        shadowOf(app).grantPermissions(
            android.Manifest.permission.ACCESS_FINE_LOCATION, android.Manifest.permission.SEND_SMS,
        )
        Stage(app, Place.Call(record)).use { stage ->
            assertFalse(stage.shows("未授予"))
            assertTrue(stage.shows("卫星定位 ±12米"))
        }
    }

    @Test
    fun `a short press sends nothing, held it sends once`() = Stage(app).use { stage ->
        stage.holdCorner(200)
        assertEquals(Place.Call(null), stage.screen.place)
        stage.holdCorner(200)
        assertEquals(emptyList<String>(), phone.open.alarms)
        stage.holdCorner()
        assertEquals(1, phone.open.alarms.size)
        assertTrue("${stage.texts}", stage.shows("尚未送达公安!请立即拨打110"))
        stage.holdCorner()
        assertEquals("one call, not two", 1, phone.open.alarms.size)
        stage.press("拨打110")
        assertEquals("tel:110", "${shadowOf(stage.screen).nextStartedActivity.data}")
    }

    private fun sent(stage: Stage): Pair<String, String?> = shadowOf(stage.screen).nextStartedActivity.let { intent ->
        assertEquals(android.content.Intent.ACTION_SENDTO, intent.action)
        "${intent.data}" to intent.getStringExtra("sms_body")
    }

    @Test
    fun `signed words go to the gateway alone, and people get words they can read`() {
        val texts = AssistanceTexts("LM1:AAAA", "10690000001", "陆启航求助")
        assertEquals(CallText("10690000001", "LM1:AAAA"), callText(texts, listOf("13800138000")))
        assertEquals(CallText("13800138000", "陆启航求助"), callText(texts.copy(signed = null), listOf("13800138000")))
        val none = texts.copy(gateway = null)
        assertEquals(CallText("13800138000", "陆启航求助"), callText(none, listOf("0757-86500110", "13800138000")))
        assertEquals("a landline gets no text", CallText(null, "陆启航求助"), callText(none, listOf("0757-86500110")))
    }

    private fun desk(text: CallText) = object : Desk by phone.desk {
        override suspend fun textOf(record: String) = text
    }

    @Test
    fun `by text it goes to the court's gateway, signed`() = Stage(app, Place.Call(record)).use { stage ->
        stage.holdCorner()
        stage.press("用短信发出")
        val (to, body) = sent(stage)
        assertEquals("smsto:106000000605", to)
        assertTrue("$body", body.orEmpty().startsWith("LM1:"))
        assertEquals(null, stage.notice)
    }

    @Test
    fun `no gateway, it goes to the duty mobile in words, and where there is none it says to whom to send them`() {
        app.theDesk = desk(CallText("13800138000", "陆启航求助"))
        Stage(app, Place.Call(record)).use { stage ->
            stage.holdCorner()
            stage.press("用短信发出")
            assertEquals("smsto:13800138000" to "陆启航求助", sent(stage))
            app.theDesk = desk(CallText(null, "陆启航求助"))
            stage.press("用短信发出")
            assertEquals("smsto:" to "陆启航求助", sent(stage))
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("请填写收件人:派出所值班手机"))
            assertEquals(stage.notice, ShadowToast.getTextOfLatestToast())
            stage.picture("zh-8-text-to")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
    }

    @Test
    fun `who gets words by text are those of the case`() = runBlocking {
        val record = phone.desk.call(phone.desk.plan(record))
        val case = phone.core.ask { phone -> phone.caseInfo(phone.record(record).caseNo).dutyPhones.map { it.phone } }
        val helpers = phone.core.ask { helpersOf(it, record) }
        assertTrue("$helpers", helpers.isNotEmpty() && helpers.containsAll(case))
    }
}
