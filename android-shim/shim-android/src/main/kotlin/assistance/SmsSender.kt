/*
 * Text messages through Android's SmsManager. What Android reports is that the network took one, not that
 * anybody read it.
 */
package cn.lastmile.shim.assistance

import android.Manifest.permission.SEND_SMS
import android.app.Activity
import android.app.PendingIntent
import android.content.BroadcastReceiver
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.net.Uri
import android.os.Build
import android.telephony.SmsManager
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.withTimeoutOrNull
import java.util.UUID

/** Any thread. */
class SmsSender(private val context: Context) : TextSender {
    override suspend fun send(message: TextMessage) {
        if (context.checkSelfPermission(SEND_SMS) != PERMISSION_GRANTED) throw TextTrouble.NotPermitted()
        // Nobody guesses it: before API 33 any app could answer, and a text of an earlier process still does.
        val action = "${context.packageName}.lastmile.TEXT_SENT.${UUID.randomUUID()}"
        val answer = CompletableDeferred<Int>()
        val receiver = object : BroadcastReceiver() {
            override fun onReceive(context: Context?, intent: Intent?) {
                answer.complete(resultCode)
            }
        }
        register(receiver, IntentFilter(action))
        try {
            hand(message, action)
            val code = withTimeoutOrNull(ANSWER_MS) { answer.await() } ?: NO_ANSWER
            if (code != Activity.RESULT_OK) throw TextTrouble.NotSent(code)
        } finally {
            context.unregisterReceiver(receiver)
        }
    }

    private fun hand(message: TextMessage, action: String) {
        val sent = Intent(action).setPackage(context.packageName)
        val flags = PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_ONE_SHOT
        val whenSent = PendingIntent.getBroadcast(context, 0, sent, flags)
        try {
            manager().sendTextMessage(message.number, null, message.text, whenSent, null)
        } catch (_: RuntimeException) {
            // A tablet without telephone, a permission taken back, a number that is none.
            throw TextTrouble.NotSent(NO_ANSWER)
        }
    }

    private fun register(receiver: BroadcastReceiver, filter: IntentFilter) {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            context.registerReceiver(receiver, filter, Context.RECEIVER_NOT_EXPORTED)
        } else {
            context.registerReceiver(receiver, filter)
        }
    }

    @Suppress("DEPRECATION") // before API 31 there is no other way
    private fun manager(): SmsManager =
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            checkNotNull(context.getSystemService(SmsManager::class.java))
        } else {
            SmsManager.getDefault()
        }

    companion object {
        /** How long the network is waited for, milliseconds. */
        const val ANSWER_MS: Long = 60_000
        private const val NO_ANSWER = 0

        /** Opens the messages app with [message] ready to send: where the app itself may not. */
        fun byHand(message: TextMessage): Intent =
            Intent(Intent.ACTION_SENDTO, Uri.fromParts("smsto", message.number, null))
                .putExtra("sms_body", message.text)
                .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
    }
}
