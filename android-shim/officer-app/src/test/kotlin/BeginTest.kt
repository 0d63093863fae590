/* Records are begun on the phone: from the case, by a form that outlives a dead battery, into the real store. */
package cn.lastmile.officer

import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Value
import cn.lastmile.core.recordKinds
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.real.completeOnSite
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.stage.RealPhone
import cn.lastmile.officer.stage.Stage
import cn.lastmile.officer.stage.complaints
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

@RunWith(RobolectricTestRunner::class)
class BeginTest {
    @get:Rule
    val phone = RealPhone()
    private val app get() = phone.app
    private val case
        get() = runBlocking { phone.desk.today() }.cases.single { case -> case.acts.any { it.record == RealDay.seizure } }

    private fun begun(stage: Stage) = phone.shown((stage.screen.place as Place.Act).record)

    private fun Stage.toSeizure() {
        go(Place.Begin(case.mark))
        press("新建查封(扣押)清单")
    }

    @Test
    fun `a second seizure says what is there, asks nothing, and is the officer's to go on with`() = Stage(app).use { stage ->
        stage.press("新建清单、笔录")
        assertEquals(Place.Begin(case.mark), stage.screen.place)
        assertTrue("${stage.texts}", stage.shows("本案未定稿的") && stage.shows("九江镇测试工业区1号"))
        stage.press("新建查封(扣押)清单")
        assertTrue("${stage.texts}", stage.texts.any { it.startsWith("本案已有未定稿的查封(扣押)财产清单1份") })
        stage.press("新建查封(扣押)清单")
        assertEquals("请填写:所在地", stage.notice)
        stage.type("所在地(必填)", "九江镇测试工业区2号")
        stage.type("开始时间(如08:30)", "九点")
        stage.press("新建查封(扣押)清单")
        assertEquals("请改正:开始时间", stage.notice)
        stage.type("开始时间(如08:30)", "09:00")
        stage.picture("zh-2-beginning")
        assertEquals(emptyList<String>(), complaints(stage.root))
        stage.press("新建查封(扣押)清单")
        assertEquals("已新建 · 已存本机", stage.notice)
        val shown = begun(stage)
        assertEquals(listOf("seizure", case.caseNo, "luqihang"), listOf(shown.kind, shown.caseNo, shown.handler))
        fun head(name: String) = shown.head.single { it.name == name }.values.map { it.value }
        assertEquals(listOf(Value.Text("九江镇测试工业区2号")), head("location"))
        assertEquals(listOf(Value.Text("2026-03-17T09:00:00+08:00")), head("start_at"))
        stage.press("返回")
        assertEquals(Place.Today, stage.screen.place)
        assertTrue("${stage.texts}", stage.shows("九江镇测试工业区2号") && !stage.shows("未完成的草稿"))
    }

    @Test
    fun `half typed, turned round, killed, it is on the day's page and opened from there`() {
        val stage = Stage(app)
        stage.toSeizure()
        stage.type("所在地(必填)", "九江镇沙咀")
        RuntimeEnvironment.setQualifiers("+land")
        stage.recreate()
        assertTrue("${stage.texts}", stage.shows("九江镇沙咀"))
        // No pause, no saved state: the power is gone.
        phone.open.dieAndStart()
        Stage(app).use { again ->
            assertTrue("${again.texts}", again.shows("未完成的草稿"))
            again.picture("zh-2-draft")
            again.press("新建查封(扣押)清单:九江镇沙咀")
            assertTrue(again.shows("九江镇沙咀"))
            again.press("新建查封(扣押)清单")
            assertEquals("九江镇沙咀", begun(again).title.substringBefore(' '))
            again.go(Place.Today)
            assertFalse("the draft is gone: ${again.texts}", again.shows("未完成的草稿"))
        }
    }

    @Test
    fun `whoever looks and goes back has begun nothing, and a draft can be thrown away`() = Stage(app).use { stage ->
        stage.toSeizure()
        stage.press("返回")
        stage.go(Place.Today)
        assertFalse("${stage.texts}", stage.shows("未完成的草稿"))
        stage.toSeizure()
        stage.type("所在地(必填)", "记错了")
        val before = case.acts.size
        stage.press("删除草稿")
        stage.go(Place.Today)
        assertFalse("${stage.texts}", stage.shows("记错了"))
        assertEquals(before, case.acts.size)
    }

