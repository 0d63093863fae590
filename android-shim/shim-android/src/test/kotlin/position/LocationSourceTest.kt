/* Positions: off until asked for, off afterwards, and honest about what they are. */
package cn.lastmile.shim.position

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.location.Location
import android.location.LocationManager
import android.location.LocationManager.GPS_PROVIDER
import android.location.LocationManager.NETWORK_PROVIDER
import android.os.Looper
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class LocationSourceTest {
    private val context = RuntimeEnvironment.getApplication()
    private val manager = shadowOf(context.getSystemService(LocationManager::class.java))
    private val source = LocationSource(context)

    @Before
    fun allow() {
        shadowOf(context).grantPermissions(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)
        manager.setProviderEnabled(GPS_PROVIDER, true)
        manager.setProviderEnabled(NETWORK_PROVIDER, true)
    }

    private fun location(provider: String, accuracy: Float?, atMs: Long) = Location(provider).apply {
        latitude = 23.0288
        longitude = 113.1429
        accuracy?.let { this.accuracy = it }
        time = 1_773_709_500_000 + atMs
        elapsedRealtimeNanos = atMs * 1_000_000
    }

    private fun arrives(location: Location) {
        manager.simulateLocation(location)
        shadowOf(Looper.getMainLooper()).idle()
    }

    private fun requests() =
        listOf(GPS_PROVIDER, NETWORK_PROVIDER).sumOf { manager.getLegacyLocationRequests(it).size }

    @Test
    fun `off until it is started, and nothing is remembered afterwards`() {
        assertEquals(0, requests())
        source.start()
        source.start()
        assertEquals(2, requests())
        arrives(location(GPS_PROVIDER, 8f, 60_000))
        val fix = source.newest()!!
        assertEquals(Fix(23.0288, 113.1429, 8.0, true, 1_773_709_560_000, 60_000), fix)
        source.stop()
        assertEquals("one of two still needs it", fix, source.newest())
        source.stop()
        assertEquals(0, requests())
        assertNull(source.newest())
        source.stop()
        source.start()
        assertEquals("a stop too many takes nobody's start", 2, requests())
    }

    @Test
    fun `the better of two`() {
        source.start()
        arrives(location(GPS_PROVIDER, 8f, 60_000))
        arrives(location(NETWORK_PROVIDER, 900f, 65_000))
        assertTrue(source.newest()!!.gnss)
        arrives(location(NETWORK_PROVIDER, null, 95_000))
        assertEquals(null, source.newest()!!.accuracyM)
        assertEquals(false, source.newest()!!.gnss)
    }

    @Test
    fun `what was known before counts with its age`() {
        arrives(location(NETWORK_PROVIDER, 40f, 1_000))
        source.start()
        assertEquals(59L, source.newest()!!.ageS(60_000))
    }

    @Test
    fun `a pretended position says so`() {
        source.start()
        arrives(location(GPS_PROVIDER, 1f, 60_000).apply { isMock = true })
        assertTrue(source.newest()!!.mocked)
    }

    @Test
    fun `not allowed and switched off are told apart`() {
        manager.setProviderEnabled(GPS_PROVIDER, false)
        manager.setProviderEnabled(NETWORK_PROVIDER, false)
        assertThrows(PositionTrouble.SwitchedOff::class.java) { source.start() }
        shadowOf(context).denyPermissions(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION)
        assertThrows(PositionTrouble.NotPermitted::class.java) { source.start() }
        assertEquals(0, requests())
    }

    @Test
    fun `allowed only roughly, satellites are not asked`() {
        shadowOf(context).denyPermissions(ACCESS_FINE_LOCATION)
        source.start()
        assertEquals(0, manager.getLegacyLocationRequests(GPS_PROVIDER).size)
        assertEquals(1, manager.getLegacyLocationRequests(NETWORK_PROVIDER).size)
    }
}
