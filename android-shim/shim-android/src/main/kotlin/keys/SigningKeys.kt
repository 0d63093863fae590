/* The form of the signing keys: P-256, in the best place the phone has. */
package cn.lastmile.shim.keys

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyFactory
import java.security.KeyPairGenerator
import java.security.KeyStore
import java.security.PrivateKey
import java.security.spec.ECGenParameterSpec

/** Makes the key; says where it lies. Throws what the key store throws. */
internal fun generateSigningKey(alias: String, use: KeyUse, challenge: ByteArray?): Protection {
    val strongBox = try {
        generate(alias, use, challenge, strongBox = true)
        true
    } catch (_: StrongBoxUnavailableException) {
        generate(alias, use, challenge, strongBox = false)
        false
    }
    return if (strongBox) Protection.STRONGBOX else protectionOf(privateKey(alias))
}

private fun generate(alias: String, use: KeyUse, challenge: ByteArray?, strongBox: Boolean) {
    val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN)
        .setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))
        .setDigests(KeyProperties.DIGEST_SHA256)
        .setIsStrongBoxBacked(strongBox)
    if (challenge != null) spec.setAttestationChallenge(challenge)
    if (use == KeyUse.FINALISE) {
        // New fingerprints end this key: somebody who knows the screen lock must not become the officer.
        spec.setUserAuthenticationRequired(true).setInvalidatedByBiometricEnrollment(true)
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            spec.setUserAuthenticationParameters(0, KeyProperties.AUTH_BIOMETRIC_STRONG)
        }
    }
    KeyPairGenerator.getInstance(KeyProperties.KEY_ALGORITHM_EC, PROVIDER).run {
        initialize(spec.build())
        generateKeyPair()
    }
}

private fun privateKey(alias: String): PrivateKey =
    KeyStore.getInstance(PROVIDER).apply { load(null) }.getKey(alias, null) as PrivateKey

private fun protectionOf(key: PrivateKey): Protection {
    val info = KeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java)
    return if (isInHardware(info)) Protection.TEE else Protection.SOFTWARE
}

@Suppress("DEPRECATION") // before API 31 there is no other way to ask
private fun isInHardware(info: KeyInfo): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
        info.securityLevel != KeyProperties.SECURITY_LEVEL_SOFTWARE
    } else {
        info.isInsideSecureHardware
    }

/** The public side of [alias], or null when there is no such key; [recorded] is where it lies, if noted. */
internal fun readKey(store: KeyStore, alias: String, recorded: Protection?): DeviceKey? {
    val chain = store.getCertificateChain(alias) ?: return null
    val spki = chain.first().publicKey.encoded
    val attestation = if (chain.size > 1) chain.map { it.encoded } else emptyList()
    return DeviceKey(spki, recorded ?: protectionOf(store.getKey(alias, null) as PrivateKey), attestation)
}
