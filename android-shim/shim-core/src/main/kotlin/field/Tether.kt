/*
 * Whether anything of a core still lives on the library's side. A call that was given up goes on there to its next safe
 * point, and nobody here hears of its end. But the library lets go of what it was given when the last of a phone is gone,
 * after its store is closed: so each phone is given this to hold, and the bindings know whether it is still held.
 */
package cn.lastmile.shim.field

import cn.lastmile.core.FfiConverterTypePositionSource
import cn.lastmile.core.Fix
import cn.lastmile.core.PositionSource

/** The phone's positions, from [source] where there is one. [FieldCore] alone gives any to the library, one at a time. */
internal class Tether(private val source: PositionSource?) : PositionSource {
    override fun newest(): Fix? = source?.newest()

    companion object {
        /** How often to look, milliseconds: the library says nothing when it lets go. */
        private const val LOOK_MS = 10L

        /** Waits until no phone of this process lives any more, at most [waitMs] milliseconds; whether that is so. */
        fun released(waitMs: Long): Boolean {
            val endNs = System.nanoTime() + waitMs * 1_000_000
            while (FfiConverterTypePositionSource.handleMap.size > 0) {
                if (System.nanoTime() >= endNs) return false
                Thread.sleep(LOOK_MS)
            }
            return true
        }
    }
}
