/* The end of a core while it is at work: whoever deletes files afterwards must know that nobody writes them any more. */
package cn.lastmile.shim.real

import cn.lastmile.core.Road
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.OwnerTrouble
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class ClosingTest {
    /** Lets go of what the signer holds. */
    private val latch = CompletableDeferred<Unit>()

    /** A core in [dir], and a contact of it that is under way: it waits for the signer, who waits for [latch]. */
    private fun atWork(dir: File, test: suspend (FieldCore, Deferred<Result<*>>) -> Unit) = runBlocking {
        withTimeout(60_000) {
            val core = owned(dir)
            val device = DayDevice(Built.script, "P1")
            core.ask { it.signIn(device.deviceFile, CoreSigner(device.key), null) }
            core.setRoad(Road.http("http://127.0.0.1:9", emptyList()))
            val signing = CompletableDeferred<Unit>()
            device.key.before = {
                signing.complete(Unit)
                latch.await()
            }
            val contact = async(Dispatchers.IO) { runCatching { core.ask { it.sync() } } }
            signing.await()
            test(core, contact)
        }
    }

    @Test
    fun `what is under way is given up, and waited for`() {
        val dir = Built.folder("closing")
        atWork(dir) { core, contact ->
            assertFalse("the signer is still at work", core.end(waitMs = 50))
            assertTrue("and its caller is told at once", contact.await().exceptionOrNull() is OwnerTrouble.Closed)
            assertThrows(OwnerTrouble.Closed::class.java) { core.now { it.court() } }
            assertNull(FieldCore.open)
            assertTrue(File(dir, "phone.db-wal").exists())
            assertThrows(OwnerTrouble.AlreadyOpen::class.java) { owned(dir) }

            latch.complete(Unit)
            assertTrue(core.end(waitMs = 30_000))
            assertFalse("the store is closed", File(dir, "phone.db-wal").exists())
            owned(dir).use { again -> assertEquals("粤0605", again.now { it.court() }) }
        }
    }

    @Test
    fun `a call whose caller has gone is waited for as well`() {
        val dir = Built.folder("closing-gone")
        atWork(dir) { core, contact ->
            contact.cancelAndJoin()
            assertFalse("the library is still at work", core.end(waitMs = 50))
            assertFalse(FieldCore.rested())
            latch.complete(Unit)
            assertTrue(FieldCore.rested(waitMs = 30_000))
            assertFalse("the store is closed", File(dir, "phone.db-wal").exists())
        }
    }

    @Test
    fun `nothing under way is nothing to wait for`() {
        val core = owned(Built.folder("closing-idle"))
        assertFalse("open", FieldCore.rested())
        assertTrue(core.end(waitMs = 0))
        assertTrue("twice is once", core.end(waitMs = 0))
        assertTrue(FieldCore.rested())
    }
}
