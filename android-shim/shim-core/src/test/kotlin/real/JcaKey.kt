/* A P-256 key of the JDK in place of a device's key store. */
package cn.lastmile.shim.real

import cn.lastmile.shim.keys.DeviceKey
import cn.lastmile.shim.keys.DeviceSigner
import cn.lastmile.shim.keys.Protection
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.PrivateKey
import java.security.PublicKey
import java.security.Signature
import java.security.spec.ECGenParameterSpec
import java.security.spec.PKCS8EncodedKeySpec
import java.security.spec.X509EncodedKeySpec

class JcaKey(private val private: PrivateKey, public: PublicKey) : DeviceSigner {
    override val key = DeviceKey(public.encoded, Protection.TEE, emptyList())

    /** Lets a test go on or fail while a message is signed. */
    @Volatile
    var before: suspend (message: ByteArray) -> Unit = {}

    override suspend fun sign(message: ByteArray): ByteArray {
        before(message)
        return Signature.getInstance("SHA256withECDSA").run {
            initSign(private)
            update(message)
            sign()
        }
    }

    companion object {
        fun generate(): JcaKey = KeyPairGenerator.getInstance("EC").run {
            initialize(ECGenParameterSpec("secp256r1"))
            generateKeyPair().let { JcaKey(it.private, it.public) }
        }

        /** A key as the Rust side keeps it: PKCS#8 with the public point at its end, 65 bytes. */
        fun ofPkcs8(pkcs8: ByteArray): JcaKey {
            val factory = KeyFactory.getInstance("EC")
            val point = pkcs8.copyOfRange(pkcs8.size - 65, pkcs8.size)
            return JcaKey(
                factory.generatePrivate(PKCS8EncodedKeySpec(pkcs8)),
                factory.generatePublic(X509EncodedKeySpec(P256_SPKI + point)),
            )
        }

        /** What stands before the point in the SubjectPublicKeyInfo of a P-256 key. */
        private val P256_SPKI = "3059301306072a8648ce3d020106082a8648ce3d030107034200".chunked(2)
            .map { it.toInt(16).toByte() }.toByteArray()
    }
}
