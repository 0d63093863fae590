/* Using keys: the JDK does the arithmetic, the store says whether it may be done. */
package cn.lastmile.shim.testkit.keystore

import java.security.AlgorithmParameters
import java.security.InvalidKeyException
import java.security.Key
import java.security.PrivateKey
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Signature
import java.security.SignatureException
import java.security.SignatureSpi
import java.security.spec.AlgorithmParameterSpec
import javax.crypto.Cipher
import javax.crypto.CipherSpi
import javax.crypto.spec.GCMParameterSpec

/** A signature in the making. One whose key asks for the person signs only after [confirm]. */
internal class FakeSignature(private val store: FakeKeystore) : SignatureSpi() {
    private val inner = Signature.getInstance("SHA256withECDSA", provider(CURVES))
    private var confirmed = true

    override fun engineInitSign(key: PrivateKey?) {
        val handle = key as? PrivateHandle ?: throw InvalidKeyException("not a key of this store")
        val entry = store.begin(handle.alias)
        confirmed = !store.asksPerson(entry)
        inner.initSign(checkNotNull(entry.pair).private)
    }

    override fun engineInitVerify(key: PublicKey?) = throw InvalidKeyException("signs only")
    override fun engineUpdate(b: Byte) = inner.update(b)
    override fun engineUpdate(b: ByteArray, off: Int, len: Int) = inner.update(b, off, len)
    override fun engineVerify(signature: ByteArray?) = throw SignatureException("signs only")

    override fun engineSign(): ByteArray {
        if (!confirmed) throw SignatureException("Key user not authenticated")
        if (store.takeWrongSignature()) inner.update(0)
        return inner.sign()
    }

    @Deprecated("unused")
    override fun engineSetParameter(param: String?, value: Any?) {
        if (param != CONFIRM) throw UnsupportedOperationException()
        confirmed = true
    }

    @Deprecated("unused")
    override fun engineGetParameter(param: String?): Any = throw UnsupportedOperationException()
}

private const val CONFIRM = "the person was recognised"

/** What the biometric service does to the one operation that a person has just confirmed. */
@Suppress("DEPRECATION") // the only door through java.security.Signature to what implements it
fun confirm(signature: Signature) = signature.setParameter(CONFIRM, true)

/** AES-GCM; chooses the nonce itself when encrypting, as the real one insists on. */
internal class FakeGcmCipher(private val store: FakeKeystore) : CipherSpi() {
    private val inner = Cipher.getInstance("AES/GCM/NoPadding", provider(CIPHERS))

    override fun engineSetMode(mode: String?) = Unit
    override fun engineSetPadding(padding: String?) = Unit
    override fun engineGetBlockSize() = 16
    override fun engineGetOutputSize(inputLen: Int) = inner.getOutputSize(inputLen)
    override fun engineGetIV(): ByteArray = inner.iv
    override fun engineGetParameters(): AlgorithmParameters = inner.parameters

    override fun engineInit(mode: Int, key: Key?, random: SecureRandom?) =
        engineInit(mode, key, null as AlgorithmParameterSpec?, random)

    override fun engineInit(mode: Int, key: Key?, params: AlgorithmParameterSpec?, random: SecureRandom?) {
        val handle = key as? SecretHandle ?: throw InvalidKeyException("not a key of this store")
        val secret = checkNotNull(store.begin(handle.alias).secret)
        if (mode == Cipher.ENCRYPT_MODE && params != null) {
            throw java.security.InvalidAlgorithmParameterException("Caller-provided IV not permitted")
        }
        if (params is GCMParameterSpec) inner.init(mode, secret, params) else inner.init(mode, secret)
    }

    override fun engineInit(mode: Int, key: Key?, params: AlgorithmParameters?, random: SecureRandom?) =
        engineInit(mode, key, params?.getParameterSpec(GCMParameterSpec::class.java), random)

    override fun engineUpdateAAD(src: ByteArray, offset: Int, len: Int) = inner.updateAAD(src, offset, len)

    override fun engineUpdate(input: ByteArray?, off: Int, len: Int): ByteArray? =
        inner.update(input, off, len)

    override fun engineUpdate(input: ByteArray?, off: Int, len: Int, output: ByteArray?, at: Int): Int =
        inner.update(input, off, len, output, at)

    override fun engineDoFinal(input: ByteArray?, off: Int, len: Int): ByteArray =
        if (input == null) inner.doFinal() else inner.doFinal(input, off, len)

    override fun engineDoFinal(input: ByteArray?, off: Int, len: Int, output: ByteArray?, at: Int): Int =
        inner.doFinal(input, off, len, output, at)
}
