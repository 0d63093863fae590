/* Signing keys: where they come to lie, and every way a phone's key store fails. */
package cn.lastmile.shim.keys

import android.app.KeyguardManager
import android.security.keystore.KeyProperties
import cn.lastmile.shim.testkit.keystore.FakeKeystore
import cn.lastmile.shim.testkit.keystore.confirm
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.security.KeyFactory
import java.security.Signature
import java.security.spec.X509EncodedKeySpec
import java.util.concurrent.CountDownLatch

@RunWith(RobolectricTestRunner::class)
class KeystoreKeysTest {
    private val phone = FakeKeystore().install()
    private val context = RuntimeEnvironment.getApplication()
    private val keys = KeystoreKeys(context, waitsMs = listOf(0, 0, 0))
    private val message = "what is signed".toByteArray()

    private class CutOff : Error()

    @After
    fun removeProvider() = phone.close()

    private fun create(use: KeyUse = KeyUse.RECORD, presence: Presence? = null) =
        runBlocking { keys.create("officer-7", use, "challenge".toByteArray(), presence) }

    private fun verifies(key: DeviceKey, signature: ByteArray): Boolean {
        val publicKey = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(key.spki))
        return Signature.getInstance("SHA256withECDSA").run {
            initVerify(publicKey)
            update(message)
            verify(signature)
        }
    }

    private fun <T : Throwable> fails(type: Class<T>, action: suspend () -> Unit): T =
        assertThrows(type) { runBlocking { action() } }

    @Test
    fun `a key signs, and is found again`() = runBlocking {
        val signer = create()
        assertTrue(verifies(signer.key, signer.sign(message)))
        val again = keys.signer("officer-7", KeyUse.RECORD)!!
        assertArrayEquals(signer.key.spki, again.key.spki)
        assertTrue(verifies(signer.key, again.sign(message)))
        assertNull(keys.signer("officer-8", KeyUse.RECORD))
    }

    @Test
    fun `the StrongBox when there is one, else the TEE, and it is recorded`() {
        assertEquals(Protection.STRONGBOX, create().key.protection)
        phone.entries.clear()
        phone.strongBox = false
        assertEquals(Protection.TEE, create().key.protection)
        phone.strongBox = true
        assertEquals(Protection.TEE, runBlocking { keys.signer("officer-7", KeyUse.RECORD) }!!.key.protection)
    }

    @Test
    fun `a key is never replaced`() {
        val spki = create().key.spki
        fails(IllegalStateException::class.java) { create() }
        assertArrayEquals(spki, runBlocking { keys.signer("officer-7", KeyUse.RECORD) }!!.key.spki)
        runBlocking { keys.forget("officer-7") }
        create()
    }

    @Test
    fun `of two calls at once one makes the key`() = runBlocking {
        var made = 0
        phone.made = { made++ }
        // Both wait for the key store, one behind the other.
        val before = CountDownLatch(1)
        val busy = async(start = CoroutineStart.UNDISPATCHED) { keys.inTurn { before.await() } }
        val both = List(2) {
            async(start = CoroutineStart.UNDISPATCHED) { runCatching { keys.create("officer-7", KeyUse.RECORD, null) } }
        }
        before.countDown()
        busy.await()
        val ends = both.awaitAll()
        assertEquals("the other one is told", 1, ends.count { it.exceptionOrNull() is IllegalStateException })
        assertEquals(1, made)
        val spki = ends.firstNotNullOf { it.getOrNull() }.key.spki
        assertArrayEquals(spki, keys.signer("officer-7", KeyUse.RECORD)!!.key.spki)
    }

    @Test
    fun `a key whose making was cut off is nobody's`() {
        // The process ends between the key store's work and ours.
        phone.made = { throw CutOff() }
        fails(CutOff::class.java) { keys.create("officer-7", KeyUse.RECORD, null) }
        assertEquals(1, phone.entries.size)
        phone.made = {}
        val next = KeystoreKeys(context, waitsMs = listOf(0))
        assertNull("no half key is handed out", runBlocking { next.signer("officer-7", KeyUse.RECORD) })
        val half = phone.entries.values.single()
        val signer = runBlocking { next.create("officer-7", KeyUse.RECORD, null) }
        assertNotSame(half, phone.entries.values.single())
        assertArrayEquals(signer.key.spki, runBlocking { next.signer("officer-7", KeyUse.RECORD) }!!.key.spki)
        assertEquals(Protection.STRONGBOX, signer.key.protection)
    }

    @Test
    fun `whoever gives up meanwhile has no key, and the next one gets one`() = runBlocking {
        val making = launch(Dispatchers.Default, CoroutineStart.LAZY) { keys.create("officer-7", KeyUse.RECORD, null) }
        phone.made = { making.cancel() }
        making.start()
        making.join()
        assertTrue(making.isCancelled)
        phone.made = {}
        assertNull(keys.signer("officer-7", KeyUse.RECORD))
        assertEquals(Protection.STRONGBOX, create().key.protection)
    }

    @Test
    fun `what fails for a moment is tried again, then told`() = runBlocking {
        val signer = create()
        phone.failuresToCome = 3
        assertTrue(verifies(signer.key, signer.sign(message)))
        phone.failuresToCome = 4
        val trouble = fails(KeyTrouble.Unavailable::class.java) { signer.sign(message) }
        assertEquals("key_unavailable", trouble.code)
        assertTrue(verifies(signer.key, signer.sign(message)))
    }

    @Test
    fun `a wrong signature is not handed out`() = runBlocking {
        val signer = create()
        phone.wrongSignaturesToCome = 1
        val uses = phone.uses
        assertTrue(verifies(signer.key, signer.sign(message)))
        assertEquals("signed twice", uses + 2, phone.uses)
        phone.wrongSignaturesToCome = 99
        fails(KeyTrouble.Unavailable::class.java) { signer.sign(message) }
        Unit
    }

    @Test
    fun `a key that is gone stays gone and is said to be`() {
        val signer = create()
        phone.entries.values.single().invalidated = true
        val uses = phone.uses
        fails(KeyTrouble.KeyInvalidated::class.java) { signer.sign(message) }
        assertEquals("not tried again", uses + 1, phone.uses)
        phone.entries.clear()
        fails(KeyTrouble.KeyInvalidated::class.java) { signer.sign(message) }
    }

    @Test
    fun `a locked phone is told apart from a person who was not asked`() {
        val refused = android.security.keystore.UserNotAuthenticatedException()
        val wrapped = java.security.ProviderException(java.security.InvalidKeyException(refused))
        assertTrue(troubleOf(wrapped, deviceLocked = false) is KeyTrouble.NotAuthenticated)
        assertTrue(troubleOf(wrapped, deviceLocked = true) is KeyTrouble.Locked)
        val keyguard = shadowOf(context.getSystemService(KeyguardManager::class.java))
        keyguard.setIsDeviceLocked(true)
        fails(KeyTrouble.Locked::class.java) { keys.inTurn<Unit> { throw refused } }
        keyguard.setIsDeviceLocked(false)
        fails(KeyTrouble.NotAuthenticated::class.java) { keys.inTurn<Unit> { throw refused } }
    }

    @Test
    fun `the system's own account of a failure is believed`() {
        val code = android.security.KeyStoreException.ERROR_USER_AUTHENTICATION_REQUIRED
        val system = android.security.KeyStoreException(-26, "Key user not authenticated")
        assertEquals(code, system.numericErrorCode)
        assertTrue(troubleOf(java.security.SignatureException(system), false) is KeyTrouble.NotAuthenticated)
        val circle = Exception("a").also { it.initCause(Exception("b", it)) }
        assertTrue(troubleOf(circle, false) is KeyTrouble.Unavailable)
    }

    @Test
    fun `one operation at a time`() = runBlocking {
        var inside = 0
        val most = (1..20).map {
            async {
                keys.inTurn {
                    inside++
                    Thread.yield()
                    inside.also { inside-- }
                }
            }
        }.awaitAll().max()
        assertEquals(1, most)
    }

    @Test
    fun `finalising asks the person each time`() = runBlocking {
        var asked = 0
        val signer = create(KeyUse.FINALISE) { asked++; confirm(it) }
        assertTrue(verifies(signer.key, signer.sign(message)))
        assertTrue(verifies(signer.key, signer.sign(message)))
        assertEquals(2, asked)
        val spec = phone.entries.values.single().spec
        assertTrue(spec.isUserAuthenticationRequired && spec.isInvalidatedByBiometricEnrollment)
        assertEquals(KeyProperties.AUTH_BIOMETRIC_STRONG, spec.userAuthenticationType)
    }

    @Test
    fun `without the person nothing is finalised`() {
        val refusing = create(KeyUse.FINALISE) { throw KeyTrouble.NotAuthenticated() }
        fails(KeyTrouble.NotAuthenticated::class.java) { refusing.sign(message) }
        val careless = runBlocking { keys.signer("officer-7", KeyUse.FINALISE) { } }!!
        fails(KeyTrouble::class.java) { careless.sign(message) }
        fails(IllegalArgumentException::class.java) { keys.signer("officer-7", KeyUse.FINALISE) }
    }

    @Test
    fun `records are signed while the person looks for the sensor`() = runBlocking {
        val record = create()
        val finalising = create(KeyUse.FINALISE) {
            assertTrue(verifies(record.key, record.sign(message)))
            confirm(it)
        }
        assertTrue(verifies(finalising.key, finalising.sign(message)))
    }
}
