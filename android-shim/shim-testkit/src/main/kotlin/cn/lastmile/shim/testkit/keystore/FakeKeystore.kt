/*
 * A stand-in for the phone's key store. Robolectric has none, so a security provider of the same name is
 * put in front of the JDK's: it keeps keys in memory, gives out handles without key material as the real one
 * does, and fails in the ways phones fail, by switches. Only what the shim asks for is here: EC P-256
 * signing keys and AES-GCM keys.
 */
package cn.lastmile.shim.testkit.keystore

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.UserNotAuthenticatedException
import java.security.InvalidKeyException
import java.security.KeyPair
import java.security.ProviderException
import java.security.Security
import java.security.cert.Certificate
import java.util.concurrent.ConcurrentHashMap
import javax.crypto.SecretKey

/** The name that Android's key store goes by. */
const val ANDROID_KEY_STORE: String = "AndroidKeyStore"

/** The switches and the keys of one phone. Threads may share it. */
class FakeKeystore : AutoCloseable {
    /** A key as it lies in the store. [level] is a `KeyProperties.SECURITY_LEVEL_*`. */
    class Entry internal constructor(
        val spec: KeyGenParameterSpec,
        val level: Int,
        internal val pair: KeyPair?,
        internal val secret: SecretKey?,
    ) {
        /** The person changed fingerprints or screen lock: the key will never work again. */
        @Volatile
        var invalidated: Boolean = false

        internal var certificate: Certificate? = null
    }

    /** What lies here, by alias. */
    val entries: MutableMap<String, Entry> = ConcurrentHashMap()

    /** Whether the phone has a StrongBox. */
    @Volatile
    var strongBox: Boolean = true

    /** Keys that want an unlocked device refuse. */
    @Volatile
    var deviceLocked: Boolean = false

    /** Every use of a key fails so many times, each use counting down by one, as under load. */
    @Volatile
    var failuresToCome: Int = 0

    /** Signatures come out wrong so many times, as some devices' do. */
    @Volatile
    var wrongSignaturesToCome: Int = 0

    /** Called when a pair was made and lies here, before whoever asked for it hears of it. */
    @Volatile
    var made: () -> Unit = {}

    /** Keys used so far: signatures and ciphers begun. */
    @Volatile
    var uses: Int = 0
        private set

    private val provider = FakeKeystoreProvider(this)

    /** Puts the provider in front of all others. */
    fun install(): FakeKeystore {
        Security.removeProvider(ANDROID_KEY_STORE)
        Security.insertProviderAt(provider, 1)
        return this
    }

    /** Takes the provider away again. */
    override fun close() = Security.removeProvider(ANDROID_KEY_STORE)

    /** What a phone checks when a key is about to be used. */
    @Synchronized
    internal fun begin(alias: String): Entry {
        uses++
        if (failuresToCome > 0) {
            failuresToCome--
            throw ProviderException("key store busy")
        }
        val entry = entries[alias] ?: throw InvalidKeyException("no such key")
        if (entry.invalidated) throw KeyPermanentlyInvalidatedException()
        // The real one answers a locked device in the same way as a person who was not asked.
        if (deviceLocked && entry.spec.isUnlockedDeviceRequired) throw UserNotAuthenticatedException()
        return entry
    }

    /** Whether [entry] must see the person before each single use. */
    internal fun asksPerson(entry: Entry): Boolean =
        entry.spec.isUserAuthenticationRequired && entry.spec.userAuthenticationValidityDurationSeconds <= 0

    /** The level a new key of [spec] gets. */
    internal fun levelFor(spec: KeyGenParameterSpec): Int = when {
        !spec.isStrongBoxBacked -> KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT
        strongBox -> KeyProperties.SECURITY_LEVEL_STRONGBOX
        else -> throw android.security.keystore.StrongBoxUnavailableException()
    }

    @Synchronized
    internal fun takeWrongSignature(): Boolean {
        if (wrongSignaturesToCome == 0) return false
        wrongSignaturesToCome--
        return true
    }
}
