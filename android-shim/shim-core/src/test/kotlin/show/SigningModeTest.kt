/* The phone in somebody else's hand. */
package cn.lastmile.shim.show

import cn.lastmile.core.ReadBack
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class SigningModeTest {
    private val read = ReadBack("c1", listOf("第一行", "第二行", "第三行"))
    private val mode = SigningMode("r1", read)

    @Test
    fun `nobody signs what was not read to its end`() {
        assertTrue(mode.hands.isEmpty())
        assertThrows(SigningTrouble.NotRead::class.java) { mode.reading(2).content(read) }
        val ready = mode.reading(3)
        assertEquals("c1", ready.content(read))
        assertEquals(3, ready.hands.size)
        // Scrolling back takes nothing back; the next person begins anew.
        assertEquals(SigningState.SIGNING, ready.reading(1).state)
        assertEquals(SigningState.READING, ready.signed().state)
        assertEquals(1, ready.signed().signed)
    }

    @Test
    fun `a record that changed is read again`() {
        val now = ReadBack("c2", listOf("第一行"))
        val ready = mode.reading(3)
        assertThrows(SigningTrouble.Changed::class.java) { ready.content(now) }
        assertThrows(SigningTrouble.NotRead::class.java) { ready.readAgain(now).content(now) }
        assertEquals("c2", ready.readAgain(now).reading(1).content(now))
    }

    @Test
    fun `one document only, until the officer's PIN`() = runBlocking {
        mode.show("r1")
        assertThrows(SigningTrouble.Locked::class.java) { mode.show("r2") }
        assertThrows(SigningTrouble.WrongPin::class.java) { runBlocking { mode.leave("000000") { false } } }
        val left = mode.leave("135790") { it == "135790" }
        left.show("r2")
        assertEquals(SigningState.LEFT, left.state)
        assertThrows(SigningTrouble.NotRead::class.java) { left.reached.let { left.content(read) } }
        Unit
    }
}
