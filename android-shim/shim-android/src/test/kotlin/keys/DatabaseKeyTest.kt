/* The store's key: found again, waited for, and when it is gone nothing else is. */
package cn.lastmile.shim.keys

import cn.lastmile.shim.testkit.keystore.FakeKeystore
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.File

@RunWith(RobolectricTestRunner::class)
class DatabaseKeyTest {
    private val phone = FakeKeystore().install()
    private val context = RuntimeEnvironment.getApplication()
    private val database = DatabaseKey(context, KeystoreKeys(context, listOf(0, 0, 0)))
    private val store = File(context.noBackupFilesDir, "phone.db").apply { writeText("records") }

    @After
    fun removeProvider() = phone.close()

    private fun open(storeExists: Boolean = true) = runBlocking { database.open(storeExists) }

    private fun lost() {
        assertThrows(DatabaseKeyLost::class.java) { open() }
        assertEquals("records", store.readText())
    }

    @Test
    fun `made once, found again`() {
        val key = open(storeExists = false)
        assertEquals(32, key.size)
        assertArrayEquals(key, open())
        assertFalse("the key lies open in its file", String(database.file.readBytes(), Charsets.ISO_8859_1)
            .contains(String(key, Charsets.ISO_8859_1)))
    }

    @Test
    fun `what fails for a moment is waited for and moves nothing`() {
        val key = open(storeExists = false)
        phone.failuresToCome = 3
        assertArrayEquals(key, open())
        phone.failuresToCome = 4
        assertThrows(KeyTrouble.Unavailable::class.java) { open() }
        assertArrayEquals(key, open())
    }

    @Test
    fun `a store whose key is nowhere is not overwritten`() = lost()

    @Test
    fun `a key store that was emptied, as after a restored backup`() {
        open(storeExists = false)
        phone.entries.clear()
        lost()
    }

    @Test
    fun `a key that was invalidated`() {
        open(storeExists = false)
        phone.entries.values.single().invalidated = true
        lost()
    }

    @Test
    fun `a file that was changed, cut, or is none of ours`() {
        open(storeExists = false)
        val whole = database.file.readBytes()
        for (place in listOf(0, 8, 16, 30, whole.lastIndex)) {
            database.file.writeBytes(whole.clone().also { it[place] = (it[place].toInt() xor 1).toByte() })
            lost()
        }
        for (bytes in listOf(byteArrayOf(), whole.copyOf(whole.size - 1), whole + 0)) {
            database.file.writeBytes(bytes)
            lost()
        }
    }

    @Test
    fun `set aside, and begun anew, and what was set aside could still be opened`() {
        val old = open(storeExists = false)
        val wrapped = database.file.readBytes()
        val shelf = runBlocking { database.setAside(listOf(store, File(store.path + "-wal"))) }
        assertEquals("records", File(shelf, "phone.db").readText())
        assertArrayEquals(wrapped, File(shelf, "database.key").readBytes())
        assertFalse(store.exists())
        val new = open(storeExists = false)
        assertFalse(old.contentEquals(new))
        database.file.writeBytes(wrapped)
        assertArrayEquals(old, open())
        store.writeText("later records")
        val next = runBlocking { database.setAside(listOf(store)) }
        assertTrue(next != shelf && File(next, "phone.db").exists() && File(shelf, "phone.db").exists())
    }
}
