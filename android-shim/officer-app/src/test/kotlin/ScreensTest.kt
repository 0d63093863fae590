/*
 * Every screen over the real core, in Chinese and English, in large letters and at night: drawn into
 * `target/officer-app-shots` and measured.
 */
package cn.lastmile.officer

import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.desk.OFFICER
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.real.completeOnSite
import cn.lastmile.officer.screens.SigningAt
import cn.lastmile.officer.screens.SigningForm
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import cn.lastmile.shim.show.AssistanceView
import cn.lastmile.shim.show.HopButton
import cn.lastmile.shim.show.HopState
import cn.lastmile.shim.show.HopStep
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

@RunWith(RobolectricTestRunner::class)
class ScreensTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val wrong = mutableListOf<String>()

    @Test
    fun `in Chinese`() = everything("zh")

    @Test
    fun `in English`() {
        RuntimeEnvironment.setQualifiers("en-rGB-w360dp-h760dp-xhdpi")
        everything("en")
    }

    @Test
    fun `in large letters`() {
        RuntimeEnvironment.setFontScale(1.3f)
        everything("zh-large")
    }

    @Test
    fun `in large letters in English`() {
        RuntimeEnvironment.setQualifiers("en-rGB-w360dp-h760dp-xhdpi")
        RuntimeEnvironment.setFontScale(1.3f)
        everything("en-large")
    }

    @Test
    fun `at night`() {
        RuntimeEnvironment.setQualifiers("+night")
        everything("zh-night")
    }

    @Test
    fun `lying on its side`() {
        RuntimeEnvironment.setQualifiers("zh-rCN-w760dp-h360dp-land-xhdpi")
        everything("zh-side")
    }

    private fun everything(way: String) {
        val record = RealDay.seizure
        runBlocking {
            phone.desk.keepLine(record, LineForm("立式铣床", "seal", "debtor", 2, 18_640_000))
        }
        Stage(app).use { stage ->
            stage.shot("$way-1-leave", Place.Leave)
            stage.shot("$way-2-today", Place.Today)
            val case = runBlocking { phone.desk.today() }.cases.first()
            stage.shot("$way-2-begin", Place.Begin(case.mark))
            stage.shot("$way-2-begin-seizure", Place.Entry(FormId.Begin(case.mark, "seizure", "1")))
            stage.shot("$way-3-act", Place.Act(record))
            stage.shot("$way-3-missing", Place.Missing(record, null))
            stage.shot("$way-3-notified", Place.Missing(record, "notified"))
            stage.shot("$way-3-entry", Place.Entry(record, "add_notification"))
            stage.shot("$way-3-basics", Place.Entry(record, "set"))
            val line = runBlocking { phone.desk.act(record) }.walk.missing.first { OFFICER in it.maySetAside }
            stage.shot("$way-3-aside", Place.Entry(FormId.Aside(record, line.rule, line.item)))
            runBlocking { phone.desk.enter(FormId.Aside(record, line.rule, line.item), mapOf("reason" to "现场停电,无法补办")) }
            stage.shot("$way-3-set-aside", Place.Missing(record, null))
            stage.shot("$way-4-list", Place.Goods(record))
            stage.shot("$way-4-line", Place.Line(record))
            runBlocking { app.session().pad = true }
            stage.shot("$way-4-keypad", Place.Line(record))
            stage.shot("$way-4-conflict", Place.Conflicts(record))
            stage.shot("$way-5-reading", Place.Signing(record))
            runBlocking { app.session().run { signing = signing?.let { it.reading(it.lines.size) } } }
            stage.shot("$way-5-signing", Place.Signing(record))
            SigningAt.entries.filter { it != SigningAt.DOCUMENT }.forEach { at ->
                runBlocking { app.session().signingForm = SigningForm(at) }
                stage.shot("$way-5-signing-${at.name.lowercase()}", Place.Signing(record))
            }
            runBlocking { app.session().signing = null }
            stage.shot("$way-6-call", Place.Call(record))
            finalised(stage, way)
            val plan = runBlocking { phone.desk.plan(record) }
            val call = runBlocking { phone.desk.call(plan) }
            stage.shot("$way-6-not-delivered", Place.Assistance(call))
        }
        for ((name, view) in assistanceViews) {
            app.theDesk = object : Desk by phone.desk {
                override suspend fun assistance(record: String) = view
            }
            Stage(app).use { it.shot("$way-6-$name", Place.Assistance("x")) }
        }
        assertEquals(emptyList<String>(), wrong)
    }

    /** The on-site record before and after 定稿: what blocks, the lock and the digest. */
    private fun finalised(stage: Stage, way: String) {
        val onsite = RealDay.onsite
        stage.shot("$way-7-blocked", Place.Missing(onsite, "finalised"))
        runBlocking { phone.core.completeOnSite(onsite) }
        stage.shot("$way-7-finalise", Place.Missing(onsite, "finalised"))
        assertEquals(emptyList<String>(), runBlocking { phone.desk.act(onsite) }.blocks.map { it.words.zh })
        runBlocking { phone.desk.finalise(onsite) }
        stage.shot("$way-7-finalised", Place.Act(onsite))
        val digest = runBlocking { phone.core.ask { it.record(onsite) } }.finalised.single().content.take(8)
        assertTrue("${stage.texts}", stage.shows(digest))
        stage.shot("$way-7-bound", Place.Missing(onsite, "finalised"))
    }

    private fun Stage.shot(name: String, place: Place) {
        if (screen.place == place) screen.refresh() else screen.go(place)
        settle()
        picture(name)
        wrong += complaints(root).map { "$name: $it" }
    }

    private val labels = listOf(
        Words("已送达", "delivered"), Words("已接警", "acknowledged"),
        Words("已出警,约8分钟", "on the way, about 8 min"), Words("已到场", "there"),
    )
    private val aloud = listOf(
        Words("我是南海法院执行局陆启航", "I am Lu Qihang of Nanhai court"),
        Words("九江镇测试工业区1号门口", "Jiujiang town, test industrial estate 1, gate"),
        Words("约15人围堵执行车辆", "about 15 people block the court's vehicle"),
    )
    private val call = HopButton("call_110", Words("拨打110", "Call 110"), "110")

    private fun steps(done: Int) = labels.mapIndexed { at, words ->
        val state = if (at < done) HopState.DONE else if (at == done) HopState.NEXT else HopState.LATER
        HopStep(words, "09:0${at + 7}".takeIf { at < done }, state)
    }

    private val assistanceViews = mapOf(
        "on-the-way" to AssistanceView(
            "x", false, Words("已出警,约8分钟", "on the way, about 8 min"),
            Words("09:07起,已5分钟", "since 09:07, 5 min"), steps(3),
            Words("九江派出所有人值守", "Jiujiang station: a dispatcher is online"), listOf(call), aloud, false, null,
        ),
        "nobody" to AssistanceView(
            "x", true, Words("九江派出所无人值守,请拨打110", "no dispatcher online, call 110"),
            Words("09:07起,已1分钟", "since 09:07, 1 min"), steps(1),
            Words("控制台无人值守", "nobody at the console"), listOf(call), aloud, false, null,
        ),
        "stale" to AssistanceView(
            "x", false, Words("已接警", "acknowledged"), Words("09:07起,已9分钟", "since 09:07, 9 min"), steps(2),
            Words("九江派出所", "Jiujiang station"), listOf(call), aloud, true,
            Words("数据截至09:09,连接已断开", "as of 09:09, disconnected"),
        ),
    )
}
