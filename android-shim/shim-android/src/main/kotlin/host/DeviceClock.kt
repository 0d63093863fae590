/* The phone's clocks, for the core, which keeps all of them as evidence and believes none. */
package cn.lastmile.shim.host

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import java.nio.ByteBuffer
import java.security.SecureRandom

/**
 * One moment. [deviceMs]: wall clock, milliseconds since 1970, perhaps wrong. [monotonicMs]: milliseconds
 * since boot, deep sleep included. [boot]: eight bytes that differ from boot to boot.
 */
class DeviceMoment(val deviceMs: Long, val monotonicMs: Long, val boot: ByteArray)

/** At once, any thread. */
class DeviceClock(context: Context) {
    /** Where the system does not count its boots, each process counts as one: claiming less is safe. */
    private val boot: ByteArray = run {
        val count = Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, -1)
        val number = if (count >= 0) count.toLong() else SecureRandom().nextLong()
        ByteBuffer.allocate(Long.SIZE_BYTES).putLong(number).array()
    }

    /** Now. */
    fun now() = DeviceMoment(System.currentTimeMillis(), SystemClock.elapsedRealtime(), boot.clone())
}
