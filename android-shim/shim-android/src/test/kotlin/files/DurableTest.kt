/* Files are whole or as they were. */
package cn.lastmile.shim.files

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.io.IOException

class DurableTest {
    @get:Rule
    val folder = TemporaryFolder()

    @Test
    fun `replaces, makes directories, leaves nothing beside`() {
        val file = File(folder.root, "a/b/key")
        writeDurably(file, byteArrayOf(1))
        writeDurably(file, byteArrayOf(2, 3))
        assertEquals(listOf<Byte>(2, 3), file.readBytes().toList())
        assertEquals(listOf("key"), file.parentFile.list()!!.toList())
    }

    @Test
    fun `what cannot be written leaves the old file as it was`() {
        val file = File(folder.root, "key").apply { writeText("old") }
        File(folder.root, "key.part").mkdir()
        assertThrows(IOException::class.java) { writeDurably(file, byteArrayOf(1)) }
        assertEquals("old", file.readText())
    }

    @Test
    fun `moves into a directory that was not there`() {
        val from = folder.newFile("from").apply { writeText("x") }
        val to = File(folder.root, "shelf/1/to")
        moveDurably(from, to)
        assertEquals("x", to.readText())
        assertFalse(from.exists())
    }
}
