/*
 * What became of the background contacts: for the line 「上次联系 09:12」 and for whoever asks why a phone is
 * silent. Codes, times, and words without names.
 */
package cn.lastmile.shim.sync

import android.content.Context
import cn.lastmile.shim.words.Words

/** Any thread. */
class SyncDiary(context: Context, private val nowMs: () -> Long = System::currentTimeMillis) {
    private val notes = context.getSharedPreferences("lastmile.sync.diary", Context.MODE_PRIVATE)

    /** When a background contact last ended well, by the device's clock, milliseconds since 1970. */
    val lastDoneMs: Long? get() = notes.getLong(DONE, 0).takeIf { it > 0 }

    /** How the last one ended: a [SyncOutcome] in lower case. */
    val lastOutcome: String? get() = notes.getString(OUTCOME, null)

    /** Why the system last ended one before its end: the code of a [StopReason]. */
    val lastStop: String? get() = notes.getString(STOP, null)

    /** What the last one needs a person for, in the words for the screen; null when it needs nobody. */
    val lastTrouble: Words? get() {
        val (zh, en) = listOf(TROUBLE_ZH, TROUBLE_EN).map { notes.getString(it, null) ?: return null }
        return Words(zh, en)
    }

    internal fun ended(outcome: SyncOutcome, trouble: Words? = null) {
        val edit = notes.edit().putString(OUTCOME, outcome.name.lowercase())
        edit.putString(TROUBLE_ZH, trouble?.zh).putString(TROUBLE_EN, trouble?.en)
        if (outcome == SyncOutcome.DONE || outcome == SyncOutcome.MORE_WAITS) edit.putLong(DONE, nowMs())
        edit.apply()
    }

    internal fun stopped(reason: StopReason) = notes.edit().putString(STOP, reason.code).apply()

    private companion object {
        const val DONE = "done"
        const val OUTCOME = "outcome"
        const val STOP = "stop"
        const val TROUBLE_ZH = "trouble.zh"
        const val TROUBLE_EN = "trouble.en"
    }
}
