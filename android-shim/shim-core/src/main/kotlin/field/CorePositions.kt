/* Where the device is, as the core wants it. */
package cn.lastmile.shim.field

import cn.lastmile.core.Fix
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.core.PositionSource as CoreSource

/**
 * Gives [source]'s newest fix to the core with its age; [elapsedMs] is the clock that nobody can set, milliseconds
 * since boot (`SystemClock::elapsedRealtime`). A position that an app pretended is no position: a record without a
 * place is honest, one with a false place is not.
 */
class CorePositions(private val source: PositionSource, private val elapsedMs: () -> Long) : CoreSource {
    override fun newest(): Fix? {
        val fix = source.newest()?.takeUnless { it.mocked } ?: return null
        val ageS = fix.ageS(elapsedMs()).coerceAtMost(Int.MAX_VALUE.toLong()).toUInt()
        return Fix(fix.latitude, fix.longitude, fix.accuracyM, fix.gnss, ageS, fix.atMs)
    }
}
