/* Requests for help from begin to end, in virtual time. */
package cn.lastmile.shim.assistance

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import java.io.IOException

@OptIn(ExperimentalCoroutinesApi::class)
class AssistanceRunTest {
    private val nothing = Standing(delivered = false, texted = false, over = false)
    private val log = mutableListOf<String>()

    private inner class Desk(
        private val scope: TestScope,
        private val road: suspend (contact: Int) -> Standing,
    ) : AssistanceDesk {
        var stored = nothing
        private var contacts = 0

        override fun standing(request: String) = stored

        override suspend fun contact(request: String): Standing {
            log += "contact ${scope.currentTime}"
            return road(++contacts)
        }

        override suspend fun textMessage(request: String) = TextMessage("106", "LM1:$request")

        override suspend fun texted(request: String) {
            stored = stored.copy(texted = true)
        }
    }

    private fun TestScope.help(desk: Desk, texts: TextSender) =
        AssistanceRun("r1", desk, texts, { currentTime }) { log += "${it.code} $currentTime" }

    private val answered = Standing(delivered = true, texted = false, over = false)
    private val over = nothing.copy(over = true)

    @Test
    fun `data that gets through needs no text`() = runTest {
        val desk = Desk(this) { if (it == 1) answered else over }
        help(desk) { log += "text" }.run()
        val expected = listOf(
            "assistance_saved 0", "contact 0", "assistance_delivered 0", "contact 10000",
            "assistance_over 10000",
        )
        assertEquals(expected, log)
    }

    @Test
    fun `a road that hangs is overtaken by the text, once`() = runTest {
        val desk = Desk(this) {
            delay(90_000)
            over.copy(delivered = true)
        }
        help(desk) { log += "text ${it.text} $currentTime" }.run()
        val expected = listOf(
            "assistance_saved 0", "contact 0", "text LM1:r1 20000", "assistance_texted 20000",
            "assistance_over 90000",
        )
        assertEquals(expected, log)
    }

    @Test
    fun `failures of road and radio end nothing`() = runTest {
        val desk = Desk(this) { if (currentTime < 60_000) throw IOException("no route") else over }
        help(desk) {
            log += "text $currentTime"
            throw TextTrouble.NotSent(4)
        }.run()
        val expected = listOf(
            "assistance_saved 0", "contact 0", "contact 2000", "contact 6000", "contact 14000", "text 20000",
            "assistance_not_texted 20000", "contact 30000", "text 50000", "contact 60000",
            "assistance_over 60000",
        )
        assertEquals(expected, log)
    }

    @Test
    fun `without a gateway no text is tried, and none is said to have failed`() = runTest {
        val desk = object : AssistanceDesk by Desk(this, { if (currentTime < 60_000) nothing else over }) {
            override suspend fun textMessage(request: String): TextMessage? = null.also { log += "asked $currentTime" }
        }
        AssistanceRun("r1", desk, { log += "text" }, { currentTime }) { log += "${it.code} $currentTime" }.run()
        assertEquals(listOf("asked 20000"), log.filter { it.startsWith("asked") })
        assertFalse(log.any { it.startsWith("text") || it.startsWith("assistance_not_texted") })
    }

    @Test
    fun `what another contact brought is known, and nothing is texted`() = runTest {
        val desk = Desk(this) { if (currentTime < 60_000) throw IOException("no route") else over }
        launch {
            delay(10_000)
            desk.stored = answered
        }
        help(desk) { log += "text" }.run()
        assertEquals("assistance_delivered 14000", log.first { it.startsWith("assistance_delivered") })
        assertFalse(log.contains("text"))
    }

    @Test
    fun `after a restart a text that went is remembered`() = runTest {
        val desk = Desk(this) {
            delay(300_000)
            over
        }
        desk.stored = nothing.copy(texted = true)
        help(desk) { log += "text" }.run()
        assertEquals(listOf("assistance_texted 0", "contact 0", "assistance_over 300000"), log)
    }

    @Test
    fun `a text that could not be noted down is not sent again`() = runTest {
        val desk = object : AssistanceDesk by Desk(this, { if (currentTime < 60_000) nothing else over }) {
            override suspend fun texted(request: String): Unit = throw IOException("disk full")
        }
        AssistanceRun("r1", desk, { log += "text $currentTime" }, { currentTime }) { }.run()
        assertEquals(listOf("text 20000"), log.filter { it.startsWith("text") })
    }

    @Test
    fun `the end does not wait for a text that hangs`() = runTest {
        val desk = Desk(this) {
            delay(30_000)
            over
        }
        help(desk) { awaitCancellation() }.run()
        assertEquals("assistance_over 30000", log.last())
    }
}
