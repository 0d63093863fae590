/*
 * The keys of this app in Android's key store: finding, making, and, for a wipe, destroying them. Nothing
 * here replaces a key that is there: whoever wants a new one takes the old one away first, knowingly.
 */
package cn.lastmile.shim.keys

import android.app.KeyguardManager
import android.content.Context
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.security.KeyStore

/** The provider's name. */
internal const val PROVIDER = "AndroidKeyStore"

/** Every alias of this library begins so. */
internal const val ALIAS_PREFIX = "lastmile."

/**
 * One per process. [waitsMs]: see [retrying]. Key stores do few things at once and slow down badly when
 * pressed, so operations take turns; each runs on an I/O thread.
 */
class KeystoreKeys(context: Context, private val waitsMs: List<Long> = RETRY_WAITS_MS) {
    private val keyguard: KeyguardManager? = context.getSystemService(KeyguardManager::class.java)
    private val levels = context.getSharedPreferences("lastmile.key.levels", Context.MODE_PRIVATE)
    private val turn = Mutex()

    /**
     * The signer of [person] (staff id) for [use], or null when there is no such key. [presence] asks the
     * person; needed for [KeyUse.FINALISE]. Throws [KeyTrouble].
     */
    suspend fun signer(person: String, use: KeyUse, presence: Presence? = null): DeviceSigner? {
        val alias = aliasOf(person, use)
        val key = patiently { if (isHalf(alias)) null else readKey(it, alias, recordedLevel(alias)) } ?: return null
        return KeystoreSigner(alias, key, this, presenceFor(use, presence))
    }

    /**
     * Makes a key of [person] for [use]: in the StrongBox when there is one, else in the TEE; where it came
     * to lie is recorded. [challenge] (at most 128 bytes, from the court) goes into the attestation. One act: of two
     * calls at once one makes the key. Cut off before it returns, by whatever, it has made none: what lies in the key
     * store then is nobody's, and the next call makes a new one in its place. Takes up to some seconds. Throws
     * [KeyTrouble]; [IllegalStateException] when there is such a key.
     */
    suspend fun create(
        person: String,
        use: KeyUse,
        challenge: ByteArray?,
        presence: Presence? = null,
    ): DeviceSigner {
        val asks = presenceFor(use, presence)
        val alias = aliasOf(person, use)
        val key = retrying(waitsMs) {
            turn.withLock {
                val made = load { make(it, alias, use, challenge) }
                // Nothing suspends from here on: a caller that was cancelled above has no key, and one that was not has it.
                made?.also { note(alias, it.protection.code) }
            }
        }
        return KeystoreSigner(alias, checkNotNull(key) { "there is a key for $use" }, this, asks)
    }

    /** A new key, which is half one until its level is noted; null when there is a whole one. */
    private fun make(store: KeyStore, alias: String, use: KeyUse, challenge: ByteArray?): DeviceKey? {
        if (store.containsAlias(alias)) {
            if (!isHalf(alias)) return null
            store.deleteEntry(alias)
        }
        note(alias, HALF)
        val level = generateSigningKey(alias, use, challenge)
        return readKey(store, alias, level) ?: throw KeyTrouble.Unavailable()
    }

    /** Destroys the keys of [person], so that new ones can be made. Throws [KeyTrouble]. */
    suspend fun forget(person: String) = patiently { store ->
        val aliases = KeyUse.entries.map { aliasOf(person, it) }
        aliases.filter(store::containsAlias).forEach(store::deleteEntry)
        levels.edit().apply { aliases.forEach(::remove) }.commit()
    }

    /** Destroys every key of this library, the store's among them. Throws [KeyTrouble]. */
    suspend fun destroyAll() = patiently { store ->
        store.aliases().toList().filter { it.startsWith(ALIAS_PREFIX) }.forEach(store::deleteEntry)
        levels.edit().clear().commit()
    }

    /** [action] in its turn, tried again when the key store fails for a moment. Throws [KeyTrouble]. */
    internal suspend fun <T> patiently(action: (KeyStore) -> T): T = retrying(waitsMs) { inTurn(action) }

    /** [action] in its turn, once. Throws [KeyTrouble], and [DatabaseKeyLost] if [action] does. */
    internal suspend fun <T> inTurn(action: (KeyStore) -> T): T = turn.withLock { load(action) }

    private suspend fun <T> load(action: (KeyStore) -> T): T = withContext(Dispatchers.IO) {
        try {
            action(KeyStore.getInstance(PROVIDER).apply { load(null) })
        } catch (known: DatabaseKeyLost) {
            throw known
        } catch (failure: Exception) {
            throw troubleOf(failure, keyguard?.isDeviceLocked == true)
        }
    }

    private fun note(alias: String, level: String) = levels.edit().putString(alias, level).commit()

    private fun isHalf(alias: String): Boolean = levels.getString(alias, null) == HALF

    private fun recordedLevel(alias: String): Protection? =
        levels.getString(alias, null)?.let { code -> Protection.entries.firstOrNull { it.code == code } }

    private fun presenceFor(use: KeyUse, presence: Presence?): Presence? = when (use) {
        KeyUse.RECORD -> null
        KeyUse.FINALISE -> requireNotNull(presence) { "finalising asks the person" }
    }

    private fun aliasOf(person: String, use: KeyUse) = "$ALIAS_PREFIX${use.name.lowercase()}.$person"

    private companion object {
        /** In place of a level: the key is being made, or its making was cut off. */
        const val HALF = "half"
    }
}
