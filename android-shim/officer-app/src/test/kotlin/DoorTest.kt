/* The app while nobody is signed in: the code, the PIN, and a call to 110 that needs neither. */
package cn.lastmile.officer

import android.app.Application
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.host.DeskOwner
import cn.lastmile.officer.host.NotRegistered
import cn.lastmile.officer.host.Photos
import cn.lastmile.officer.host.PinUnset
import cn.lastmile.officer.host.PinWanted
import cn.lastmile.officer.host.Registering
import cn.lastmile.officer.host.Session
import cn.lastmile.officer.stage.SetCrew
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import cn.lastmile.shim.keys.DatabaseKeyLost
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** An application that never opens, and says why. */
class ShutApp : Application(), DeskOwner, Registering {
    var why: Exception = NotRegistered()
    val heard = mutableListOf<String>()

    override suspend fun desk(): Desk = throw why
    override suspend fun session(): Session = throw why
    override val photos by lazy { Photos(this) { desk() } }
    override val crew = SetCrew()

    override suspend fun register(code: String) {
        heard += "code $code"
        why = PinUnset()
    }

    override suspend fun choosePin(pin: String) {
        heard += "new $pin"
        why = PinWanted()
    }

    override suspend fun waitsForFormer() = 0
    override suspend fun confirmFormer() = Unit

    override suspend fun unlock(pin: String) {
        heard += "pin $pin"
        why = DatabaseKeyLost()
    }
}

@RunWith(RobolectricTestRunner::class)
@Config(application = ShutApp::class)
class DoorTest {
    private val app get() = RuntimeEnvironment.getApplication() as ShutApp

    @Test
    fun `from the slip to the PIN, and what cannot be opened says what to do`() = Stage(app).use { stage ->
        stage.door("code")
        stage.type("登记码(管理员发的登记单)", "ABCD-EFGH")
        stage.press("登记本机")
        stage.door("new-pin")
        stage.type("口令(6至12位数字)", "135790")
        stage.press("设置口令")
        stage.door("pin")
        stage.type("办案人员口令", "135790")
        stage.press("输入口令")
        stage.door("shut")
        assertEquals(listOf("code ABCD-EFGH", "new 135790", "pin 135790"), app.heard)
        assertTrue("${stage.texts}", stage.shows("请勿卸载应用,联系管理员重新登记本机"))
    }

    @Test
    fun `110 is called from a phone that nobody opened`() = Stage(app).use { stage ->
        stage.holdCorner()
        assertEquals("tel:110", "${shadowOf(stage.screen).nextStartedActivity.data}")
    }

    private fun Stage.door(name: String) {
        picture("zh-0-$name")
        assertEquals(emptyList<String>(), complaints(root))
    }
}
