/* The owner of the phone: from an enrolment code to a verified receipt, and what happens before and after its life. */
package cn.lastmile.shim.real

import cn.lastmile.core.Act
import cn.lastmile.core.Change
import cn.lastmile.core.Fix
import cn.lastmile.core.KeyException
import cn.lastmile.core.LastmileException
import cn.lastmile.core.PositionSource
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.core.Standing
import cn.lastmile.core.Value
import cn.lastmile.core.enrol
import cn.lastmile.core.readCode
import cn.lastmile.shim.assistance.PhoneAssistance
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.OwnerTrouble
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.field.changes
import cn.lastmile.shim.field.trouble
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.show.markOf
import cn.lastmile.shim.show.outbox
import cn.lastmile.shim.sync.PhoneOutbox
import cn.lastmile.shim.sync.PhoneSync
import cn.lastmile.shim.sync.SyncOutcome
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class OwnerTest {
    private val case = "(2026)粤0605执1101号"
    private val parts = DeviceParts(library = Built.library.toPath())

    private fun store(dir: File, deviceFile: String) =
        StoreAt(File(dir, "phone.db").toPath(), ByteArray(32) { 5 }, ByteArray(16) { 6 }, deviceFile)

    @Test
    fun `from a code to a receipt`() = runBlocking {
        CoreLibrary.check(Built.library.toPath())
        val dir = Built.folder("owner")
        Court(dir, null).use { court ->
            val code = court.code("luqihang")
            assertEquals("粤0605", readCode(code).court)
            val (everyday, finalising) = JcaKey.generate() to JcaKey.generate()
            val enrolled = enrol(code, Road.http(court.url, emptyList()), CoreSigner(everyday), CoreSigner(finalising))
            assertTrue(enrolled.mayFinalise)
            val store = store(dir, enrolled.deviceFile)
            FieldCore.start(store, parts).use { core ->
                assertTrue("the key is overwritten", store.key.all { it == 0.toByte() })
                core.setRoad(Road.http(court.url, emptyList()))
                assertEquals("not_signed_in", refusedCode { core.ask { it.createRecord(onsite()) } })
                core.ask { it.signIn(enrolled.deviceFile, CoreSigner(everyday), CoreSigner(finalising)) }
                assertEquals(SyncOutcome.DONE, PhoneSync(core).run(originals = true))

                val record = core.ask { it.createRecord(onsite()).record }
                assertEquals("已存本机", markOf(core.ask { it.standing(record).standing }).words.zh)
                assertEquals(1, PhoneOutbox(core).backlog().records)
                // A key that does not answer keeps nothing from being saved, and the road from nothing else.
                fun silent(trouble: KeyTrouble): suspend (ByteArray) -> Unit =
                    { if ("lastmile-token" !in String(it, Charsets.ISO_8859_1)) throw trouble }
                everyday.before = silent(KeyTrouble.Unavailable())
                core.ask { it.act(record, Act.Set("set", mapOf("place" to Value.Text("九江镇")))) }
                assertEquals("what is not signed is not done", SyncOutcome.TRY_AGAIN, PhoneSync(core).run(originals = true))
                everyday.before = silent(KeyTrouble.NotAuthenticated())
                assertEquals("key_not_authenticated", refusedCode { PhoneSync(core).run(originals = true) })
                everyday.before = {}
                assertEquals(SyncOutcome.DONE, PhoneSync(core).run(originals = true))
                assertEquals(Standing.RECEIPTED, core.ask { it.standing(record).standing })
                assertEquals("回执已核验", markOf(core.ask { it.standing(record).standing }).words.zh)
                assertTrue(core.outbox().first().lines.isEmpty())

                helpIsCalled(core)

                court.kill()
                assertEquals(SyncOutcome.TRY_AGAIN, PhoneSync(core).run(originals = true))
                assertEquals(listOf("core_already_open"), listOf(startedAgain(dir, enrolled.deviceFile)))
                assertTrue(FieldCore.open === core)
            }
            assertNull(FieldCore.open)
        }
    }

    /** The request goes, the server is nobody yet, and the court is told where the crew is. */
    private suspend fun helpIsCalled(core: FieldCore) {
        val head = mapOf("place" to Value.Text("九江镇沙口工业区三路5号"), "callback" to Value.Text("13800138000"))
        val request = core.ask { it.createRecord(RecordDraft("assistance", case, null, head, emptyList())).record }
        val told = mutableListOf<Fix>()
        val here = object : PositionSource {
            override fun newest() = Fix(23.0288, 113.1429, 8.0, true, 3u, 1_773_709_500_000).also(told::add)
        }
        val desk = PhoneAssistance(core, here)
        assertFalse(desk.standing(request).delivered)
        assertTrue(told.isEmpty())
        val standing = desk.contact(request)
        assertTrue("$standing", standing.delivered && standing.alone && !standing.over)
        assertEquals("the court takes positions of this crew", 1u, core.ask { it.tellPositions(told) })
        assertEquals(1, told.size)
    }

    private fun onsite() =
        RecordDraft("onsite", case, null, mapOf("purpose" to Value.Text("查找财产线索")), emptyList())

    private suspend fun refusedCode(action: suspend () -> Unit): String = try {
        action()
        ""
    } catch (refused: LastmileException) {
        refused.trouble.code
    }

    private fun startedAgain(dir: File, deviceFile: String): String = try {
        FieldCore.start(store(dir, deviceFile), parts).close()
        ""
    } catch (open: OwnerTrouble) {
        open.code
    }

    private fun ready(name: String): FieldCore = owned(Built.folder(name))

    @Test
    fun `after the end everything says so`() {
        val core = ready("owner-closed")
        core.close()
        core.close()
        assertThrows(OwnerTrouble.Closed::class.java) { runBlocking { core.ask { it.court() } } }
        assertThrows(OwnerTrouble.Closed::class.java) { core.now { it.court() } }
        assertThrows(OwnerTrouble.Closed::class.java) { runBlocking { core.changes().first() } }
        // Whoever gave up by itself gave up, and nothing went wrong.
        ready("owner-given-up").use { given ->
            assertThrows(CancellationException::class.java) {
                runBlocking { given.ask { throw CancellationException("given up") } }
            }
        }
        // The next owner begins anew on the same store.
        ready("owner-again").use { assertEquals("粤0605", it.now { phone -> phone.court() }) }
    }

    @Test
    fun `a flow listens while it is collected, and completes with the core`() = runBlocking {
        withTimeout(30_000) {
            val core = ready("owner-flows")
            val device = DayDevice(Built.script, "P1")
            val first = async(Dispatchers.Unconfined) { core.changes().first() }
            core.ask { it.signIn(device.deviceFile, CoreSigner(device.key), null) }
            assertTrue(first.await() is Change.Anything)

            val heard = mutableListOf<Change>()
            val collector = launch(Dispatchers.Unconfined) { core.changes().collect { heard += it } }
            collector.cancel()
            collector.join()
            core.ask { it.lock() }
            assertTrue("nobody listens any more", heard.isEmpty())

            val all = async(Dispatchers.Unconfined) { core.changes().toList() }
            core.close()
            all.await()
            assertFalse(collector.isActive)
        }
    }

    @Test
    fun `a store that another key made is refused and stays`() {
        ready("owner-key").close()
        val dir = File(Built.root, "android-shim/shim-core/target/real/owner-key")
        val file = DayDevice(Built.script, "P1").deviceFile
        val other = StoreAt(File(dir, "phone.db").toPath(), ByteArray(32) { 9 }, ByteArray(16) { 6 }, file)
        val before = File(dir, "phone.db").readBytes()
        val refused = assertThrows(LastmileException.Store::class.java) { FieldCore.start(other, parts) }
        assertEquals("store_locked_key", refused.code)
        assertTrue(before.contentEquals(File(dir, "phone.db").readBytes()))
        assertNull(FieldCore.open)
    }

    @Test
    fun `troubles of a key reach the core by name`() = runBlocking {
        val key = JcaKey.generate()
        val signer = CoreSigner(key)
        suspend fun said(trouble: Exception): Class<*> {
            key.before = { throw trouble }
            return runCatching { signer.sign(byteArrayOf(1)) }.exceptionOrNull()!!.javaClass
        }
        assertEquals(KeyException.NotAuthenticated::class.java, said(KeyTrouble.NotAuthenticated()))
        assertEquals(KeyException.Invalidated::class.java, said(KeyTrouble.KeyInvalidated()))
        assertEquals(KeyException.Locked::class.java, said(KeyTrouble.Locked()))
        assertEquals(KeyException.Unavailable::class.java, said(KeyTrouble.Unavailable()))
        assertEquals(KeyException.Failed::class.java, said(IllegalStateException()))
    }
}
