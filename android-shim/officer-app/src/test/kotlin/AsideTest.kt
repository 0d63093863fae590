/* Going on without what a rule asks for: by whom the law allows, with a reason, and in sight afterwards. */
package cn.lastmile.officer

import cn.lastmile.core.Act
import cn.lastmile.core.Value
import cn.lastmile.officer.desk.EntryTrouble
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.OFFICER
import cn.lastmile.officer.desk.whyNot
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import cn.lastmile.shim.show.MissingLine
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

@RunWith(RobolectricTestRunner::class)
class AsideTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val record get() = phone.record

    private fun walk() = runBlocking { phone.desk.act(record) }.walk
    private fun mine() = walk().missing.first { OFFICER in it.maySetAside }

    @Test
    fun `the officer says why, and it is shown with name, role and time`() {
        val line = mine()
        val missing = walk().missing.size
        Stage(app, Place.Entry(FormId.Aside(record, line.rule, line.item))).use { stage ->
            assertTrue("${stage.texts}", stage.shows(line.words.zh) && stage.shows(line.basis.first().zh))
            stage.press("说明理由后继续")
            assertEquals("请填写:理由", stage.notice)
            stage.type("理由(必填)", "居委会人员未到,已电话联系")
        }
        phone.open.dieAndStart()
        Stage(app).use { stage ->
            stage.press("说明理由后继续:居委会人员未到,已电话联系")
            stage.press("说明理由后继续")
            assertEquals("理由已写入记录 · 已存本机", stage.notice)
            stage.go(Place.Missing(record, null))
            assertTrue("${stage.texts}", stage.shows("说明理由后继续:居委会人员未到,已电话联系"))
            assertTrue("${stage.texts}", stage.shows("陆启航 · 承办人 · 09:05"))
            stage.picture("zh-3-aside-shown")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
        val walk = walk()
        assertEquals(missing - 1, walk.missing.size)
        assertEquals("离场前还缺${missing - 1}项,另有1项说明理由后继续", walk.foot.zh)
        val said = phone.item("overrides", "rule", line.rule)
        assertEquals(Value.Text("居委会人员未到,已电话联系"), said["reason"])
        Stage(app, Place.Entry(FormId.Aside(record, line.rule, line.item))).use { stage ->
            assertTrue("${stage.texts}", stage.shows("此项已补齐") && !stage.shows("理由(必填)"))
        }
    }

    @Test
    fun `from the page of what is missing, and what only the president may`() {
        // Somebody else's car, and nobody has confirmed whose it is: R-SEZ-14 is the president's alone.
        val fields = mapOf(
            "name" to Value.Text("小型轿车"), "quantity" to Value.Number(1), "measure" to Value.Text("seal"),
            "owner_basis" to Value.Text("disputed"), "third_party" to Value.Text("霍某"),
        )
        runBlocking { phone.core.ask { it.act(record, Act.Add("add_line", fields)) } }
        val theirs = walk().missing.filter { it.maySetAside == listOf("president") }
        assertTrue("${walk().missing}", theirs.isNotEmpty())
        Stage(app, Place.Missing(record, null)).use { stage ->
            assertTrue("${stage.texts}", stage.shows("须院长批准才能继续,请先报批。"))
            stage.press("说明理由后继续")
            assertTrue("${stage.screen.place}", (stage.screen.place as Place.Entry).form is FormId.Aside)
            stage.go(Place.Entry(FormId.Aside(record, theirs.first().rule, theirs.first().item)))
            assertTrue("${stage.texts}", stage.shows("须院长批准才能继续"))
            assertFalse(stage.texts.contains("说明理由后继续") && stage.shows("理由(必填)"))
        }
        val refused = runCatching {
            val form = FormId.Aside(record, theirs.first().rule, theirs.first().item)
            runBlocking { phone.desk.enter(form, mapOf("reason" to "院长口头同意")) }
        }
        assertEquals("须院长批准才能继续,请先报批。", (refused.exceptionOrNull() as EntryTrouble).words.zh)
        assertTrue(phone.shown().collections.single { it.name == "overrides" }.items.isEmpty())
    }

    @Test
    fun `who may is said in words, and an officer of the crew is not the one who handles it`() {
        fun line(vararg may: String) = MissingLine("R", Words("缺", "missing"), emptyList(), null, true, may.toList())
        assertNull(whyNot(line("officer"), setOf("officer")))
        assertEquals("承办人说明理由后才能继续。", whyNot(line("officer"), emptySet())?.zh)
        assertEquals("承办人说明理由,或者院长批准,才能继续。", whyNot(line("officer", "president"), setOf("clerk"))?.zh)
        assertNull(whyNot(line("officer", "president"), setOf("president")))
        assertEquals("须先办妥,不能略过。", whyNot(line(), setOf("officer", "president"))?.zh)
        assertEquals(setOf(OFFICER), runBlocking { phone.desk.act(record) }.mine)
        phone.open.startAs(setOf("clerk"))
        Stage(app, Place.Missing(record, null)).use { stage ->
            assertFalse("${stage.texts}", stage.texts.contains("说明理由后继续"))
        }
    }
}
