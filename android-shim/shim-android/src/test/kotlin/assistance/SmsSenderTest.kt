/* Text messages: allowed or not, taken by the network or not. */
package cn.lastmile.shim.assistance

import android.Manifest.permission.SEND_SMS
import android.app.Activity
import android.os.Looper
import android.telephony.SmsManager
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.async
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
class SmsSenderTest {
    private val context = RuntimeEnvironment.getApplication()
    private val manager = shadowOf(context.getSystemService(SmsManager::class.java))
    private val message = TextMessage("10690110", "LM1:abc")

    private fun allow() = shadowOf(context).grantPermissions(SEND_SMS)

    private fun TestScope.sending() = async(UnconfinedTestDispatcher(testScheduler)) {
        runCatching { SmsSender(context).send(message) }.exceptionOrNull()
    }

    /** The network's answer to the newest text. */
    private fun answer(code: Int) {
        manager.lastSentTextMessageParams.sentIntent.send(code)
        shadowOf(Looper.getMainLooper()).idle()
    }

    @Test
    fun `taken by the network`() = runTest {
        allow()
        val sending = sending()
        assertEquals("LM1:abc", manager.lastSentTextMessageParams.text)
        assertEquals("10690110", manager.lastSentTextMessageParams.destinationAddress)
        answer(Activity.RESULT_OK)
        assertNull(sending.await())
        assertEquals("nobody listens any more", 0, listeners())
    }

    @Test
    fun `the answer to one text is not another's`() = runTest {
        allow()
        val first = sending()
        val firstAnswer = manager.lastSentTextMessageParams.sentIntent
        val second = sending()
        answer(Activity.RESULT_OK)
        assertNull(second.await())
        assertTrue("the first one waits", first.isActive)
        firstAnswer.send(SmsManager.RESULT_ERROR_NO_SERVICE)
        shadowOf(Looper.getMainLooper()).idle()
        assertEquals("text_not_sent", (first.await() as TextTrouble).code)
    }

    @Test
    fun `what the system does not take was not sent`() = runTest {
        allow()
        val failed = runCatching { SmsSender(context).send(TextMessage("", "LM1:abc")) }.exceptionOrNull()
        assertEquals("text_not_sent", (failed as TextTrouble).code)
        assertEquals(0, listeners())
    }

    @Test
    fun `refused by the network`() = runTest {
        allow()
        val sending = sending()
        answer(SmsManager.RESULT_ERROR_NO_SERVICE)
        assertEquals(SmsManager.RESULT_ERROR_NO_SERVICE, (sending.await() as TextTrouble.NotSent).number)
        assertEquals(0, listeners())
    }

    @Test
    fun `a network that never answers`() = runTest {
        allow()
        val sending = sending()
        advanceTimeBy(SmsSender.ANSWER_MS + 1)
        assertEquals("text_not_sent", (sending.await() as TextTrouble).code)
        assertEquals(0, listeners())
    }

    @Test
    fun `without permission nothing is sent, the person can do it by hand`() = runTest {
        assertEquals("text_not_permitted", (sending().await() as TextTrouble).code)
        assertNull(manager.lastSentTextMessageParams)
        val byHand = SmsSender.byHand(message)
        assertEquals("smsto:10690110", byHand.dataString)
        assertEquals("LM1:abc", byHand.getStringExtra("sms_body"))
    }

    private fun listeners() = shadowOf(context).registeredReceivers.count { wrapper ->
        wrapper.intentFilter.actionsIterator().asSequence().any { it.contains("TEXT_SENT") }
    }
}
