/*
 * That the officer printed a test page today. Android does not say whether a printer answers before something is
 * printed, so a person says it; the check before leaving believes it for that day.
 */
package cn.lastmile.officer.desk

import android.content.Context

/** The last one on this phone. */
class PrinterTrial(context: Context) {
    private val kept = context.getSharedPreferences("officer.printer", Context.MODE_PRIVATE)

    /** When, milliseconds since 1970 by the phone; null when it was never said. */
    val atMs: Long? get() = kept.getLong(AT, 0).takeIf { it > 0 }

    /** It was at [nowMs]. On the disk when this returns. */
    fun done(nowMs: Long) {
        kept.edit().putLong(AT, nowMs).commit()
    }

    private companion object {
        const val AT = "at"
    }
}
