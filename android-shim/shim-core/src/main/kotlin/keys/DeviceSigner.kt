/*
 * Keys that sign for a person on this phone, as the core wants them: P-256 with SHA-256, made by the
 * device and never seen outside it. How a device keeps them is not said here.
 */
package cn.lastmile.shim.keys

import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words

/** Where a private key lives. [code] goes to the court with the application for a certificate. */
enum class Protection(val code: String) {
    /** A chip of its own (StrongBox). */
    STRONGBOX("strongbox"),

    /** The processor's protected world (TEE). */
    TEE("tee"),

    /** Only the operating system guards it. */
    SOFTWARE("software"),
}

/** What a key is for; each has its own alias and certificate. */
enum class KeyUse {
    /** Every save: must work without asking the person. */
    RECORD,

    /** Finalising (定稿) a record: asks for fingerprint or face each time. */
    FINALISE,
}

/**
 * The public side of a key.
 *
 * [spki] is the SubjectPublicKeyInfo in DER as `PublicKey.getEncoded()` gives it; [attestation] the
 * certificates by which the device's maker vouches for the key, leaf first, in DER, empty when there are
 * none.
 */
class DeviceKey(val spki: ByteArray, val protection: Protection, val attestation: List<ByteArray>)

/** A private key of the device. May be used from any thread. */
interface DeviceSigner {
    /** The key; from memory, so at once. */
    val key: DeviceKey

    /**
     * Signs [message], hashing it by SHA-256 on the way; gives an ECDSA signature in DER that was verified
     * with [key] before it is handed out. Takes 80 to 600 ms on phones, and one at a time: calls wait for
     * each other. Throws [KeyTrouble].
     */
    suspend fun sign(message: ByteArray): ByteArray
}

/** A key of the device could not be used. */
sealed class KeyTrouble(
    override val code: String,
    override val words: Words,
    cause: Throwable? = null,
) : Exception(code, cause), Trouble {
    /** The key wants the person's fingerprint or face, and did not get it. Ask again. */
    class NotAuthenticated(cause: Throwable? = null) : KeyTrouble(
        "key_not_authenticated",
        Words("需要指纹或人脸确认,请再试一次。", "Fingerprint or face is needed; please try again."),
        cause,
    )

    /** The key is gone for good; the person needs a new certificate. What was signed stays valid. */
    class KeyInvalidated(cause: Throwable? = null) : KeyTrouble(
        "key_invalidated",
        Words(
            "本机的签名密钥已失效(指纹或锁屏设置被更改)。已签名的记录仍然有效,请联系管理员重新登记本机。",
            "This phone's signing key is gone (fingerprints or screen lock were changed). What was signed " +
                "stays valid; ask the administrator to register this phone again.",
        ),
        cause,
    )

    /** The device is locked. Unlock it and go on. */
    class Locked(cause: Throwable? = null) : KeyTrouble(
        "key_locked",
        Words("手机已锁定,解锁后继续。", "The phone is locked; unlock it to go on."),
        cause,
    )

    /** The key store does not answer now. Nothing is lost; try later. */
    class Unavailable(cause: Throwable? = null) : KeyTrouble(
        "key_unavailable",
        Words("手机密钥库暂时无响应,稍后会自动重试。", "The key store does not answer now; it is tried again later."),
        cause,
    )
}
