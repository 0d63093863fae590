/* Outbox and request for help: from what the core knows to what people read. */
package cn.lastmile.shim.show

import cn.lastmile.core.AloudLine
import cn.lastmile.core.Assistance
import cn.lastmile.core.AssistanceStep
import cn.lastmile.core.AssistanceTodo
import cn.lastmile.core.Backlog
import cn.lastmile.core.ContactState
import cn.lastmile.shim.assistance.standingOf
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.time.OffsetDateTime
import cn.lastmile.core.Words as CoreWords

class ScreensTest {
    private fun at(time: String) = OffsetDateTime.parse("2026-03-17T$time:00+08:00").toInstant().toEpochMilli()
    private fun said(zh: String) = CoreWords(zh, "in English")
    private val nothing = Backlog(0uL, 0uL, 0uL, 0uL, 0uL)

    @Test
    fun `the outbox says what waits, attention first, and nothing when nothing does`() {
        val view = outboxOf(Backlog(1uL, 12uL, 0uL, 2uL, 3uL), ContactState.Failed("unreachable"), at("09:12"))
        assertEquals(listOf("tray", "unsigned", "pending", "originals"), view.lines.map { it.code })
        assertTrue(view.lines.first().attention)
        assertEquals("已存本机12项,尚未到法院", view.lines[2].words.zh)
        assertEquals("未能联系法院,内容都在本机", view.contact.zh)
        assertEquals(emptyList<OutboxLine>(), outboxOf(nothing, null, at("09:12")).lines)
        assertEquals("09:05联系过法院", outboxOf(nothing, ContactState.Done(at("09:05")), at("09:12")).contact.zh)
        assertEquals("数据截至2026-03-17 09:05,连接已断开", staleBanner(at("09:05"), at("09:05") + 86_400_000).zh)
    }

    private val help = Assistance(
        "r1", "phone", at("09:05"), said("已离线保存,尚未送达公安!请立即拨打110"), true,
        listOf("已送达", "已接警", "已出警", "已到场").map { AssistanceStep(said(it), null) }, said("不知道有无人值守"),
        listOf(AssistanceTodo("read_aloud", said("照此念"), null), AssistanceTodo("call_110", said("拨打110"), "110")), null,
    )

    @Test
    fun `a request that nobody has fills the screen, with the call first`() {
        val aloud = listOf("who", "where", "what", "danger").map { AloudLine(it, said(it)) }
        val view = assistanceView(help, aloud, at("09:07"))
        assertTrue(view.fullScreen && !view.dimmed)
        assertEquals("09:05起,已2分钟", view.since.zh)
        assertEquals(listOf("call_110", "read_aloud"), view.buttons.map { it.code })
        assertEquals(listOf("who", "where", "what"), view.aloud.map { it.zh })
        assertEquals(listOf(HopState.NEXT, HopState.LATER, HopState.LATER, HopState.LATER), view.steps.map { it.state })
        val without = help.copy(todo = emptyList())
        assertEquals("110", assistanceView(without, aloud, at("09:07")).buttons.single().number)
    }

    @Test
    fun `hop by hop, with the time at each, and dimmed when it may be old`() {
        val times = listOf(at("09:12"), at("09:15"), null, null)
        val steps = help.steps.zip(times) { step, time -> step.copy(atMs = time) }
        val stale = said("数据截至09:15,连接已断开")
        val view = assistanceView(help.copy(hop = "dispatcher", alarm = false, steps = steps, stale = stale, todo = emptyList()), emptyList(), at("09:16"))
        assertFalse(view.fullScreen)
        assertTrue(view.dimmed)
        assertEquals(listOf("09:12", "09:15", null, null), view.steps.map { it.at })
        assertEquals(listOf(HopState.DONE, HopState.DONE, HopState.NEXT, HopState.LATER), view.steps.map { it.state })
        val next = assistanceView(help.copy(steps = steps), emptyList(), at("09:16") + 86_400_000)
        assertEquals("of another day with its date", "2026-03-17 09:12", next.steps.first().at)
        val over = assistanceView(help.copy(hop = "over", alarm = false, todo = emptyList()), emptyList(), at("09:16"))
        assertTrue(over.steps.none { it.state == HopState.NEXT })
    }

    @Test
    fun `the background knows what was delivered, texted and over`() {
        assertFalse(standingOf(help).delivered)
        assertTrue(standingOf(help.copy(hop = "sms")).run { texted && !delivered })
        assertTrue(standingOf(help.copy(hop = "console")).delivered)
        assertTrue(standingOf(help.copy(hop = "over")).over)
        assertTrue("the server is no person", standingOf(help.copy(hop = "server")).alone)
        assertFalse(standingOf(help.copy(hop = "dispatcher", alarm = false)).alone)
        val old = help.copy(hop = "dispatcher", headline = said("已接警"), stale = said("数据截至09:15,连接已断开"))
        assertEquals("已接警(数据截至09:15,连接已断开)", standingOf(old).line!!.zh)
    }
}
