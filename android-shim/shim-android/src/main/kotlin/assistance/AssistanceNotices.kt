/* The notification of a request for help: what is known, in large, and a button to call. */
package cn.lastmile.shim.assistance

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.graphics.drawable.Icon
import android.net.Uri
import cn.lastmile.shim.words.Words
import java.util.Locale

/** Any thread. */
internal object AssistanceNotices {
    private const val CHANNEL = "lastmile.assistance"
    private const val RED = 0xffb00020.toInt()
    private val channelName = Words("求助", "Calls for help")
    private val call = Words("拨打110", "Call 110")

    /** For [notice]. Shown on the lock screen in full: it names nobody. */
    fun of(context: Context, notice: AssistanceNotice): Notification {
        val locale = context.resources.configuration.locales[0] ?: Locale.CHINA
        val manager = context.getSystemService(NotificationManager::class.java)
        manager?.createNotificationChannel(
            NotificationChannel(CHANNEL, channelName.of(locale), NotificationManager.IMPORTANCE_HIGH),
        )
        return Notification.Builder(context, CHANNEL)
            .setSmallIcon(android.R.drawable.stat_sys_warning)
            .setContentTitle(notice.title.of(locale))
            .setContentText(notice.line.of(locale))
            .setStyle(Notification.BigTextStyle().bigText(notice.line.of(locale)))
            .setCategory(Notification.CATEGORY_STATUS)
            .setVisibility(Notification.VISIBILITY_PUBLIC)
            .setOngoing(!notice.isOver)
            .setOnlyAlertOnce(!notice.urgent)
            .apply { if (notice.urgent) setColor(RED).addAction(callButton(context, locale)) }
            .build()
    }

    /** Opens the dialler with 110 in it; the person presses call. */
    private fun callButton(context: Context, locale: Locale): Notification.Action {
        val dial = Intent(Intent.ACTION_DIAL, Uri.fromParts("tel", "110", null))
            .addFlags(Intent.FLAG_ACTIVITY_NEW_TASK)
        val pending = PendingIntent.getActivity(context, 0, dial, PendingIntent.FLAG_IMMUTABLE)
        val icon = Icon.createWithResource(context, android.R.drawable.ic_menu_call)
        return Notification.Action.Builder(icon, call.of(locale), pending).build()
    }
}
