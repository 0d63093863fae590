/* The phone in somebody else's hand: the way out, a refusal, a fingerprint with its witness. */
package cn.lastmile.officer

import android.app.Activity
import android.app.ActivityManager
import android.app.admin.DevicePolicyManager
import android.content.ComponentName
import android.content.Intent
import cn.lastmile.core.Value
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
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadows.ShadowActivity

/** A phone whose system refuses to start the camera although it is there. */
@Implements(Activity::class)
class CameraThatDoesNotStart : ShadowActivity() {
    @Implementation
    @Suppress("UNUSED_PARAMETER")
    fun startActivityForResult(intent: Intent, request: Int): Unit = throw SecurityException("not allowed")
}

@RunWith(RobolectricTestRunner::class)
class SigningTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

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
        stage.type("见证人姓名", "霍启明")
        stage.press("拒绝签名")
        assertEquals("已记录拒签及理由", stage.notice)
    }

    /** As the system has it on a phone that nobody manages; a managed one locks. */
    private fun lockTask(mode: Int) = shadowOf(app.getSystemService(ActivityManager::class.java)).setLockTaskModeState(mode)

    /** From the document to the page of the fingerprint. */
    private fun toPrint(stage: Stage) {
        stage.press("已阅读全文")
        stage.press("捺指印")
        stage.type("签名人姓名", "罗敬文")
        stage.type("见证人姓名", "霍启明")
        lockTask(ActivityManager.LOCK_TASK_MODE_PINNED)
    }

    private fun signatures() = phone.shown().collections.single { it.name == "signatures" }.items

    @Test
    fun `who cannot write makes a fingerprint, photographed and seen by a witness`() {
        phone.hasCamera()
        val before = signatures().size
        Stage(app, Place.Signing(record)).use { stage ->
            stage.press("已阅读全文")
            stage.press("捺指印")
            stage.press("确认捺印")
            assertEquals("请先拍摄指印", stage.notice)
            stage.type("签名人姓名", "罗敬文")
            lockTask(ActivityManager.LOCK_TASK_MODE_PINNED)
            stage.press("拍摄指印")
            assertEquals("the mode holds while the camera runs", Place.Signing(record), stage.screen.place)
            assertEquals("a pinned screen lets the camera in", ActivityManager.LOCK_TASK_MODE_NONE, stage.screen.lockTask)
            phone.shots().single().writeBytes(RealPhone.JPEG)
            phone.cameraReturns(stage)
            assertTrue("and is pinned again", stage.screen.lockTask != ActivityManager.LOCK_TASK_MODE_NONE)
            assertEquals("指印照片已存本机", stage.notice)
            assertTrue("${stage.texts}", stage.shows("罗敬文") && stage.shows("签名模式:只显示这份文书"))
            stage.press("确认捺印")
            assertEquals("请填写见证人姓名", stage.notice)
            assertEquals(before, signatures().size)
            stage.type("见证人姓名", "霍启明")
            stage.picture("zh-5-fingerprint")
            stage.press("确认捺印")
            assertEquals("已记录指印和见证人,已存本机", stage.notice)
        }
        val signed = phone.item("signatures", "mode", "fingerprint")
        assertEquals(Value.Text("霍启明"), signed["seen_by"])
        val proof = phone.shown().collections.single { it.name == "proofs" }.items.single { item ->
            item.fields.any { field -> field.values.any { it.value == Value.Text("fingerprint") } }
        }
        assertEquals(Value.Text("proofs/${proof.item}"), signed["proof"])
        assertTrue("the camera's file is gone once the vault has it", phone.shots().isEmpty())
    }

    @Test
    @Config(shadows = [CameraThatDoesNotStart::class])
    fun `a camera that does not start leaves the phone pinned in the party's hand`() {
        phone.hasCamera()
        Stage(app, Place.Signing(record)).use { stage ->
            toPrint(stage)
            stage.press("拍摄指印")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("相机未获允许或已被停用"))
            assertTrue("pinned again", stage.screen.lockTask != ActivityManager.LOCK_TASK_MODE_NONE)
            assertEquals(Place.Signing(record), stage.screen.place)
        }
    }

    @Test
    fun `a camera that gives nothing, a phone turned round, and still nobody is out`() {
        phone.hasCamera()
        val stage = Stage(app, Place.Signing(record))
        toPrint(stage)
        stage.press("拍摄指印")
        val request = shadowOf(stage.screen).nextStartedActivityForResult
        RuntimeEnvironment.setQualifiers("+land")
        stage.recreate()
        stage.comesBack(request.requestCode)
        assertEquals("没有拍到指印,请重拍。", stage.notice)
        assertEquals(Place.Signing(record), stage.screen.place)
        assertTrue("${stage.texts}", stage.shows("罗敬文") && stage.shows("霍启明") && stage.shows("还没有拍摄指印"))
        stage.close()
        // Swiped away and begun anew from the launcher: another activity, the same process.
        Stage(app).use { again ->
            assertEquals(Place.Signing(record), again.screen.place)
            again.go(Place.Goods(record))
            assertEquals(Place.Signing(record), again.screen.place)
            again.go(Place.Call(record))
            assertEquals("help is called from anywhere", Place.Call(record), again.screen.place)
        }
    }

    @Test
    fun `the app was ended while the camera ran, the print waits until the text was read again`() {
        phone.hasCamera()
        val saved = Stage(app, Place.Signing(record)).let { stage ->
            toPrint(stage)
            stage.press("拍摄指印")
            phone.shots().single().writeBytes(RealPhone.JPEG)
            stage.saved()
        }
        phone.open.dieAndStart()
        Stage(app, state = saved).use { stage ->
            assertEquals(Place.Signing(record), stage.screen.place)
            stage.comesBack(1)
            assertTrue("${stage.texts}", stage.shows("已阅读全文") && !stage.shows("确认捺印"))
            stage.press("已阅读全文")
            assertTrue("${stage.texts}", stage.shows("确认捺印") && stage.shows("指印照片已存本机"))
        }
    }

    @Test
    fun `locked by an administrator, the camera has to be allowed beside this app`() {
        phone.hasCamera()
        Stage(app, Place.Signing(record)).use { stage ->
            toPrint(stage)
            lockTask(ActivityManager.LOCK_TASK_MODE_LOCKED)
            stage.press("拍摄指印")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("本机锁定在签名模式"))
            assertEquals(null, shadowOf(stage.screen).nextStartedActivityForResult)
            val policy = checkNotNull(app.getSystemService(DevicePolicyManager::class.java))
            val admin = ComponentName(app, "Admin")
            shadowOf(policy).setDeviceOwner(admin)
            policy.setLockTaskPackages(admin, arrayOf(app.packageName, "camera"))
            stage.press("拍摄指印")
            assertTrue(shadowOf(stage.screen).nextStartedActivityForResult != null)
        }
    }

    /** The camera's answer of nothing, as the system hands it to an activity that was made anew. */
    private fun Stage.comesBack(request: Int) {
        val take = Activity::class.java.getDeclaredMethod(
            "onActivityResult", Int::class.java, Int::class.java, Intent::class.java,
        )
        take.isAccessible = true
        take.invoke(screen, request, Activity.RESULT_CANCELED, null)
        settle()
    }
}
