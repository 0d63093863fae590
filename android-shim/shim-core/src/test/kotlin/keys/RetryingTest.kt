/* What is tried again, how often, and what is not. */
package cn.lastmile.shim.keys

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import kotlinx.coroutines.runBlocking

@OptIn(ExperimentalCoroutinesApi::class)
class RetryingTest {
    private var tries = 0

    private fun failing(times: Int, trouble: KeyTrouble): String {
        tries++
        if (tries <= times) throw trouble
        return "done"
    }

    @Test
    fun `what fails for a moment is tried again`() = runTest {
        assertEquals("done", retrying { failing(3, KeyTrouble.Unavailable()) })
        assertEquals(4, tries)
        assertEquals(2_100, currentTime)
    }

    @Test
    fun `what fails four times is told`() {
        assertThrows(KeyTrouble.Unavailable::class.java) {
            runBlocking { retrying(listOf(0, 0, 0)) { failing(9, KeyTrouble.Unavailable()) } }
        }
        assertEquals(4, tries)
    }

    @Test
    fun `a key that is gone is not tried again`() {
        assertThrows(KeyTrouble.KeyInvalidated::class.java) {
            runBlocking { retrying(listOf(0, 0, 0)) { failing(9, KeyTrouble.KeyInvalidated()) } }
        }
        assertEquals(1, tries)
    }
}
