/* The system's dialogue: what it is asked, and what each answer becomes. */
package cn.lastmile.shim.keys

import android.app.Activity
import android.hardware.biometrics.BiometricPrompt
import android.os.CancellationSignal
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.annotation.RealObject
import java.security.Signature
import java.util.concurrent.Executor

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
@Config(shadows = [BiometricPresenceTest.Dialogue::class], qualifiers = "zh-rCN")
class BiometricPresenceTest {
    /** The dialogue as it was opened; Robolectric has none of its own. */
    @Implements(BiometricPrompt::class)
    class Dialogue {
        @RealObject
        lateinit var prompt: BiometricPrompt

        @Implementation
        fun authenticate(
            operation: BiometricPrompt.CryptoObject,
            cancel: CancellationSignal,
            @Suppress("UNUSED_PARAMETER") executor: Executor,
            callback: BiometricPrompt.AuthenticationCallback,
        ) {
            opened = this
            signature = operation.signature
            cancelled = cancel
            answer = callback
        }

        companion object {
            var opened: Dialogue? = null
            var signature: Signature? = null
            lateinit var cancelled: CancellationSignal
            lateinit var answer: BiometricPrompt.AuthenticationCallback
        }
    }

    private val signature = Signature.getInstance("SHA256withECDSA")
    private val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
    private val presence = BiometricPresence(activity, Words("定稿查封笔录", "Finalise the record of sealing"))

    private fun TestScope.asking(): Deferred<Throwable?> = async(UnconfinedTestDispatcher(testScheduler)) {
        runCatching { presence.confirm(signature) }.exceptionOrNull()
    }

    @Test
    fun `the person is asked for this one signature, in words`() = runTest {
        val asking = asking()
        assertEquals("定稿查封笔录", Dialogue.opened!!.prompt.title)
        assertEquals("取消", Dialogue.opened!!.prompt.negativeButtonText)
        assertSame(signature, Dialogue.signature)
        Dialogue.answer.onAuthenticationSucceeded(null)
        assertNull(asking.await())
    }

    @Test
    fun `a finger that was not recognised may try again`() = runTest {
        val asking = asking()
        Dialogue.answer.onAuthenticationFailed()
        assertTrue(asking.isActive)
        Dialogue.answer.onAuthenticationSucceeded(null)
        assertNull(asking.await())
    }

    @Test
    fun `whoever gives up is not authenticated, a broken sensor is unavailable`() = runTest {
        val codes = mapOf(
            BiometricPrompt.BIOMETRIC_ERROR_USER_CANCELED to "key_not_authenticated",
            BiometricPrompt.BIOMETRIC_ERROR_LOCKOUT to "key_not_authenticated",
            BiometricPrompt.BIOMETRIC_ERROR_HW_UNAVAILABLE to "key_unavailable",
        )
        for ((code, expected) in codes) {
            val asking = asking()
            Dialogue.answer.onAuthenticationError(code, "…")
            Dialogue.answer.onAuthenticationError(code, "the system says it twice")
            assertEquals(expected, (asking.await() as KeyTrouble).code)
        }
    }

    @Test
    fun `given up by the app, the dialogue closes`() = runTest {
        val asking = asking()
        asking.cancelAndJoin()
        assertTrue(Dialogue.cancelled.isCanceled)
        Dialogue.answer.onAuthenticationError(BiometricPrompt.BIOMETRIC_ERROR_CANCELED, "…")
    }
}
