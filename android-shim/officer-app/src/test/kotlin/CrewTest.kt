/* The phones of a crew: what was begun on one is gone on with on the other, and what the page says of it. */
package cn.lastmile.officer

import android.os.Looper
import cn.lastmile.core.Act
import cn.lastmile.core.PeerListener
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Value
import cn.lastmile.officer.desk.ColleagueForm
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.DraftLine
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.host.HotspotCrew
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.SetCrew
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.shim.crew.CrewState
import cn.lastmile.shim.crew.Mate
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PeerTrouble
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import java.io.IOException

@RunWith(RobolectricTestRunner::class)
class CrewTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record
    private val crew get() = app.crew as SetCrew

    /** What 温若棠 has typed and not handed in. */
    private fun Phone.begins(form: LineForm) {
        val caseNo = phone.shown().caseNo
        saveDraft("line:$record", RecordDraft("seizure", caseNo, null, emptyMap(), form.items()))
    }

    private fun meet(other: Phone) = runBlocking { phone.core.ask { RealDay.meet(other, it) } }

    @Test
    fun `what was begun on a phone that died is gone on with here, and is this officer's record`() {
        phone.second().use { wen ->
            wen.begins(LineForm(name = "数控车床", quantity = 2, photo = "a".repeat(64)))
            meet(wen)
        }
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("同事手机上有1张草稿"))
            stage.press("没有打开")
            assertTrue("${stage.texts}", stage.shows("数控车床") && stage.shows("温若棠的手机"))
            stage.picture("zh-6-crew-forms")
            assertEquals(emptyList<String>(), complaints(stage.root))
            stage.press("在本机接着填")
            assertTrue("${stage.notice}", stage.notice!!.startsWith("已转到本机。照片没有带过来"))
            assertEquals(Place.Line(record), stage.screen.place)
            stage.press("存为一项")
            assertEquals("已存为一项 · 已存本机", stage.notice)
        }
        val line = phone.shown().collections.single { it.name == "lines" }.items
            .single { item -> item.fields.any { it.values.first().value == Value.Text("数控车床") } }
        assertEquals("luqihang", line.person)
        Stage(app, Place.Crew).use { stage ->
            assertTrue("${stage.texts}", stage.shows("本机已接着填") && !stage.shows("在本机接着填"))
        }
    }

    @Test
    fun `what was recorded there is gone here, and what may have been is said before anybody goes on`() {
        phone.second().use { wen ->
            wen.begins(LineForm(name = "数控车床"))
            meet(wen)
            wen.removeDraft("line:$record")
            wen.act(record, Act.Add("add_line", mapOf("name" to Value.Text("数控车床"), "quantity" to Value.Number(1))))
            meet(wen)
        }
        Stage(app, Place.Crew).use { assertTrue("${it.texts}", it.shows("同事手机上没有草稿")) }
        val perhaps = ColleagueForm(
            "00", "line:$record", DraftLine(record, null, Words("数控车床", "a lathe"), "09:04"),
            CrewSaid.from("温若棠", "09:04", "09:05"), CrewSaid.since(2u), taken = false,
        )
        val unknown = perhaps.copy(line = null, caution = null)
        app.theDesk = object : Desk by phone.desk {
            override suspend fun colleagues() = listOf(perhaps, unknown)
        }
        Stage(app, Place.Crew).use { stage ->
            assertTrue("${stage.texts}", stage.shows("此后本案又存入2项") && stage.shows("先核对清单"))
            assertTrue("${stage.texts}", stage.shows("本机打不开这张草稿"))
            assertEquals(1, stage.texts.count { it == "在本机接着填" })
            stage.picture("zh-6-crew-caution")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
    }

    @Test
    fun `what a colleague went on with is said where it was begun`() {
        runBlocking { phone.desk.keepLine(record, LineForm(name = "空压机")) }
        phone.second().use { wen ->
            meet(wen)
            Stage(app).use { assertTrue("${it.texts}", it.shows("已备份到温若棠的手机")) }
            runBlocking { phone.desk.keepLine(record, LineForm(name = "空压机", quantity = 2)) }
            Stage(app).use { assertTrue("${it.texts}", it.shows("以前的内容")) }
            val form = wen.colleaguesDrafts(null).single()
            wen.takeOverDraft(form.origin, form.id)
            meet(wen)
        }
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("温若棠已在其手机上接着填这张草稿"))
            stage.picture("zh-6-crew-gone-on")
            stage.press("空压机 ·")
            assertTrue("${stage.notice}", stage.notice!!.startsWith("温若棠已在其手机上接着填"))
        }
    }

    @Test
    fun `two beginnings of one line are not mixed`() {
        phone.second().use { wen ->
            wen.begins(LineForm(name = "数控车床"))
            meet(wen)
        }
        runBlocking { phone.desk.keepLine(record, LineForm(name = "空压机")) }
        Stage(app, Place.Crew).use { stage ->
            stage.press("在本机接着填")
            assertTrue("${stage.notice}", stage.notice!!.startsWith("本机此处正在填写别的内容"))
        }
        assertEquals("空压机", runBlocking { phone.desk.line(record) }.name)
    }

    @Test
    fun `switched on, it says whom it met, and what is typed for the other's address`() {
        Stage(app, Place.Crew).use { stage ->
            assertTrue("${stage.texts}", stage.shows("一台没电,另一台接着填"))
            stage.picture("zh-6-crew-off")
            stage.press("开始互备")
            assertTrue("${stage.texts}", stage.shows("192.168.43.1:48110"))
            stage.picture("zh-6-crew-looking")
            stage.type("对方地址(如192.168.43.1:48110)", "www.example.com")
            stage.press("连接")
            assertTrue("${stage.notice}", stage.notice!!.startsWith("地址有误"))
            stage.type("对方地址(如192.168.43.1:48110)", "192.168.43.7:48110")
            stage.recreate()
            stage.press("连接")
            assertEquals(listOf(PeerAddress("192.168.43.7", 48_110)), crew.visited)
            crew.state = CrewState(listOf(Mate("wenruotang", "温若棠", 0, 2u)), 1, unsent = true)
            stage.later(java.time.Duration.ofSeconds(2))
            assertTrue("${stage.texts}", stage.shows("对方存有本机2张草稿") && stage.shows("停止输入几秒后自动备份"))
            assertNull("the notice of before is gone", stage.notice)
            stage.picture("zh-6-crew-met")
            assertEquals(emptyList<String>(), complaints(stage.root))
            val broken = CrewState(trouble = PeerTrouble.NobodyThere(IOException()).words)
            crew.state = broken
            stage.later(java.time.Duration.ofSeconds(2))
            assertTrue("${stage.texts}", stage.shows("连不上对方手机"))
            crew.own = emptyList()
            stage.go(Place.Today)
            stage.go(Place.Crew)
            assertTrue("${stage.texts}", stage.shows("本机没有连热点"))
            stage.press("停止互备")
            assertNull(crew.state)
        }
    }

    @Test
    @Config(qualifiers = "+en-rGB")
    fun `in English as well`() {
        phone.second().use { wen ->
            wen.begins(LineForm(name = "数控车床"))
            meet(wen)
        }
        crew.state = CrewState(listOf(Mate("wenruotang", "温若棠", 0, 1u)), 1)
        Stage(app, Place.Crew).use { stage ->
            assertTrue("${stage.texts}", stage.shows("it keeps 1 unfinished of this phone"))
            stage.picture("en-6-crew")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
    }

    @Test
    fun `over a real connection a form is on both phones, and stays when the first one closes`() {
        runBlocking { phone.desk.keepLine(record, LineForm(name = "空压机")) }
        val real = HotspotCrew(app) { phone.core }
        phone.second().use { wen ->
            runBlocking {
                PeerListener.open().use { door ->
                    val answering = async(Dispatchers.IO) { wen.meetWhoeverComes(door, 60u) }
                    real.on()
                    real.visit(PeerAddress("127.0.0.1", door.port().toInt()))
                    withTimeout(60_000) {
                        while (real.state?.mates.isNullOrEmpty()) {
                            shadowOf(Looper.getMainLooper()).idle()
                            delay(20)
                        }
                    }
                    assertEquals(1u, answering.await().draftsHere)
                }
            }
            val mate = real.state!!.mates.single()
            assertEquals("wenruotang" to 1u, mate.person to mate.draftsThere)
            assertFalse(real.state!!.unsent)
            // The process ends: what was wished is taken up again, what was switched off is not.
            val again = HotspotCrew(app) { phone.core }
            runBlocking { again.resume() }
            assertTrue(again.state != null)
            again.off()
            real.off()
            assertNull(real.state)
            runBlocking { real.resume() }
            assertNull(real.state)
            // A phone on which it cannot be taken up has its desk all the same.
            runBlocking { again.on() }
            val broken = HotspotCrew(app) { throw IOException("no core") }
            runBlocking { broken.resume() }
            assertNull(broken.state)
            again.off()
            assertEquals("空压机", LineForm.of(wen.colleaguesDrafts(null).single().form!!.items).name)
        }
    }
}
