/* Handles of keys that never leave the store, and the certificate that stands beside a pair. */
package cn.lastmile.shim.testkit.keystore

import java.io.ByteArrayInputStream
import java.security.PrivateKey
import java.security.PublicKey
import java.security.cert.Certificate
import javax.crypto.SecretKey

/** A key without material: the alias is all there is. */
internal interface Handle {
    val alias: String
}

internal class PrivateHandle(override val alias: String) : PrivateKey, Handle {
    override fun getAlgorithm() = "EC"
    override fun getFormat(): String? = null
    override fun getEncoded(): ByteArray? = null
}

internal class SecretHandle(override val alias: String) : SecretKey, Handle {
    override fun getAlgorithm() = "AES"
    override fun getFormat(): String? = null
    override fun getEncoded(): ByteArray? = null
}

/** A certificate that says nothing but the public key: attestation belongs to real devices. */
internal class BareCertificate(private val key: PublicKey) : Certificate("bare") {
    override fun getEncoded(): ByteArray = key.encoded
    override fun verify(key: PublicKey) = Unit
    override fun verify(key: PublicKey, provider: String) = Unit
    override fun getPublicKey(): PublicKey = key
    override fun toString() = "certificate of ${ByteArrayInputStream(encoded).available()} bytes"
}
