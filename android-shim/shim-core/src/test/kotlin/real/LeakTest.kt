/* What is opened and closed ten thousand times leaves nothing behind, on either side of the border. */
package cn.lastmile.shim.real

import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class LeakTest {
    /** A heap of one size and a collector that collects everything when told, so that the process's size says something. */
    private val still = listOf("-Xms96m", "-Xmx96m", "-XX:+UseSerialGC", "-XX:+AlwaysPreTouch", "-XX:TieredStopAtLevel=1")

    @Test
    fun `records and observers leave nothing behind`() {
        val dir = Built.folder("leak")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            val log = File(dir, "leaks.log")
            val said = Child("LeaksKt", log, "$dir", court.url, options = still).use { child ->
                generateSequence(child::next).toList()
            }
            assertTrue(log.readText(), said.size == 4)
            val held = said.map { line -> line.split(' ').map { it.toLong() } }
            println("memory after each ten thousand: process and heap, kB: $held")
            // What leaks grows with every round. What fills up once does not: the bindings' own bookkeeping comes to some
            // eight megabytes, on a busy machine in the second round only.
            // One kilobyte for each record read would be ten megabytes; for each observer, one.
            val grew = held.zipWithNext { before, after -> List(2) { after[it] - before[it] } }
            assertTrue("the heap grows: $held", grew.minOf { it[1] } < 700)
            assertTrue("the process grows: $held", grew.minOf { it[0] } < 8_000)
        }
    }
}
