/* The system's own dialogue for fingerprint or face, of the framework: no Google services, no androidx. */
package cn.lastmile.shim.keys

import android.content.Context
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.suspendCancellableCoroutine
import java.security.Signature
import java.util.Locale
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/**
 * [context] is the activity on the screen. [what] says what is being confirmed, such as 「定稿查封笔录」; no
 * names. Cancelling the coroutine closes the dialogue.
 */
class BiometricPresence(private val context: Context, private val what: Words) : Presence {
    override suspend fun confirm(signature: Signature) = suspendCancellableCoroutine { waiting ->
        val cancel = CancellationSignal()
        waiting.invokeOnCancellation { cancel.cancel() }
        val locale = context.resources.configuration.locales[0] ?: Locale.CHINA
        val refused = { _: Any?, _: Int ->
            if (waiting.isActive) waiting.resumeWithException(KeyTrouble.NotAuthenticated())
        }
        val answer = object : BiometricPrompt.AuthenticationCallback() {
            override fun onAuthenticationSucceeded(result: BiometricPrompt.AuthenticationResult?) {
                if (waiting.isActive) waiting.resume(Unit)
            }

            override fun onAuthenticationError(code: Int, text: CharSequence?) {
                if (waiting.isActive) waiting.resumeWithException(troubleOf(code))
            }
        }
        BiometricPrompt.Builder(context)
            .setTitle(what.of(locale))
            .setNegativeButton(cancelWords.of(locale), context.mainExecutor, refused)
            .build()
            .authenticate(BiometricPrompt.CryptoObject(signature), cancel, context.mainExecutor, answer)
    }

    private companion object {
        val cancelWords = Words("取消", "Cancel")

        fun troubleOf(code: Int): KeyTrouble = when (code) {
            BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE,
            BiometricPrompt.BIOMETRIC_ERROR_UNABLE_TO_PROCESS,
            -> KeyTrouble.Unavailable()
            else -> KeyTrouble.NotAuthenticated()
        }
    }
}
