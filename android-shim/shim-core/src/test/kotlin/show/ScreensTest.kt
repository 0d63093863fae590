/* Outbox, request for help and the check before leaving: from what the core knows to what people read. */
package cn.lastmile.shim.show

import cn.lastmile.core.AloudLine
import cn.lastmile.core.Assistance
import cn.lastmile.core.AssistanceStep
import cn.lastmile.core.AssistanceTodo
import cn.lastmile.core.Backlog
import cn.lastmile.core.ContactState
import cn.lastmile.core.DutyPhone
import cn.lastmile.core.LeaveCheck
import cn.lastmile.core.PackLine
import cn.lastmile.core.SealBlockLeft
import cn.lastmile.shim.assistance.standingOf
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
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

    private val check = LeaveCheck(
        listOf(
            PackLine("case", "K1", 3uL, at("06:00"), at("06:50")), PackLine("court", "粤0605", 1uL, at("06:00"), at("06:50")),
        ),
        listOf(SealBlockLeft("K1", "S0001", "S0050", 48u, "S0003")), listOf(DutyPhone("九江派出所", "0757-00000011")),
        0, at("06:50"), nothing, true,
    )
    private val device = DeviceFacts(8_000_000_000, 90, false, true)

    @Test
    fun `a phone that is ready is all green`() {
        val view = leaveView(check, device, at("07:00"))
        assertTrue("${view.lines.filter { !it.green }}", view.ready)
        assertTrue(view.lines.all { it.todo == null })
        assertEquals("封条 K1:余48张,下一张S0003", view.lines.first { it.code == "seals" }.words.zh)
        assertEquals("案件包 K1 第3版,06:50领取", view.lines.first().words.zh)
    }

    @Test
    fun `every red line says what to do`() {
        val bad = check.copy(
            packs = listOf(PackLine("case", "K1", 3uL, 0, at("06:50"))), seals = listOf(SealBlockLeft("K1", "a", "b", 0u, null)),
            dutyPhones = emptyList(), skewMs = 420_000, lastContactMs = at("06:50") - 86_400_000,
            backlog = nothing.copy(pending = 2uL), mayFinalise = false,
        )
        val view = leaveView(bad, DeviceFacts(null, null, true, null), at("07:00"))
        assertEquals(view.lines.size, view.red)
        assertTrue(view.lines.all { it.todo != null })
        assertEquals("手机时间快7分钟", view.lines.first { it.code == "clock" }.words.zh)
        assertEquals("no_cases", leaveView(bad.copy(packs = emptyList()), device, at("07:00")).lines.first().code)
    }

    @Test
    fun `limits are where they are said to be`() {
        fun green(code: String, check: LeaveCheck, device: DeviceFacts = this.device) =
            leaveView(check, device, at("07:00")).lines.first { it.code == code }.green
        assertTrue(green("clock", check.copy(skewMs = -120_000)))
        assertFalse(green("clock", check.copy(skewMs = -120_001)))
        assertFalse(green("clock", check.copy(skewMs = null)))
        assertTrue(green("battery", check, device.copy(batteryPercent = 60)))
        assertFalse(green("battery", check, device.copy(batteryPercent = 59)))
        assertTrue(green("battery", check, device.copy(batteryPercent = 10, charging = true)))
        assertFalse(green("storage", check, device.copy(freeBytes = 1_999_999_999)))
        assertNull(leaveView(check, device, at("07:00")).lines.first { it.code == "battery" }.todo)
    }
}
