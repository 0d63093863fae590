/* Calling for help: what a phone may not do, a short press, a long one, one call and not two. */
package cn.lastmile.officer

import cn.lastmile.officer.host.Place
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

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
}
