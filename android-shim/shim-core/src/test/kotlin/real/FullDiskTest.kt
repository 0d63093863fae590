/*
 * The phone's storage is full, in the middle of its work and at every place of a save: what was acknowledged is there
 * afterwards, what was refused said so in words that help, and nothing has to be repaired.
 */
package cn.lastmile.shim.real

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class FullDiskTest {
    /** A phone of the day that has its cases, moved to a small disk. */
    private fun <T> onSmallDisk(name: String, test: (SmallDisk, File) -> T): T = runBlocking {
        val dir = Built.folder(name)
        Court(dir, DayPhone.MORNING_MS).use { court -> DayPhone.open("P1", dir, court.url).use { it.phone.sync() } }
        SmallDisk.of(File(dir, "disk").apply { mkdirs() }, megabytes = 24).use { disk ->
            dir.listFiles { file -> file.name.startsWith("P1.db") }!!.forEach { it.copyRecursively(File(disk.outside, it.name)) }
            test(disk, File(dir, "filling.log"))
        }
    }

    private fun child(disk: SmallDisk, log: File, mode: String) =
        Child("FillingKt", log, mode, "${disk.dir}", through = disk.through)

    /** What the phone says of itself when it is opened anew. */
    private fun opened(disk: SmallDisk, log: File): List<String> =
        child(disk, log, "list").use { child -> generateSequence(child::next).toList() }

    /** Reads what [child] says into [said] until [count] lines more begin with [word]. */
    private fun hear(child: Child, log: File, said: MutableList<String>, word: String, count: Int) {
        var left = count
        while (left > 0) {
            val line = child.next() ?: error(log.readText())
            said += line
            if (line.startsWith(word)) left--
        }
    }

    private fun keepsAndRefuses(mode: String, word: String, step: Long, rounds: Int) =
        onSmallDisk("full-$mode") { disk, log ->
            val said = mutableListOf<String>()
            child(disk, log, mode).use { child ->
                for (round in 0 until rounds) {
                    hear(child, log, said, word, 3)
                    disk.fill(left = round * step)
                    hear(child, log, said, "refused", 3)
                    disk.makeRoom()
                }
                // The last time the process is killed, and the phone is opened while there is no room.
                hear(child, log, said, word, 3)
                disk.fill(left = 0)
                hear(child, log, said, "refused", 3)
                said += child.kill()
            }
            val without = opened(disk, log)
            disk.makeRoom()
            val after = opened(disk, log)

            val refused = (said + without).filter { it.startsWith("refused") || it.startsWith("closed") }
            assertEquals(emptyList<String>(), refused.filterNot { "手机存储空间已满" in it }.distinct())
            val kept = said.filterNot { it.startsWith("refused") || it == "ready" }
            val lost = kept - after.toSet()
            assertEquals("$lost of ${kept.size}".take(500), 0, lost.size)
            if (without.first() == "ready") assertEquals(0, (kept - without.toSet()).size)
            assertTrue("${after.last()}: there is room again", after.last().startsWith("saved"))
            // What was durable when the end came may be there unsaid, once; what was refused is not.
            val there = after.count { it.startsWith(word) }
            assertTrue("$there kept of ${kept.size} said", there <= kept.count { it.startsWith(word) } + 1)
            val codes = refused.groupingBy { it.split(' ')[1] }.eachCount()
            println(
                "$mode on a full disk: $rounds rounds, ${kept.size} acknowledged, ${refused.size} refused $codes, " +
                    "${lost.size} lost; opened while full: ${without.first().substringBefore(' ')}",
            )
            assertFalse("$codes", codes.isEmpty())
            files(disk)
        }

    /** The store's own files, by name. */
    private fun files(disk: SmallDisk): Map<String, Long> =
        disk.outside.walk().filter { it.isFile }.associate { it.name to it.length() }

    @Test
    fun `saves on a full disk`() {
        val files = keepsAndRefuses("save", "item", step = 3_000, rounds = 24)
        println("the store afterwards: $files")
    }

    @Test
    fun `photos on a full disk`() {
        val files = keepsAndRefuses("capture", "photo", step = 11_000, rounds = 20)
        // Half a photo is nobody's: what a refusal left is gone.
        assertEquals(emptyList<String>(), files.keys.filter { it.endsWith(".part") })
        println("files afterwards: ${files.size}, ${files.values.sum()} bytes")
    }
}
