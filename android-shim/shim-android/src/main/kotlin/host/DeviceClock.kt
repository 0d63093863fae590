/* The phone's clocks, for the core, which keeps all of them as evidence and believes none. */
package cn.lastmile.shim.host

import android.content.Context
import android.os.SystemClock
import android.provider.Settings
import cn.lastmile.core.Clock
import cn.lastmile.core.Moment
import java.nio.ByteBuffer
import java.security.SecureRandom

/** At once, any thread. */
class DeviceClock(context: Context) : Clock {
    /** Where the system does not count its boots, each process counts as one: claiming less is safe. */
    private val boot: ByteArray = run {
        val count = Settings.Global.getInt(context.contentResolver, Settings.Global.BOOT_COUNT, -1)
        val number = if (count >= 0) count.toLong() else SecureRandom().nextLong()
        ByteBuffer.allocate(Long.SIZE_BYTES).putLong(number).array()
    }

    /** Now: the wall clock, perhaps wrong, and the time since boot, deep sleep included. */
    override fun now() = Moment(System.currentTimeMillis(), SystemClock.elapsedRealtime().toULong(), boot.clone())
}
