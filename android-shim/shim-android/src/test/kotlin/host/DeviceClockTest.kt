/* The clocks, and which boot they count from. */
package cn.lastmile.shim.host

import android.os.SystemClock
import android.provider.Settings
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.shadows.ShadowSystemClock
import java.time.Duration

@RunWith(RobolectricTestRunner::class)
class DeviceClockTest {
    private val context = RuntimeEnvironment.getApplication()

    private fun boot(count: Int): ByteArray {
        Settings.Global.putInt(context.contentResolver, Settings.Global.BOOT_COUNT, count)
        return DeviceClock(context).now().boot
    }

    @Test
    fun `time since boot goes on by itself`() {
        val clock = DeviceClock(context)
        val before = clock.now().monotonicMs
        assertEquals(SystemClock.elapsedRealtime().toULong(), before)
        ShadowSystemClock.advanceBy(Duration.ofSeconds(7))
        assertEquals(before + 7_000uL, clock.now().monotonicMs)
    }

    @Test
    fun `each boot is another, the same one is the same`() {
        assertArrayEquals(boot(5), boot(5))
        assertFalse(boot(5).contentEquals(boot(6)))
        assertEquals(8, boot(5).size)
        assertFalse("a system that does not count", boot(-1).contentEquals(boot(-1)))
    }
}
