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
            assertTrue(log.readText(), said.size == 2)
            val (before, after) = said.map { line -> line.split(' ').map { it.toLong() } }
            println("memory: process ${before[0]} to ${after[0]} kB, heap ${before[1]} to ${after[1]} kB")
            // One kilobyte for each record read would be ten megabytes; for each observer, one.
            assertTrue("the heap grew: $said", after[1] - before[1] < 700)
            assertTrue("the process grew: $said", after[0] - before[0] < 8_000)
        }
    }
}
