/* Every turn of a request for help, without clocks or networks. */
package cn.lastmile.shim.assistance

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class AssistancePlanTest {
    private val policy = AssistancePolicy()
    private val nothing = Standing(delivered = false, texted = false, over = false)
    private val begun = AssistanceFacts(startedMs = 1_000, standing = nothing)

    private fun next(facts: AssistanceFacts, nowMs: Long) = nextStep(facts, nowMs, policy)

    @Test
    fun `data goes at once`() = assertEquals(AssistanceStep.Contact, next(begun, 1_000))

    @Test
    fun `a contact that hangs does not hold up the text message`() {
        val hanging = begun.copy(contactUnderWay = true)
        assertEquals(AssistanceStep.Wait(21_000), next(hanging, 20_999))
        assertEquals(AssistanceStep.Text, next(hanging, 21_000))
    }

    @Test
    fun `contacts that fail come again, later each time`() {
        val waits = (1..7).map { failures ->
            val failed = begun.copy(
                contactEndedMs = 5_000,
                failures = failures,
                standing = nothing.copy(texted = true),
            )
            (next(failed, 5_000) as AssistanceStep.Wait).untilMs!! - 5_000
        }
        assertEquals(listOf<Long>(2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000), waits)
    }

    @Test
    fun `what the court has is not sent as text`() {
        val delivered = begun.copy(contactEndedMs = 3_000, standing = nothing.copy(delivered = true))
        assertEquals(AssistanceStep.Wait(13_000), next(delivered, 12_999))
        assertEquals(AssistanceStep.Contact, next(delivered, 13_000))
    }

    @Test
    fun `a text that failed is tried again, not for ever`() {
        val failed = begun.copy(contactUnderWay = true, textEndedMs = 22_000, textFailures = 1)
        assertEquals(AssistanceStep.Wait(52_000), next(failed, 30_000))
        assertEquals(AssistanceStep.Text, next(failed, 52_000))
        assertEquals(AssistanceStep.Wait(null), next(failed.copy(textFailures = 5), 999_000))
    }

    @Test
    fun `a text that went is not sent twice`() {
        val texted = begun.copy(contactUnderWay = true, standing = nothing.copy(texted = true))
        assertEquals(AssistanceStep.Wait(null), next(texted, 999_000))
    }

    @Test
    fun `over is over`() =
        assertEquals(AssistanceStep.End, next(begun.copy(standing = nothing.copy(over = true)), 1_000))

    @Test
    fun `the screen never claims more than is known`() {
        fun notice(facts: AssistanceFacts) = AssistanceNotice.of(facts)
        assertTrue(notice(begun).urgent)
        assertTrue(notice(begun).title.zh.contains("尚未送达"))
        val texted = notice(begun.copy(standing = nothing.copy(texted = true)))
        assertTrue("a text that was sent is not one that was read", texted.urgent)
        assertTrue(notice(begun.copy(textFailures = 1)).line.zh.contains("110"))
        val delivered = Standing(delivered = true, texted = false, over = false)
        assertFalse(notice(begun.copy(standing = delivered)).urgent)
        val unheard = notice(begun.copy(standing = delivered.copy(alone = true)))
        assertTrue("a server is nobody", unheard.urgent && unheard.line.zh.contains("110"))
    }
}
