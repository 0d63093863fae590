/* Registering, broken off at every step: the phone is as it was before or as it is after, and the code still good. */
package cn.lastmile.officer

import cn.lastmile.core.CodeInfo
import cn.lastmile.core.Enrolled
import cn.lastmile.officer.host.OtherCourt
import cn.lastmile.officer.host.RegisteringParts
import cn.lastmile.officer.host.Registrar
import cn.lastmile.officer.host.Registration
import cn.lastmile.officer.host.Registrations
import cn.lastmile.shim.files.writeDurably
import cn.lastmile.shim.keys.DeviceSigner
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.real.JcaKey
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File
import java.io.IOException

/** The phone goes out. */
private class Cut : IOException("cut off")

/** Goes on until [steps] more things were done to the phone or the court, then is cut off; before or after the step. */
private class Fate {
    var steps = Int.MAX_VALUE
    var after = false
    var done = 0

    fun <T> step(action: () -> T): T {
        val last = done++ == steps
        if (last && !after) throw Cut()
        return action().also { if (last) throw Cut() }
    }
}

/** Key store and court of a test; they outlive the phone being cut off. */
private class TestParts(private val fate: Fate) : RegisteringParts {
    val keys = mutableMapOf<Pair<String, KeyUse>, DeviceSigner>()
    private val used = mutableMapOf<String, List<ByteArray>>()
    var refuses: Exception? = null

    override fun read(code: String) = CodeInfo(code.substringBefore('-'), "https://court.example", code.substringAfter('-'))
    override fun canAsk() = true
    override suspend fun signer(name: String, use: KeyUse) = keys[name to use]
    override suspend fun create(name: String, use: KeyUse) = fate.step {
        check(name to use !in keys) { "a key is never replaced" }
        JcaKey.generate().also { keys[name to use] = it }
    }

    override suspend fun forget(name: String) = fate.step { KeyUse.entries.forEach { keys.remove(name to it) } }

    override suspend fun enrol(code: String, url: String, everyday: DeviceSigner, finalising: DeviceSigner?) = fate.step {
        refuses?.let { throw it }
        val theirs = listOfNotNull(everyday, finalising).map { it.key.spki }
        val first = used.getOrPut(code) { theirs }
        check(first.zip(theirs).all { (one, other) -> one.contentEquals(other) }) { "the code was used for other keys" }
        Enrolled("""{"court":"${code.substringBefore('-')}","of":"$code"}""", "luqihang", "陆启航", listOf("officer"), true, 0)
    }
}

class RegistrarTest {
    @get:Rule
    val folder = TemporaryFolder()
    private val fate = Fate()
    private val parts = TestParts(fate)
    private var waits: String? = null
    private val home by lazy { folder.newFolder("lastmile") }

    /** The phone after its next start: only disk and key store are left. */
    private fun phone() = Registrations(home) { file, bytes -> fate.step { writeDurably(file, bytes) } }

    private fun register(code: String): Registration = runBlocking {
        val registrar = Registrar(phone(), parts)
        registrar.register(code).also { registrar.giveUpFormer { waits != it } }
    }

    /** Both keys of the registration in force are there, and the device file is that of their code. */
    private fun works(): String? = phone().now()?.let { now ->
        KeyUse.entries.forEach { assertNotNull("${now.keys} $it", parts.keys[now.keys to it]) }
        assertTrue("${now.keys} ${now.device}", now.device.contains(now.keys.substringAfter('.')))
        now.keys
    }

    @Test
    fun `cut off before or after every step, first and anew, it works as before or after, and the same code goes on`() {
        var cuts = 0
        for (before in listOf(null, "A-1")) for (after in listOf(false, true)) {
            var at = 0
            do {
                home.deleteRecursively()
                parts.keys.clear()
                fate.steps = Int.MAX_VALUE
                val codes = if (before == null) "A-$at-$after-first" else "A-$at-$after"
                val old = before?.let { register("A-$at-$after-old").keys }
                fate.done = 0
                fate.steps = at++
                fate.after = after
                val ended = try {
                    register(codes)
                    true
                } catch (_: Cut) {
                    cuts++
                    false
                }
                fate.steps = Int.MAX_VALUE
                val now = works()
                assertTrue("$now", now == old || now == "self.${codes.substringAfter('-')}")
                register(codes)
                assertEquals("self.${codes.substringAfter('-')}", works())
                assertEquals("no key is left over", setOf(works()), parts.keys.keys.map { it.first }.toSet())
            } while (!ended)
        }
        assertTrue("$cuts", cuts >= 20)
    }

    @Test
    fun `a code that is refused costs nothing`() {
        register("A-1")
        parts.refuses = IOException("enrolment_used")
        assertThrows(IOException::class.java) { register("A-2") }
        assertEquals("self.1", works())
        assertThrows(OtherCourt::class.java) { register("B-3") }
        parts.refuses = null
        register("A-4")
        assertEquals("the keys of the refused code went, too", setOf("self.4"), parts.keys.keys.map { it.first }.toSet())
    }

    @Test
    fun `keys that new fingerprints ended are made anew for the same code`() {
        parts.refuses = KeyTrouble.KeyInvalidated()
        assertThrows(KeyTrouble.KeyInvalidated::class.java) { register("A-1") }
        assertEquals(emptySet<Any>(), parts.keys.keys)
        assertNull(works())
        parts.refuses = null
        register("A-1")
        assertEquals("self.1", works())
    }

    @Test
    fun `keys that work waits for stay, with what they sign in with, through every registration`() {
        register("A-1")
        waits = "self.1"
        register("A-2")
        register("A-3")
        assertEquals(mapOf("self.1" to """{"court":"A","of":"A-1"}"""), phone().now()?.former)
        assertEquals(setOf("self.1", "self.3"), parts.keys.keys.map { it.first }.toSet())
        waits = null
        runBlocking { Registrar(phone(), parts).giveUpFormer { true } }
        assertEquals(emptyMap<String, String>(), phone().now()?.former)
        assertEquals(setOf("self.3"), parts.keys.keys.map { it.first }.toSet())
    }

    @Test
    fun `the slip of the keys in use again, after new fingerprints, costs no key`() {
        register("A-1")
        parts.refuses = KeyTrouble.KeyInvalidated()
        assertThrows(KeyTrouble.KeyInvalidated::class.java) { register("A-1") }
        assertEquals("self.1", works())
    }

    @Test
    fun `a phone that was registered with two files goes on, and changes over to one`() {
        home.mkdirs()
        File(home, "road").writeText("https://old.example")
        File(home, "device.json").writeText("""{"court":"A","of":"self"}""")
        parts.keys["self" to KeyUse.RECORD] = JcaKey.generate()
        assertEquals("self" to "https://old.example", phone().now()?.run { keys to road })
        register("A-2")
        assertEquals("self.2", works())
        assertEquals(listOf("registration.json"), home.list()?.toList())
    }
}
