/* What happens to a phone on the spot, and what the screen says then. Behind it the real core and its real store. */
package cn.lastmile.officer

import android.app.Activity
import android.app.admin.DevicePolicyManager
import android.content.ComponentCallbacks2
import android.content.Intent
import android.content.pm.ActivityInfo
import android.content.pm.ResolveInfo
import android.provider.MediaStore
import cn.lastmile.core.LastmileException
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.screens.Settling
import cn.lastmile.officer.stage.OpenPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.TestApp
import cn.lastmile.shim.show.Mark
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.io.File

@RunWith(RobolectricTestRunner::class)
class SituationsTest {
    @get:Rule
    val folder = TemporaryFolder()
    private val app get() = RuntimeEnvironment.getApplication() as TestApp
    private lateinit var phone: OpenPhone
    private val record get() = RealDay.seizure

    @Before
    fun open() {
        RealDay.store.copyRecursively(folder.root, overwrite = true)
        phone = OpenPhone(app, folder.root)
    }

    @After
    fun close() = phone.close()

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
        phone.dieAndStart()
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
        phone.dieAndStart()
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
    fun `not allowed to know the place, help goes with its words`() = Stage(app, Place.Call(record)).use { stage ->
        assertTrue(stage.shows("未授予定位权限:求助只带地点文字"))
        assertTrue(stage.shows("未授予短信权限"))
        phone.positions.fix = null
        stage.holdCorner()
        val place = stage.screen.place as Place.Assistance
        assertTrue("${stage.texts}", stage.shows("九江镇测试工业区1号"))
        assertEquals(listOf(place.record), phone.alarms)
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
    fun `without a camera, words and numbers are still saved`() = Stage(app, Place.Line(record)).use { stage ->
        stage.press("拍照")
        assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("本机没有相机应用"))
        stage.type("名称", "电焊机")
        stage.press("存为一项")
        assertTrue(stage.notice.orEmpty().contains("已存本机"))
    }

    @Test
    fun `a camera that an administrator switched off says so`() {
        camera()
        val policy = checkNotNull(app.getSystemService(DevicePolicyManager::class.java))
        val admin = android.content.ComponentName(app, "Admin")
        shadowOf(policy).setActiveAdmin(admin)
        policy.setCameraDisabled(admin, true)
        Stage(app, Place.Line(record)).use { stage ->
            stage.press("拍照")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("相机未获允许或已被停用"))
        }
    }

    /** The phone has a camera app. */
    private fun camera() {
        val info = ResolveInfo().apply {
            activityInfo = ActivityInfo().apply {
                packageName = "camera"
                name = "Camera"
            }
        }
        @Suppress("DEPRECATION")
        shadowOf(app.packageManager).addResolveInfoForIntent(Intent(MediaStore.ACTION_IMAGE_CAPTURE), info)
    }

    private fun shots() =
        File(app.noBackupFilesDir, "lastmile/camera").listFiles().orEmpty().filter { it.extension == "jpg" }

    @Suppress("DEPRECATION")
    private fun cameraReturns(stage: Stage, code: Int) {
        val request = shadowOf(stage.screen).nextStartedActivityForResult
        shadowOf(stage.screen).receiveResult(request.intent, code, null)
        stage.settle()
    }

    @Test
    fun `a photo becomes part of the line, whatever the camera says of itself`() {
        camera()
        Stage(app, Place.Goods(record)).use { stage ->
            stage.press("拍照")
            shots().single().writeBytes(JPEG)
            cameraReturns(stage, Activity.RESULT_CANCELED)
            assertEquals("照片已存本机", stage.notice)
            stage.type("名称", "冲床")
            stage.press("存为一项")
            val list = runBlocking { phone.desk.list(record) }.list
            assertEquals(1, list.cards.single { it.name.zh == "冲床" }.photos.size)
            assertTrue("the camera's file is gone once the vault has it", shots().isEmpty())
        }
    }

    @Test
    fun `the camera app was killed, nothing typed is lost`() {
        camera()
        Stage(app, Place.Line(record)).use { stage ->
            stage.type("名称", "冲床")
            stage.press("拍照")
            cameraReturns(stage, Activity.RESULT_CANCELED)
            assertTrue(stage.notice.orEmpty().startsWith("没有拍到照片,请重拍"))
            assertTrue(stage.shows("冲床"))
        }
    }

    @Test
    fun `the clock was set, the screen says what counts`() = Stage(app, Place.Act(record)).use { stage ->
        phone.clock.nowMs += 3 * 3_600_000
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
            override suspend fun addLine(record: String, form: LineForm): Mark = throw full
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

    @Test
    fun `a short press sends nothing, held it sends once`() = Stage(app).use { stage ->
        stage.holdCorner(200)
        assertEquals(Place.Call(null), stage.screen.place)
        stage.holdCorner(200)
        assertEquals(emptyList<String>(), phone.alarms)
        stage.holdCorner()
        assertEquals(1, phone.alarms.size)
        assertTrue("${stage.texts}", stage.shows("尚未送达公安!请立即拨打110"))
        stage.holdCorner()
        assertEquals("one call, not two", 1, phone.alarms.size)
        stage.press("拨打110")
        assertEquals("tel:110", "${shadowOf(stage.screen).nextStartedActivity.data}")
    }

    @Test
    @Suppress("DEPRECATION")
    fun `out of signing mode leads only the PIN`() {
        runBlocking { phone.core.ask { it.setPin("135790") } }
        Stage(app, Place.Signing(record)).use { stage ->
            stage.screen.onBackPressed()
            stage.settle()
            assertEquals(Place.Signing(record), stage.screen.place)
            stage.press("办案人员退出")
            "000000".forEach { stage.press("$it") }
            stage.press("✓")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("口令不正确"))
            assertEquals(Place.Signing(record), stage.screen.place)
            "135790".forEach { stage.press("$it") }
            stage.press("✓")
            assertEquals(Place.Today, stage.screen.place)
        }
    }

    @Test
    fun `who refuses to sign is written down with the reason`() = Stage(app, Place.Signing(record)).use { stage ->
        stage.press("已阅读全文")
        stage.press("拒绝签名")
        stage.type("签名人姓名", "罗敬文")
        stage.press("拒绝签名")
        assertEquals("请先填写理由", stage.notice)
        stage.type("理由(必填)", "对查封有异议")
        stage.type("见证人", "霍启明")
        stage.press("拒绝签名")
        assertEquals("已记录拒签及理由", stage.notice)
    }

    private companion object {
        /** The first bytes of a JPEG, so that the media type is one. */
        val JPEG = byteArrayOf(-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1) + ByteArray(2_000) { 5 }
    }
}
