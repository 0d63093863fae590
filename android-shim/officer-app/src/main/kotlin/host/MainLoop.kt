/* The main thread as coroutines know it, and what the device says of itself. */
package cn.lastmile.officer.host

import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.BatteryManager
import android.os.Handler
import android.os.Looper
import android.os.StatFs
import android.print.PrintManager
import cn.lastmile.shim.show.DeviceFacts
import kotlinx.coroutines.CoroutineDispatcher
import kotlin.coroutines.CoroutineContext

/** Runs everything on the main thread, in its turn. */
internal object MainLoop : CoroutineDispatcher() {
    private val handler = Handler(Looper.getMainLooper())

    override fun dispatch(context: CoroutineContext, block: Runnable) {
        handler.post(block)
    }
}

/** Battery, storage, printer; null for what the device does not say. */
internal fun factsOf(context: Context): DeviceFacts {
    val battery = context.registerReceiver(null, IntentFilter(Intent.ACTION_BATTERY_CHANGED))
    val level = battery?.getIntExtra(BatteryManager.EXTRA_LEVEL, -1)?.takeIf { it >= 0 }
    val scale = battery?.getIntExtra(BatteryManager.EXTRA_SCALE, 100) ?: 100
    val free = try {
        StatFs(context.filesDir.path).availableBytes
    } catch (_: IllegalArgumentException) {
        null
    }
    // Whether a printer answers is only known while something is printed; that the service is there is not enough.
    val printer = if (context.getSystemService(PrintManager::class.java) == null) false else null
    val plugged = battery?.getIntExtra(BatteryManager.EXTRA_PLUGGED, 0) ?: 0
    return DeviceFacts(free, level?.let { it * 100 / scale }, plugged != 0, printer)
}
