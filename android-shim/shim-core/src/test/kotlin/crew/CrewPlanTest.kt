/* When phones of a crew meet: soon after a change, now and then without one, later after failures. */
package cn.lastmile.shim.crew

import org.junit.Assert.assertEquals
import org.junit.Test

class CrewPlanTest {
    private val opened = CrewFacts(openedMs = 1_000)

    @Test
    fun `a door is visited as soon as it is found`() = assertEquals(1_000, nextVisitMs(opened))

    @Test
    fun `then every minute`() = assertEquals(62_000, nextVisitMs(opened.copy(metMs = 2_000)))

    @Test
    fun `nothing new here, so less and less often`() {
        val waits = (0..5).map { nextVisitMs(opened.copy(metMs = 2_000, idle = it)) - 2_000 }
        assertEquals(listOf<Long>(60_000, 120_000, 240_000, 480_000, 600_000, 600_000), waits)
        val typed = opened.copy(metMs = 2_000, idle = 5, firstChangeMs = 9_000, lastChangeMs = 9_000)
        assertEquals(12_000, nextVisitMs(typed))
    }

    @Test
    fun `a pause in typing sends the form, and typing without a pause does not hold it back`() {
        val met = opened.copy(metMs = 10_000, firstChangeMs = 20_000)
        assertEquals(23_000, nextVisitMs(met.copy(lastChangeMs = 20_000)))
        assertEquals(27_000, nextVisitMs(met.copy(lastChangeMs = 24_000)))
        assertEquals(35_000, nextVisitMs(met.copy(lastChangeMs = 34_000)))
    }

    @Test
    fun `a change never makes it later than without`() {
        val met = opened.copy(metMs = 10_000, firstChangeMs = 69_500, lastChangeMs = 69_900)
        assertEquals(70_000, nextVisitMs(met))
    }

    @Test
    fun `failures wait twice as long each time, a minute at most, whatever is typed meanwhile`() {
        val failed = opened.copy(failedMs = 100_000, firstChangeMs = 90_000, lastChangeMs = 100_001)
        val waits = (1..6).map { nextVisitMs(failed.copy(failures = it)) - 100_000 }
        assertEquals(listOf(5_000L, 10_000, 20_000, 40_000, 60_000, 60_000), waits)
        assertEquals(60_000, nextVisitMs(failed.copy(failures = Int.MAX_VALUE)) - 100_000)
    }
}
