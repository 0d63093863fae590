/*
 * A library that is not the one the Kotlin was made for is refused at the start, in words. The changed one is a copy of
 * the real library in which one checksum function answers something else, as after a change of its signature.
 */
package cn.lastmile.shim.real

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.io.RandomAccessFile
import java.nio.ByteBuffer
import java.nio.ByteOrder.LITTLE_ENDIAN
import java.nio.channels.FileChannel.MapMode.READ_WRITE

class LibraryTest {
    private val dir = Built.folder("library")

    private fun starts(library: File): List<String> =
        Child("StarterKt", File(dir, "starter.log"), "$library", "$dir/phone.db").use { child ->
            generateSequence(child::next).toList()
        }

    @Test
    fun `a changed library is refused, and nothing is touched`() {
        val changed = File(dir, "liblastmile_ffi.so")
        Built.library.copyTo(changed)
        answerOtherwise(changed, "uniffi_lastmile_ffi_checksum_method_phone_sync")
        val said = starts(changed)
        assertEquals(2, said.size)
        assertTrue("$said", said.all { it.startsWith("library_changed 应用的两部分版本不一致") })
        assertFalse("no store was made", File(dir, "phone.db").exists())
    }

    @Test
    fun `the right one starts, again and again`() = assertEquals(List(2) { "started 粤0605" }, starts(Built.library))

    @Test
    fun `what is no library, or not there, is said so`() {
        val text = File(dir, "libtext.so").apply { writeText("no library") }
        for (library in listOf(text, File(dir, "libnone.so"))) {
            assertTrue("${starts(library)}", starts(library).all { it.startsWith("library_missing 应用安装不完整") })
        }
    }

    /** Changes the constant that the function [symbol] of the library [file] (ELF, 64 bits) returns. */
    private fun answerOtherwise(file: File, symbol: String) = RandomAccessFile(file, "rw").use { library ->
        val elf = library.channel.map(READ_WRITE, 0, library.length())
        elf.order(LITTLE_ENDIAN)
        val at = functionAt(elf, symbol)
        when (elf.getShort(18).toInt()) {
            // x86-64: `mov eax, imm` or `mov ax, imm`; its operand follows the opcode.
            62 -> (at..at + 1).first { elf.get(it) == 0xB8.toByte() }.let { elf.flip(it + 1, 1) }
            // AArch64: `mov w0, #imm`, whose lowest bit is bit 5 of the instruction.
            183 -> elf.flip(at, 0x20)
            else -> error("this test knows x86-64 and AArch64 only")
        }
    }

    private fun ByteBuffer.flip(at: Int, bits: Int) = put(at, (get(at).toInt() xor bits).toByte())

    /** Where in the file the function begins: by the dynamic symbols, and the section they point into. */
    private fun functionAt(elf: ByteBuffer, symbol: String): Int {
        val (sections, size, count) = Triple(elf.getLong(0x28).toInt(), elf.getShort(0x3A).toInt(), elf.getShort(0x3C).toInt())
        fun section(number: Int) = sections + number * size
        fun long(section: Int, at: Int) = elf.getLong(section + at).toInt()
        val dynamic = (0 until count).map(::section).first { elf.getInt(it + 4) == 11 }
        val names = long(section(elf.getInt(dynamic + 40)), 24)
        val wanted = symbol.toByteArray() + 0
        for (entry in long(dynamic, 24) until long(dynamic, 24) + long(dynamic, 32) step 24) {
            val name = names + elf.getInt(entry)
            if (wanted.indices.all { elf.get(name + it) == wanted[it] }) {
                val home = section(elf.getShort(entry + 6).toInt())
                return elf.getLong(entry + 8).toInt() - long(home, 16) + long(home, 24)
            }
        }
        error("the library has no $symbol")
    }
}
