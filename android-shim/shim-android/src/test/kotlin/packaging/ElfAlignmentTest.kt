/* The check of native libraries, on files made for it and on a library of this machine. */
package cn.lastmile.shim.packaging

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder

class ElfAlignmentTest {
    @get:Rule
    val folder = TemporaryFolder()

    /** A 64-bit ELF file with a loaded segment of each of [alignments], and a note aligned to 4. */
    private fun elf(vararg alignments: Long, bits: Int = 64): ByteArray {
        val buffer = ByteBuffer.allocate(64 + 56 * (alignments.size + 1)).order(ByteOrder.LITTLE_ENDIAN)
        buffer.put(0x7f).put("ELF".toByteArray()).put((bits / 32).toByte()).put(1).put(1)
        buffer.putLong(32, 64).putShort(54, 56).putShort(56, (alignments.size + 1).toShort())
        (listOf(4L) + alignments.toList()).forEachIndexed { index, alignment ->
            val at = 64 + 56 * index
            buffer.putInt(at, if (index == 0) 4 else 1).putLong(at + 48, alignment)
        }
        return buffer.array()
    }

    private fun file(name: String, bytes: ByteArray) = folder.newFile(name).apply { writeBytes(bytes) }

    private fun check(vararg files: File): Pair<Int, String> {
        val command = listOf("sh", project("scripts/check-elf-alignment.sh").path) + files.map { it.path }
        val process = ProcessBuilder(command).redirectErrorStream(true).start()
        val said = process.inputStream.bufferedReader().readText()
        return process.waitFor() to said
    }

    @Test
    fun `aligned, more than aligned, not aligned`() {
        val good = file("good.so", elf(0x4000, 0x10000))
        val bad = file("bad.so", elf(0x4000, 0x1000))
        assertEquals(0 to "${good.path}: 16384, fits\n", check(good))
        assertEquals(1 to "${bad.path}: 4096, needs 16384\n", check(bad))
        assertEquals(1, check(bad, good).first)
    }

    @Test
    fun `32 bits never load on such a phone`() =
        assertEquals(0, check(file("old.so", elf(0x1000, bits = 32))).first)

    @Test
    fun `what is no library is told apart`() {
        val broken = listOf(
            file("text", "not a library".toByteArray()), file("empty", byteArrayOf()),
            file("cut", elf(0x4000).copyOf(150)), file("none", elf()), File(folder.root, "absent"),
        )
        for (file in broken) assertEquals(file.name, 2, check(file).first)
        assertEquals(2, check().first)
    }

    @Test
    fun `a library of this machine`() {
        val library = File(System.getProperty("java.home"), "lib/server/libjvm.so")
        val (end, said) = check(library)
        val alignment = Regex(": (\\d+), ").find(said)!!.groupValues[1].toLong()
        assertEquals("a power of two: $alignment", 1, alignment.countOneBits())
        assertEquals(if (alignment >= 16_384) 0 else 1, end)
        assertTrue(alignment >= 4_096)
    }
}