    @Test
    fun `a case without acts says how to begin`() {
        app.theDesk = object : Desk by phone.desk {
            override suspend fun today() =
                phone.desk.today().let { day -> day.copy(cases = day.cases.map { it.copy(acts = emptyList()) }) }
        }
        Stage(app).use { stage ->
            assertTrue("${stage.texts}", stage.shows("本案还没有清单和笔录。到现场后按“新建清单、笔录”。"))
            stage.picture("zh-2-no-acts")
            assertEquals(emptyList<String>(), complaints(stage.root))
        }
    }

    @Test
    fun `after sixty more records the first is still on the day's page, and its differences with it`() {
        runBlocking {
            repeat(60) { at ->
                val head = mapOf("name" to Value.Text("在场人$at"))
                phone.core.ask { it.createRecord(RecordDraft("person", case.caseNo, null, head, emptyList())) }
            }
        }
        assertTrue("${case.acts.size}", case.acts.size > 60)
        Stage(app).use { stage ->
            assertTrue(stage.shows("九江镇测试工业区1号") && stage.shows("在场人0") && stage.shows("在场人59"))
            assertTrue("${stage.texts}", stage.texts.any { it.startsWith("■ 有分歧,待确定:") })
            stage.go(Place.Begin(case.mark))
            assertTrue(stage.shows("九江镇测试工业区1号"))
        }
    }

    @Test
    fun `an eviction wants its premises, and has no list of goods seized`() = Stage(app).use { stage ->
        stage.go(Place.Begin(case.mark))
        stage.press("新建强制迁出记录")
        stage.type("公告文号", "公告1号")
        stage.press("新建强制迁出记录")
        assertEquals("请填写:房屋(土地)坐落", stage.notice)
        stage.type("房屋(土地)坐落(必填)", "九江镇儒林西路1号")
        stage.press("新建强制迁出记录")
        assertEquals("eviction", begun(stage).kind)
        assertTrue("${stage.texts}", stage.shows("搬出清单") && !stage.texts.contains("清单"))
    }

    @Test
    fun `a correction needs something that is finalised, and names what was bound`() = Stage(app).use { stage ->
        stage.go(Place.Begin(case.mark))
        assertTrue("${stage.texts}", stage.shows("本案还没有已定稿的清单或笔录"))
        runBlocking {
            phone.core.completeOnSite(RealDay.onsite)
            phone.desk.finalise(RealDay.onsite)
        }
        stage.go(Place.Today)
        stage.go(Place.Begin(case.mark))
        stage.press("新建补正笔录")
        stage.press("补正错漏")
        stage.press("新建补正笔录")
        assertEquals("请填写:原笔录(清单)", stage.notice)
        stage.press("执行笔录")
        stage.press("新建补正笔录")
        val shown = begun(stage)
        assertEquals("correction", shown.kind)
        val bound = phone.shown(RealDay.onsite).finalised.single().content
        val digest = shown.head.single { it.name == "original_digest" }.values.single().value as Value.Bytes
        assertEquals(bound, digest.value.joinToString("") { "%02x".format(it) })
        assertTrue("${stage.texts}", stage.shows("补正内容") && stage.shows("签名模式"))
        stage.picture("zh-3-correction")
    }

    @Test
    fun `what may be begun follows the role, and has a form for every kind`() {
        val offered = runBlocking { phone.desk.beginnings(case.mark) }.kinds.map { it.form.kind }
        assertEquals(listOf("correction", "eviction", "person", "seizure", "supplement"), offered.sorted())
        for (kind in offered) {
            val sheet = runBlocking { phone.desk.sheet(FormId.Begin(case.mark, kind, "1")) }
            val known = recordKinds().first { it.name == kind }.head.map { it.name }
            assertTrue("$kind: ${sheet.fields}", sheet.fields.isNotEmpty() && sheet.fields.all { it.name in known })
        }
        phone.open.startAs(setOf("judicial_police"))
        Stage(app, Place.Begin(case.mark)).use { stage ->
            assertTrue("${stage.texts}", stage.shows("您的身份不能新建清单、笔录。"))
        }
    }
}
