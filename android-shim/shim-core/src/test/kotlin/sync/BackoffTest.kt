/* How long the court is left alone, in virtual time. */
package cn.lastmile.shim.sync

import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.IOException
import kotlin.random.Random

@OptIn(ExperimentalCoroutinesApi::class)
class BackoffTest {
    private val backoff = Backoff()

    /** Dice that always throw the highest, or the lowest. */
    private val highest = object : Random() {
        override fun nextBits(bitCount: Int) = -1
        override fun nextLong(until: Long) = until - 1
    }
    private val lowest = object : Random() {
        override fun nextBits(bitCount: Int) = 0
        override fun nextLong(until: Long) = 0L
    }

    @Test
    fun `the roof doubles up to the longest`() {
        val roofs = (1..10).map { backoff.waitMs(it, random = highest) }
        val expected = listOf<Long>(2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 300_000, 300_000)
        assertEquals(expected, roofs)
        assertEquals(300_000, backoff.waitMs(Int.MAX_VALUE, random = highest))
        assertEquals(Long.MAX_VALUE / 2, Backoff(Long.MAX_VALUE / 4, Long.MAX_VALUE / 2).waitMs(40, random = highest))
    }

    @Test
    fun `a hundred phones do not come back together`() {
        val waits = (1..100).map { backoff.waitMs(5, random = Random(it)) }
        assertTrue("spread over the whole time", waits.min() < 4_000 && waits.max() > 28_000)
        val busiest = waits.groupBy { it / 1_000 }.maxOf { it.value.size }
        assertTrue("at most $busiest in one second", busiest <= 12)
    }

    @Test
    fun `the server's own word is kept, and not for ever`() {
        assertEquals(60_000, backoff.waitMs(1, 60_000, lowest))
        assertEquals(62_000, backoff.waitMs(9, 60_000, highest))
        assertEquals(3_600_000, backoff.waitMs(1, Long.MAX_VALUE, lowest))
        assertEquals("zero is no word", 0, backoff.waitMs(1, 0, lowest))
    }

    @Test
    fun `what works at last is given back, and time passed as it should`() = runTest {
        val tries = mutableListOf<Long>()
        val done = persistently(backoff, highest) {
            tries += currentTime
            when (tries.size) {
                1, 2 -> Tried.Again()
                3 -> Tried.Again(askedMs = 60_000)
                else -> Tried.Done("there")
            }
        }
        assertEquals("there", done)
        assertEquals(listOf<Long>(0, 2_000, 6_000, 68_000), tries)
    }

    @Test
    fun `a network that comes back ends a wait, but not one the server asked for`() = runTest {
        val tries = mutableListOf<Long>()
        persistently(backoff, highest, woken = { delay(500) }) {
            tries += currentTime
            when (tries.size) {
                1 -> Tried.Again()
                2 -> Tried.Again(askedMs = 10_000)
                3 -> Tried.Again()
                else -> Tried.Done(Unit)
            }
        }
        assertEquals(listOf<Long>(0, 500, 12_500, 13_000), tries)
        tries.clear()
        persistently(backoff, highest, woken = { awaitCancellation() }) {
            tries += currentTime
            if (tries.size == 1) Tried.Again() else Tried.Done(Unit)
        }
        assertEquals(2_000, tries[1] - tries[0])
    }

    @Test
    fun `what cannot succeed is not tried again, and who gives up is not held`() = runTest {
        var tries = 0
        assertThrows(IOException::class.java) {
            runBlocking {
                persistently<Unit>(backoff) {
                    tries++
                    Tried.GiveUp(IOException("signed out"))
                }
            }
        }
        assertEquals(1, tries)
        val waiting = launch { persistently<Unit>(backoff, highest) { Tried.Again(askedMs = 3_000_000) } }
        delay(1_000)
        waiting.cancel()
        waiting.join()
        assertEquals(1_000, currentTime)
    }

    @Test
    fun `a wait needs a beginning and an end`() {
        for ((first, longest) in listOf(0L to 1L, -1L to 5L, 10L to 9L)) {
            assertThrows(IllegalArgumentException::class.java) { Backoff(first, longest) }
        }
    }
}
