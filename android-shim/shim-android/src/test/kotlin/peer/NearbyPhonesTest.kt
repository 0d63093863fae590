/* Finding phones on the hotspot: what is announced, what is believed. */
package cn.lastmile.shim.peer

import android.net.nsd.NsdManager
import android.net.nsd.NsdServiceInfo
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.net.InetAddress

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
class NearbyPhonesTest {
    private val context = RuntimeEnvironment.getApplication()
    private val discovery = shadowOf(context.getSystemService(NsdManager::class.java))
    private val nearby = NearbyPhones(context)

    @Suppress("DEPRECATION") // its successor came with API 34
    private fun service(address: String, port: Int = 48_110) = NsdServiceInfo().apply {
        serviceName = "lm-00000001"
        serviceType = "_lastmile._tcp"
        host = InetAddress.getByName(address)
        this.port = port
    }

    @Test
    fun `only doors of the local network are believed`() {
        assertEquals(PeerAddress("192.168.43.7", 48_110), addressOf(service("192.168.43.7")))
        assertNull(addressOf(service("93.184.215.14")))
        assertNull(addressOf(service("fe80::1")))
        assertNull(addressOf(service("192.168.43.7", port = 0)))
        assertNull("not resolved yet", addressOf(NsdServiceInfo()))
    }

    @Test
    fun `what is found is resolved and told, until nobody listens`() = runTest {
        val found = mutableListOf<PeerAddress>()
        val collecting = launch(UnconfinedTestDispatcher(testScheduler)) { nearby.found().toList(found) }
        val listener = discovery.getDiscoveryListeners("_lastmile._tcp")!!.single()
        val phone = service("192.168.43.7")
        listener.onServiceFound(phone)
        discovery.getResolveListeners(phone)!!.single().onServiceResolved(phone)
        assertEquals(listOf(PeerAddress("192.168.43.7", 48_110)), found)
        collecting.cancel()
        testScheduler.runCurrent()
        assertTrue(discovery.getDiscoveryListeners("_lastmile._tcp").isNullOrEmpty())
    }

    @Test
    fun `without a Wi-Fi the socket is a plain one`() = nearby.socket().use { assertFalse(it.isConnected) }
}
