/* Making keys, and asking what a key is. */
package cn.lastmile.shim.testkit.keystore

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import java.security.InvalidAlgorithmParameterException
import java.security.Key
import java.security.KeyFactorySpi
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.PrivateKey
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.Security
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.ECGenParameterSpec
import java.security.spec.InvalidKeySpecException
import java.security.spec.KeySpec
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi

private fun specOf(parameters: AlgorithmParameterSpec?): KeyGenParameterSpec =
    parameters as? KeyGenParameterSpec
        ?: throw InvalidAlgorithmParameterException("KeyGenParameterSpec needed")

internal class FakePairGenerator(private val store: FakeKeystore) : KeyPairGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun initialize(keysize: Int, random: SecureRandom?) = error("a key without alias")

    override fun initialize(parameters: AlgorithmParameterSpec?, random: SecureRandom?) {
        spec = specOf(parameters)
        val curve = spec.algorithmParameterSpec as? ECGenParameterSpec
        if (curve?.name != "secp256r1") throw InvalidAlgorithmParameterException("P-256 only")
    }

    override fun generateKeyPair(): KeyPair {
        val level = store.levelFor(spec)
        val pair = KeyPairGenerator.getInstance("EC", provider(CURVES)).run {
            initialize(ECGenParameterSpec("secp256r1"))
            generateKeyPair()
        }
        val entry = FakeKeystore.Entry(spec, level, pair, null)
        entry.certificate = BareCertificate(pair.public)
        store.entries[spec.keystoreAlias] = entry
        store.made()
        return KeyPair(pair.public, PrivateHandle(spec.keystoreAlias))
    }
}

internal class FakeKeyGenerator(private val store: FakeKeystore) : KeyGeneratorSpi() {
    private lateinit var spec: KeyGenParameterSpec

    override fun engineInit(random: SecureRandom?) = error("a key without alias")
    override fun engineInit(keysize: Int, random: SecureRandom?) = error("a key without alias")

    override fun engineInit(parameters: AlgorithmParameterSpec?, random: SecureRandom?) {
        spec = specOf(parameters)
    }

    override fun engineGenerateKey(): SecretKey {
        val level = store.levelFor(spec)
        val secret = KeyGenerator.getInstance("AES", provider(CIPHERS)).run {
            init(256)
            generateKey()
        }
        store.entries[spec.keystoreAlias] = FakeKeystore.Entry(spec, level, null, secret)
        return SecretHandle(spec.keystoreAlias)
    }
}

/** What a key is, as far as the shim asks: where it lives. */
private fun infoOf(store: FakeKeystore, key: Key?): KeySpec {
    val handle = key as? Handle ?: throw InvalidKeySpecException("not a key of this store")
    val entry = store.entries[handle.alias] ?: throw InvalidKeySpecException("no such key")
    val spec = entry.spec
    return KeyInfo(
        handle.alias, true, KeyProperties.ORIGIN_GENERATED, spec.keySize, null, null, null, spec.purposes,
        spec.encryptionPaddings, spec.signaturePaddings, spec.digests, spec.blockModes,
        spec.isUserAuthenticationRequired, spec.userAuthenticationValidityDurationSeconds,
        spec.userAuthenticationType, true, false, false, spec.isInvalidatedByBiometricEnrollment, false,
        spec.isUnlockedDeviceRequired, entry.level, KeyProperties.UNRESTRICTED_USAGE_COUNT,
    )
}

private fun noImports(): Nothing = throw InvalidKeySpecException("no imports")

internal class FakeKeyFactory(private val store: FakeKeystore) : KeyFactorySpi() {
    override fun engineGeneratePublic(spec: KeySpec?): PublicKey = noImports()
    override fun engineGeneratePrivate(spec: KeySpec?): PrivateKey = noImports()
    override fun engineTranslateKey(key: Key?): Key = noImports()

    override fun <T : KeySpec?> engineGetKeySpec(key: Key?, type: Class<T>): T = type.cast(infoOf(store, key))
}

internal class FakeSecretKeyFactory(private val store: FakeKeystore) : SecretKeyFactorySpi() {
    override fun engineGenerateSecret(spec: KeySpec?): SecretKey = noImports()
    override fun engineTranslateKey(key: SecretKey?): SecretKey = noImports()

    override fun engineGetKeySpec(key: SecretKey?, type: Class<*>?): KeySpec = infoOf(store, key)
}

/** Who does the arithmetic of curves: Robolectric puts Bouncy Castle first, and the JDK's own then fails. */
internal const val CURVES = "BC"

/** Who does the arithmetic of ciphers. */
internal const val CIPHERS = "SunJCE"

internal fun provider(name: String): Provider = checkNotNull(Security.getProvider(name)) { name }
