/*
 * Positions from Android's own LocationManager: no Google services. Off until somebody starts it; after the last
 * one stopped it nothing is remembered. Datum is WGS-84, as Android defines a Location.
 */
package cn.lastmile.shim.position

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.content.Context
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.location.Location
import android.location.LocationListener
import android.location.LocationManager
import android.os.Build
import android.os.Bundle
import android.os.Looper

/** [everyMs]: how often a fix is wanted, milliseconds. */
class LocationSource(
    private val context: Context,
    private val everyMs: Long = 10_000,
) : PositionSource {
    private val manager: LocationManager = checkNotNull(context.getSystemService(LocationManager::class.java))
    private var listener: LocationListener? = null
    private var best: Fix? = null
    private var users = 0

    @Synchronized
    override fun newest(): Fix? = best

    @Synchronized
    override fun start() {
        if (listener == null) follow()
        users++
    }

    private fun follow() {
        if (!isAllowed(ACCESS_FINE_LOCATION) && !isAllowed(ACCESS_COARSE_LOCATION)) {
            throw PositionTrouble.NotPermitted()
        }
        val providers = wanted()
        if (providers.isEmpty()) throw PositionTrouble.SwitchedOff()
        val following = Following()
        listener = following
        try {
            for (provider in providers) {
                manager.getLastKnownLocation(provider)?.let(::take)
                manager.requestLocationUpdates(provider, everyMs, 0f, following, Looper.getMainLooper())
            }
        } catch (refused: SecurityException) {
            end()
            throw PositionTrouble.NotPermitted(refused)
        }
    }

    @Synchronized
    override fun stop() {
        if (users > 0 && --users == 0) end()
    }

    private fun end() {
        listener?.let(manager::removeUpdates)
        listener = null
        best = null
    }

    private fun wanted(): List<String> {
        val precise = isAllowed(ACCESS_FINE_LOCATION)
        return listOf(LocationManager.GPS_PROVIDER, LocationManager.NETWORK_PROVIDER)
            .filter { precise || it != LocationManager.GPS_PROVIDER }
            .filter { it in manager.allProviders && manager.isProviderEnabled(it) }
    }

    private fun isAllowed(permission: String) = context.checkSelfPermission(permission) == PERMISSION_GRANTED

    @Synchronized
    private fun take(location: Location) {
        val fix = fixOf(location)
        if (listener != null && isBetter(fix, best)) best = fix
    }

    private inner class Following : LocationListener {
        override fun onLocationChanged(location: Location) = take(location)

        // Before API 30 these have no default and the system calls them.
        override fun onProviderEnabled(provider: String) = Unit
        override fun onProviderDisabled(provider: String) = Unit

        @Deprecated("called by old systems")
        override fun onStatusChanged(provider: String?, status: Int, extras: Bundle?) = Unit
    }
}

/** A location of the framework as a fix. */
internal fun fixOf(location: Location) = Fix(
    latitude = location.latitude,
    longitude = location.longitude,
    accuracyM = if (location.hasAccuracy()) location.accuracy.toDouble() else null,
    gnss = location.provider == LocationManager.GPS_PROVIDER,
    atMs = location.time,
    elapsedMs = location.elapsedRealtimeNanos / 1_000_000,
    mocked = isMocked(location),
)

@Suppress("DEPRECATION") // before API 31 under another name
private fun isMocked(location: Location): Boolean =
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) location.isMock else location.isFromMockProvider
