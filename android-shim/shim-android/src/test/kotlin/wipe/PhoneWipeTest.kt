/* A wipe leaves nothing of the court, touches nothing else, and goes on where it was cut off. */
package cn.lastmile.shim.wipe

import android.app.job.JobScheduler
import cn.lastmile.shim.evidence.CameraRoll
import cn.lastmile.shim.keys.DatabaseKey
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.keys.KeystoreKeys
import cn.lastmile.shim.sync.SyncJobs
import cn.lastmile.shim.testkit.keystore.FakeKeystore
import kotlinx.coroutines.runBlocking
import org.junit.After
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
class PhoneWipeTest {
    private val phone = FakeKeystore().install()
    private val context = RuntimeEnvironment.getApplication()
    private val keys = KeystoreKeys(context, listOf(0))
    private val store = File(context.filesDir, "phone").apply { mkdirs() }
    private val other = File(context.filesDir, "other-app-data").apply { writeText("stays") }
    private val wipe = PhoneWipe(context, keys, listOf(store))

    @After
    fun removeProvider() = phone.close()

    private fun fill() = runBlocking {
        keys.create("officer-7", KeyUse.RECORD, null)
        DatabaseKey(context, keys).open(storeExists = false).fill(0)
        File(store, "phone.db").writeText("records")
        CameraRoll(context).begin("rec-1", "")
        SyncJobs(context).keepWatch()
        val ours = phone.entries.values.first()
        phone.entries["another.library"] = ours
    }

    @Test
    fun `everything of the court and nothing else`() = runBlocking {
        fill()
        assertTrue(wipe.run())
        assertEquals(setOf("another.library"), phone.entries.keys)
        assertFalse(store.exists())
        assertEquals(emptyList<String>(), context.noBackupFilesDir.list().orEmpty().toList())
        assertTrue(context.getSystemService(JobScheduler::class.java)!!.allPendingJobs.isEmpty())
        assertEquals("stays", other.readText())
        assertFalse(wipe.isPending)
        assertTrue("a second one finds nothing", wipe.run())
    }

    @Test
    fun `a disk without room for the mark is wiped all the same`() = runBlocking {
        fill()
        File(context.noBackupFilesDir, "lastmile.wipe.part").mkdirs()
        assertTrue(wipe.run())
        assertEquals(setOf("another.library"), phone.entries.keys)
        assertFalse(store.exists())
    }

    @Test
    fun `while the core still writes it is not done`() = runBlocking {
        fill()
        var quiet = false
        // What a call under way leaves behind it goes the next time.
        val wipe = PhoneWipe(context, keys, listOf(store)) { quiet }
        assertFalse(wipe.run())
        assertEquals("the keys go at once", setOf("another.library"), phone.entries.keys)
        assertFalse(store.exists())
        assertTrue(wipe.isPending)
        File(store, "phone.db-wal").apply { parentFile!!.mkdirs() }.writeText("late")
        quiet = true
        assertTrue(wipe.run())
        assertFalse(store.exists())
        assertFalse(wipe.isPending)
    }

    @Test
    fun `cut off, it is still to be done`() = runBlocking {
        fill()
        // The keys do not go: nothing else may, or a phone that is half wiped would look whole.
        phone.close()
        assertThrows(KeyTrouble.Unavailable::class.java) { runBlocking { wipe.run() } }
        phone.install()
        assertTrue(wipe.isPending)
        assertTrue(File(store, "phone.db").exists())
        assertTrue(wipe.run())
        assertFalse(wipe.isPending)
        assertFalse(store.exists())
    }
}
