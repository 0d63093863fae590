/* Steps without a page of their own are written by plain forms from the descriptors, into the real record. */
package cn.lastmile.officer

import cn.lastmile.core.FieldKind
import cn.lastmile.core.Value
import cn.lastmile.core.recordKinds
import cn.lastmile.officer.desk.EntryField
import cn.lastmile.officer.desk.fieldsOf
import cn.lastmile.officer.desk.formsOf
import cn.lastmile.officer.desk.valueOf
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.time.LocalDate

@RunWith(RobolectricTestRunner::class)
class EntryTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

    @Test
    fun `who was told to be present, by the form, half typed through a dead battery, into the record`() {
        Stage(app, Place.Act(record)).use { stage ->
            stage.press("通知到场")
            stage.press("记录通知到场")
            stage.type("姓名", "霍小明")
            stage.press("被执行人")
            stage.type("通知时间(如08:30)", "八点半")
            stage.press("存入记录")
            assertEquals("请改正:通知时间", stage.notice)
        }
        phone.open.dieAndStart()
        Stage(app, Place.Entry(record, "add_notification")).use { stage ->
            assertTrue("${stage.texts}", stage.shows("霍小明") && stage.shows("✓ 被执行人") && stage.shows("八点半"))
            stage.type("通知时间(如08:30)", "08:05")
            stage.press("存入记录")
            assertTrue("${stage.notice}", stage.notice.orEmpty().startsWith("已存入记录 · 已存本机"))
            val told = phone.item("notifications", "name", "霍小明")
            assertEquals(Value.Text("debtor"), told["role"])
            assertEquals(Value.Text("${LocalDate.of(2026, 3, 17)}T08:05:00+08:00"), told["notified_at"])
            stage.go(Place.Entry(record, "add_notification"))
            assertFalse("the draft is gone: ${stage.texts}", stage.shows("霍小明"))
            stage.press("存入记录")
            assertEquals("还没有填写", stage.notice)
        }
    }

    @Test
    fun `a seal strip on a line, and a copy handed over`() = Stage(app).use { stage ->
        val line = runBlocking { phone.desk.list(record) }.list.cards.first { !it.struck }
        stage.go(Place.Missing(record, "seals"))
        stage.press("加贴封条")
        stage.type("封条编号", "NH-2026-0999")
        stage.press(line.name.zh)
        stage.press("现在")
        stage.press("存入记录")
        val seal = phone.item("seals", "seal_no", "NH-2026-0999")
        assertTrue("$seal", (seal["line"] as Value.Text).value.startsWith("lines/"))
        assertTrue("$seal", (seal["affixed_at"] as Value.Text).value.endsWith("+08:00"))
        stage.go(Place.Missing(record, "delivered"))
        stage.press("交付文书")
        stage.type("姓名", "罗敬文")
        stage.type("份数", "0")
        stage.press("存入记录")
        assertEquals("请改正:份数", stage.notice)
        stage.type("份数", "2")
        stage.press("存入记录")
        assertEquals(Value.Number(2), phone.item("deliveries", "name", "罗敬文")["copies"])
    }

    @Test
    fun `the on-site record is begun in its step, named by the act, and opened from there`() = Stage(app).use { stage ->
        stage.go(Place.Missing(record, "onsite"))
        if (!stage.texts.contains("开始执行笔录")) {
            stage.press("打开执行笔录")
            assertEquals(Place.Act(RealDay.onsite), stage.screen.place)
            return@use
        }
        stage.press("开始执行笔录")
        stage.type("地点", "九江镇测试工业区2号")
        stage.press("存入记录")
        val named = checkNotNull(runBlocking { phone.desk.onsite(record) })
        assertEquals("onsite", phone.shown(named).kind)
        assertEquals(phone.shown().caseNo, phone.shown(named).caseNo)
        stage.press("打开执行笔录")
        assertEquals(Place.Act(named), stage.screen.place)
        assertFalse(stage.texts.contains("开始执行笔录"))
        stage.press("基本情况")
        assertTrue("${stage.texts}", stage.shows("九江镇测试工业区2号"))
        stage.type("天气", "晴")
        stage.press("存入记录")
        val weather = phone.shown(named).head.single { it.name == "weather" }.values.single()
        assertEquals(Value.Text("晴"), weather.value)
        val place = phone.shown(named).head.single { it.name == "place" }.values
        assertEquals("what was not changed is not written again", 1, place.size)
    }

    @Test
    fun `every step of every kind has the forms of its collections, and none asks for a file`() {
        val seizure = recordKinds().first { it.name == "seizure" }
        val codes = listOf("notified", "seals", "delivered", "onsite")
        val steps = codes.associateWith { code -> formsOf(seizure, code).map { it.verb } }
        assertEquals(
            mapOf(
                "notified" to listOf("add_notification", "add_present"), "seals" to listOf("add_seal", "add_notice"),
                "delivered" to listOf("deliver"), "onsite" to listOf("begin_onsite"),
            ),
            steps,
        )
        assertEquals(emptyList<Any>(), formsOf(seizure, "photos") + formsOf(seizure, "signatures"))
        for (kind in recordKinds()) for (verb in kind.verbs) {
            assertTrue(fieldsOf(kind, verb.name).none { it.kind is FieldKind.File || it.kind is FieldKind.Hash })
        }
    }

    @Test
    fun `typed words become values of their type, or nothing`() {
        val today = LocalDate.of(2026, 3, 17)
        val words = Words("时间", "time")
        fun read(kind: FieldKind, text: String) = valueOf(EntryField("x", words, kind, emptyList()), text, today)
        assertEquals(Value.Text("2026-03-17T08:30:00+08:00"), read(FieldKind.Time, "08:30"))
        assertEquals(Value.Text("2026-03-16T23:59:00+08:00"), read(FieldKind.Time, "2026-03-16 23:59"))
        assertNull(read(FieldKind.Time, "25:00"))
        assertEquals(Value.Text("2026-03-17"), read(FieldKind.Date, "2026-03-17"))
        assertNull(read(FieldKind.Date, "2026-02-30"))
        assertNull(read(FieldKind.Number(1, 99), "100"))
        assertEquals(Value.Flag(false), read(FieldKind.Flag, "false"))
        assertNull(read(FieldKind.Text(5u), "六个字节"))
        assertEquals(Value.Number(9_250_000), read(FieldKind.Money, "92,500"))
    }
}
