/* Signing with a key that never leaves the phone's key store. */
package cn.lastmile.shim.keys

import java.security.KeyFactory
import java.security.PrivateKey
import java.security.Signature
import java.security.spec.X509EncodedKeySpec

/** Asks the person, for one use of a key. */
fun interface Presence {
    /**
     * Returns when the person was recognised for the operation that [signature] has begun. Throws
     * [KeyTrouble.NotAuthenticated] when not, [KeyTrouble.Unavailable] when the sensor does not work.
     */
    suspend fun confirm(signature: Signature)
}

/** [presence] is null for keys that sign without asking. */
internal class KeystoreSigner(
    private val alias: String,
    override val key: DeviceKey,
    private val keys: KeystoreKeys,
    private val presence: Presence?,
) : DeviceSigner {
    private val publicKey = KeyFactory.getInstance("EC").generatePublic(X509EncodedKeySpec(key.spki))

    override suspend fun sign(message: ByteArray): ByteArray {
        if (presence == null) {
            return keys.patiently { store -> finish(begin(store.getKey(alias, null)), message) }
        }
        // Nobody waits in the queue while a person looks for the sensor.
        val begun = keys.patiently { store -> begin(store.getKey(alias, null)) }
        presence.confirm(begun)
        return keys.inTurn { finish(begun, message) }
    }

    private fun begin(key: java.security.Key?): Signature {
        val privateKey = key as? PrivateKey ?: throw KeyTrouble.KeyInvalidated()
        return Signature.getInstance(ALGORITHM).apply { initSign(privateKey) }
    }

    /** Some phones sign wrongly once in a while; what does not verify is not handed out. */
    private fun finish(begun: Signature, message: ByteArray): ByteArray {
        begun.update(message)
        val signature = begun.sign()
        val holds = Signature.getInstance(ALGORITHM).run {
            initVerify(publicKey)
            update(message)
            verify(signature)
        }
        if (!holds) throw KeyTrouble.Unavailable()
        return signature
    }

    private companion object {
        const val ALGORITHM = "SHA256withECDSA"
    }
}
