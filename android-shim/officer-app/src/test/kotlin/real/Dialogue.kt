/* The system's dialogue for a fingerprint, answered by the test; Robolectric has none of its own. */
package cn.lastmile.officer.real

import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import cn.lastmile.shim.testkit.keystore.confirm
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import java.util.concurrent.Executor

/** Remembers what it asked in [asked]; the person agrees unless [refuses], and then to [agreesTo] alone. */
@Implements(BiometricPrompt::class)
class Dialogue {
    @RealObject
    lateinit var prompt: BiometricPrompt

    @Implementation
    @Suppress("UNUSED_PARAMETER")
    fun authenticate(
        operation: BiometricPrompt.CryptoObject,
        cancel: CancellationSignal,
        executor: Executor,
        callback: BiometricPrompt.AuthenticationCallback,
    ) {
        asked += "${prompt.title}"
        if (refuses && "${prompt.title}" != agreesTo) callback.onAuthenticationError(BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED, "…")
        else {
            operation.signature?.let(::confirm)
            callback.onAuthenticationSucceeded(null)
        }
    }

    companion object {
        val asked = java.util.concurrent.CopyOnWriteArrayList<String>()

        @Volatile
        var refuses = false

        @Volatile
        var agreesTo: String? = null
    }
}
