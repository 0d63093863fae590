/* Photos of a line: no camera, one that was switched off, one that gives nothing, one that was killed. */
package cn.lastmile.officer

import android.app.admin.DevicePolicyManager
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class CameraTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

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
        phone.hasCamera()
        val policy = checkNotNull(app.getSystemService(DevicePolicyManager::class.java))
        val admin = android.content.ComponentName(app, "Admin")
        shadowOf(policy).setActiveAdmin(admin)
        policy.setCameraDisabled(admin, true)
        Stage(app, Place.Line(record)).use { stage ->
            stage.press("拍照")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("相机未获允许或已被停用"))
        }
    }

    @Test
    fun `a photo becomes part of the line, whatever the camera says of itself`() {
        phone.hasCamera()
        Stage(app, Place.Goods(record)).use { stage ->
            stage.press("拍照")
            phone.shots().single().writeBytes(RealPhone.JPEG)
            phone.cameraReturns(stage)
            assertEquals("照片已存本机", stage.notice)
            stage.type("名称", "冲床")
            stage.press("存为一项")
            val list = runBlocking { phone.desk.list(record) }.list
            assertEquals(1, list.cards.single { it.name.zh == "冲床" }.photos.size)
            assertTrue("the camera's file is gone once the vault has it", phone.shots().isEmpty())
        }
    }

    @Test
    fun `the camera app was killed, nothing typed is lost`() {
        phone.hasCamera()
        Stage(app, Place.Line(record)).use { stage ->
            stage.type("名称", "冲床")
            stage.press("拍照")
            phone.cameraReturns(stage)
            assertTrue(stage.notice.orEmpty().startsWith("没有拍到照片,请重拍"))
            assertTrue(stage.shows("冲床"))
        }
    }
}
