/* What happens to a phone on the spot, and what the screen says then. Behind it the real core and its real store. */
package cn.lastmile.officer

import android.content.ComponentCallbacks2
import android.content.Intent
import cn.lastmile.core.LastmileException
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.LineAdded
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.screens.Settling
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

@RunWith(RobolectricTestRunner::class)
class SituationsTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

    private fun kept(): LineForm = runBlocking { phone.desk.line(record) }

    @Test
    fun `turned round, a half-typed line and the place stay`() = Stage(app, Place.Line(record)).use { stage ->
        stage.type("名称", "立式铣")
        stage.press("查封")
        RuntimeEnvironment.setQualifiers("+land")
        stage.recreate()
        assertEquals(Place.Line(record), stage.screen.place)
        assertTrue("${stage.texts}", stage.shows("立式铣") && stage.shows("✓ 查封"))
        assertEquals(LineForm("立式铣", "seal"), kept())
    }

    @Test
    fun `in the background and back, the same line goes on`() = Stage(app, Place.Line(record)).use { stage ->
        stage.type("名称", "角磨机")
        stage.pause()
        stage.resume()
        assertTrue(stage.shows("角磨机"))
        assertTrue(stage.shows("草稿已存本机"))
    }

    @Test
    fun `killed in the background, the place comes back and the draft with it`() {
        val saved = Stage(app, Place.Line(record)).let { stage ->
            stage.type("名称", "角磨机")
            stage.saved()
        }
        phone.open.dieAndStart()
        Stage(app, state = saved).use { stage ->
            assertEquals(Place.Line(record), stage.screen.place)
            assertTrue("${stage.texts}", stage.shows("角磨机"))
        }
    }

    @Test
    fun `battery dead in the middle of an act, what was acknowledged is there and the draft too`() {
        val stage = Stage(app, Place.Line(record))
        stage.type("名称", "砂轮机")
        stage.press("存为一项")
        assertTrue("${stage.notice}", stage.notice.orEmpty().contains("已存本机"))
        stage.go(Place.Line(record))
        stage.type("名称", "台钻(写到一半")
        // No pause, no saved state: the power is gone.
        phone.open.dieAndStart()
        Stage(app).use { again ->
            assertTrue("${again.texts}", again.shows("未完成的草稿"))
            again.press("台钻(写到一半")
            assertEquals(Place.Line(record), again.screen.place)
            assertTrue(again.shows("台钻(写到一半"))
            again.go(Place.Goods(record))
            assertTrue("${again.texts}", again.shows("砂轮机"))
        }
    }

    @Test
    @Suppress("DEPRECATION")
    fun `short of memory, pictures go and everything else stays`() = Stage(app, Place.Goods(record)).use { stage ->
        val before = stage.texts
        stage.screen.onTrimMemory(ComponentCallbacks2.TRIM_MEMORY_RUNNING_CRITICAL)
        stage.settle()
        assertEquals("手机内存不足,图片已暂时收起,内容都在。", stage.notice)
        assertEquals(emptyList<String>(), before - stage.texts.toSet())
    }

    @Test
    fun `the clock was set, the screen says what counts`() = Stage(app, Place.Act(record)).use { stage ->
        phone.open.clock.nowMs += 3 * 3_600_000
        app.sendBroadcast(Intent(Intent.ACTION_TIME_CHANGED))
        stage.settle()
        assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("手机时间被改动过"))
        stage.go(Place.Line(record))
        stage.type("名称", "钟表之后")
        stage.press("存为一项")
        assertTrue("${stage.notice}", stage.notice.orEmpty().contains("已存本机"))
    }

    @Test
    fun `storage full, the line is not called saved and stays as it was typed`() {
        app.theDesk = object : Desk by phone.desk {
            override suspend fun addLine(record: String, form: LineForm): LineAdded = throw full
        }
        Stage(app, Place.Line(record)).use { stage ->
            stage.type("名称", "注塑机二号")
            stage.press("存为一项")
            assertEquals("手机存储空间已满,请清理后重试", stage.notice)
            assertEquals(Place.Line(record), stage.screen.place)
            assertTrue(stage.shows("注塑机二号"))
            assertEquals(LineForm("注塑机二号"), kept())
        }
    }

    private val full = LastmileException.Store(
        "storage_full", cn.lastmile.core.Words("手机存储空间已满,请清理后重试", "The phone is full: free some space and try again"),
    )

    @Test
    fun `a decision without a reason is not written`() = Stage(app, Place.Conflicts(record)).use { stage ->
        val open = runBlocking { phone.desk.list(record) }.conflicts.size
        stage.press("采用左")
        stage.press("确定")
        assertEquals("请先填写理由", stage.notice)
        assertEquals(open, runBlocking { phone.desk.list(record) }.conflicts.size)
        stage.type("理由(必填)", "以评估单为准")
        stage.press("确定")
        assertEquals("已写入决定及理由", stage.notice)
        assertEquals(open - 1, runBlocking { phone.desk.list(record) }.conflicts.size)
        assertEquals(Settling(), runBlocking { app.session().settling })
    }
}
