/* The check before leaving, line by line: where each turns red, and what a moved clock does to it. */
package cn.lastmile.shim.show

import cn.lastmile.core.Backlog
import cn.lastmile.core.DutyPhone
import cn.lastmile.core.LeaveCheck
import cn.lastmile.core.PackLine
import cn.lastmile.core.SealBlockLeft
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.time.OffsetDateTime

class LeaveViewTest {
    private fun at(time: String, day: Int = 17) =
        OffsetDateTime.parse("2026-03-${day}T$time:00+08:00").toInstant().toEpochMilli()

    private val nothing = Backlog(0uL, 0uL, 0uL, 0uL, 0uL)
    private val check = LeaveCheck(
        listOf(
            PackLine("case", "K1", 3uL, at("06:00"), at("06:50")),
            PackLine("court", "粤0605", 1uL, at("06:00"), at("06:50")),
        ),
        listOf(SealBlockLeft("K1", "S0001", "S0050", 48u, "S0003")), listOf(DutyPhone("九江派出所", "0757-00000011")),
        0, at("06:50"), nothing, true,
    )
    private val device = DeviceFacts(8_000_000_000, 90, false, true)

    private fun line(code: String, check: LeaveCheck = this.check, device: DeviceFacts = this.device) =
        leaveView(check, device, at("07:00")).lines.first { it.code == code }

    private fun green(code: String, check: LeaveCheck = this.check, device: DeviceFacts = this.device) =
        line(code, check, device).green

    @Test
    fun `a phone that is ready is all green`() {
        val view = leaveView(check, device, at("07:00"))
        assertTrue("${view.lines.filter { !it.green }}", view.ready)
        assertTrue(view.lines.all { it.todo == null })
        assertEquals("封条 K1:余48张,下一张S0003", line("seals").words.zh)
        assertEquals("案件包 K1 第3版,06:50领取", view.lines.first().words.zh)
    }

    @Test
    fun `every red line says what to do`() {
        val bad = check.copy(
            packs = listOf(PackLine("case", "K1", 3uL, 0, at("06:50"))),
            seals = listOf(SealBlockLeft("K1", "a", "b", 0u, null)),
            dutyPhones = emptyList(), skewMs = 420_000, lastContactMs = at("06:50", 16),
            backlog = nothing.copy(pending = 2uL), mayFinalise = false,
        )
        val view = leaveView(bad, DeviceFacts(null, null, true, null), at("07:00"))
        assertEquals(view.lines.size, view.red)
        assertTrue(view.lines.all { it.todo != null })
        assertEquals("手机时间快7分钟", line("clock", bad).words.zh)
        assertEquals("no_cases", leaveView(bad.copy(packs = emptyList()), device, at("07:00")).lines.first().code)
    }

    @Test
    fun `limits are where they are said to be`() {
        assertTrue(green("clock", check.copy(skewMs = -120_000)))
        assertFalse(green("clock", check.copy(skewMs = -120_001)))
        assertFalse(green("clock", check.copy(skewMs = null)))
        assertTrue(green("battery", device = device.copy(batteryPercent = 60)))
        assertFalse(green("battery", device = device.copy(batteryPercent = 59)))
        assertFalse(green("storage", device = device.copy(freeBytes = 1_999_999_999)))
        assertNull(line("battery").todo)
    }

    @Test
    fun `a charger helps from thirty per cent, and not at three`() {
        fun charging(percent: Int) = line("battery", device = device.copy(batteryPercent = percent, charging = true))
        assertTrue(charging(30).green)
        assertFalse(charging(29).green)
        assertEquals("电量3%,充电中" to "请充到30%以上,并带充电宝", charging(3).run { words.zh to todo?.zh })
    }

    @Test
    fun `what came or was heard in the future is not green, seconds apart are`() {
        val later = at("09:00", 18)
        val moved = check.copy(packs = check.packs.map { it.copy(receivedMs = later) }, lastContactMs = later)
        for (code in listOf("pack_case", "pack_court", "contact")) {
            val odd = line(code, moved)
            assertFalse(code, odd.green)
            assertTrue(odd.words.zh, "2026-03-18 09:00" in odd.words.zh && "晚于手机时间" in odd.words.zh)
            assertTrue("${odd.todo}", odd.todo!!.zh.startsWith("手机时间被改动过"))
        }
        val stale = check.copy(packs = listOf(check.packs[0].copy(receivedMs = at("06:50", 15))), lastContactMs = later)
        assertFalse("a contact in the future proves nothing of a pack", green("pack_case", stale))
        assertTrue(green("pack_case", stale.copy(lastContactMs = at("06:50"))))
        val corrected = at("07:00") + 120_000
        assertTrue(green("contact", check.copy(lastContactMs = corrected)))
        assertFalse(green("contact", check.copy(lastContactMs = corrected + 1)))
    }

    @Test
    fun `a test page that the officer confirms counts on its day, where the phone knows of no printer`() {
        val silent = device.copy(printerReady = null)
        assertFalse(green("printer", device = silent))
        val tried = silent.copy(printerTriedMs = at("06:40"))
        assertEquals("打印机今天06:40已试打印" to true, line("printer", device = tried).run { words.zh to green })
        assertFalse("yesterday's", green("printer", device = silent.copy(printerTriedMs = at("23:59", 16))))
        assertFalse("the clock was moved", green("printer", device = silent.copy(printerTriedMs = at("07:30"))))
        assertFalse("the phone knows better", green("printer", device = tried.copy(printerReady = false)))
    }
}
