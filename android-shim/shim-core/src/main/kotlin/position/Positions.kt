/*
 * Where the phone is, as the device says it, and which of two fixes says more. Datum is always WGS-84, as
 * the satellites give it; converting for a map's display is the core's.
 */
package cn.lastmile.shim.position

import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words

/**
 * One fix.
 *
 * [latitude] and [longitude] in degrees, WGS-84; [accuracyM] the radius in metres within which it is right
 * in two of three cases, null when the device does not say; [gnss] when it came from satellites, else from
 * networks; [atMs] when it was by the device's clock, milliseconds since 1970; [elapsedMs] the same moment
 * by the clock that nobody can set, milliseconds since boot. [mocked] when an app pretended it.
 */
data class Fix(
    val latitude: Double,
    val longitude: Double,
    val accuracyM: Double?,
    val gnss: Boolean,
    val atMs: Long,
    val elapsedMs: Long,
    val mocked: Boolean = false,
) {
    /** How old it is at [nowElapsedMs] (milliseconds since boot), seconds, never negative. */
    fun ageS(nowElapsedMs: Long): Long = (nowElapsedMs - elapsedMs).coerceAtLeast(0) / 1_000
}

/** A source that is off until somebody needs it, and on for as long as anybody does: starts and stops are counted. */
interface PositionSource {
    /**
     * The best fix, which may be older than [start]: look at its age. Null when there is none or the source is off.
     * At once, any thread.
     */
    fun newest(): Fix?

    /** Begins to follow. Throws [PositionTrouble], and then needs no [stop]. Any thread. */
    fun start()

    /** Takes one [start] back; the last one ends following and forgets where the phone was. Any thread. */
    fun stop()
}

/** The device does not say where it is. Nothing is refused because of it: a person can pick the place. */
sealed class PositionTrouble(
    override val code: String,
    override val words: Words,
    cause: Throwable? = null,
) : Exception(code, cause), Trouble {
    /** The person did not allow it. */
    class NotPermitted(cause: Throwable? = null) : PositionTrouble(
        "position_not_permitted",
        Words(
            "未授予定位权限,请在系统设置中允许,或在地图上选点。",
            "Location is not allowed; allow it in the settings, or pick the place on the map.",
        ),
        cause,
    )

    /** Location is switched off on the device. */
    class SwitchedOff : PositionTrouble(
        "position_switched_off",
        Words(
            "手机定位已关闭,请打开定位,或在地图上选点。",
            "Location is switched off; turn it on, or pick the place on the map.",
        ),
    )
}

/** A fix older than this says little about where the phone is now. */
const val STALE_MS: Long = 30_000

/**
 * Whether [new] should take the place of [old]: it does unless it is older, or less accurate while the old
 * one is still fresh. A real fix always replaces a pretended one and never the other way round.
 */
fun isBetter(new: Fix, old: Fix?): Boolean {
    if (old == null) return true
    if (new.mocked != old.mocked) return old.mocked
    val youngerMs = new.elapsedMs - old.elapsedMs
    return when {
        youngerMs < 0 -> false
        youngerMs >= STALE_MS -> true
        else -> (new.accuracyM ?: Double.MAX_VALUE) <= (old.accuracyM ?: Double.MAX_VALUE)
    }
}
