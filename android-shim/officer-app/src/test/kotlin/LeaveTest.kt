/* 出发检查 on the phone: a test page that the officer confirms, and times of another day. */
package cn.lastmile.officer

import cn.lastmile.officer.host.Place
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class LeaveTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app

    @Test
    fun `a printer that nobody knows of is red until a page was tried, green for that day, also after a dead battery`() {
        Stage(app, Place.Leave).use { stage ->
            assertTrue("${stage.texts}", stage.shows("打印机今天还没有试打印"))
            stage.press("今天已试打印")
            assertTrue("${stage.texts}", stage.shows("打印机今天09:05已试打印") && !stage.shows("今天已试打印"))
            stage.picture("zh-1-printer-tried")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
        phone.open.dieAndStart()
        Stage(app, Place.Leave).use { stage ->
            assertTrue("${stage.texts}", stage.shows("打印机今天09:05已试打印"))
            phone.open.clock.nowMs += DAY_MS
            stage.go(Place.Today)
            stage.go(Place.Leave)
            assertTrue("${stage.texts}", stage.shows("打印机今天还没有试打印"))
        }
    }

    @Test
    fun `what the crew's phone had yesterday has its date`() {
        Stage(app, Place.Act(phone.record)).use { stage ->
            assertTrue("${stage.texts}", stage.shows("同组手机:温若棠,内容到08:58"))
            phone.open.clock.nowMs += DAY_MS
            stage.go(Place.Today)
            stage.go(Place.Act(phone.record))
            assertTrue("${stage.texts}", stage.shows("同组手机:温若棠,内容到2026-03-17 08:58"))
        }
    }

    private companion object {
        const val DAY_MS = 86_400_000L
    }
}
