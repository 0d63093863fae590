/* What the network is called, and that changes are followed. */
package cn.lastmile.shim.net

import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.net.NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL
import android.net.NetworkCapabilities.NET_CAPABILITY_INTERNET
import android.net.NetworkCapabilities.NET_CAPABILITY_NOT_METERED
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowNetwork
import org.robolectric.shadows.ShadowNetworkCapabilities

@RunWith(RobolectricTestRunner::class)
class NetworkWatchTest {
    private val context = RuntimeEnvironment.getApplication()
    private val manager = shadowOf(context.getSystemService(ConnectivityManager::class.java))

    private fun network(vararg capabilities: Int): NetworkCapabilities =
        ShadowNetworkCapabilities.newInstance().also { network ->
            capabilities.forEach { shadowOf(network).addCapability(it) }
        }

    @Test
    fun `four kinds`() {
        assertEquals(Link.NONE, linkOf(null))
        assertEquals(Link.METERED, linkOf(network(NET_CAPABILITY_INTERNET)))
        assertEquals(Link.UNMETERED, linkOf(network(NET_CAPABILITY_INTERNET, NET_CAPABILITY_NOT_METERED)))
        assertEquals(Link.CAPTIVE, linkOf(network(NET_CAPABILITY_NOT_METERED, NET_CAPABILITY_CAPTIVE_PORTAL)))
    }

    @Test
    fun `changes are followed until it is closed`() {
        val watch = NetworkWatch(context)
        val callback = manager.networkCallbacks.single()
        val wifi = ShadowNetwork.newInstance(7)
        callback.onCapabilitiesChanged(wifi, network(NET_CAPABILITY_NOT_METERED))
        assertEquals(Link.UNMETERED, watch.link.value)
        callback.onLost(wifi)
        assertEquals(Link.NONE, watch.link.value)
        watch.close()
        assertEquals(0, manager.networkCallbacks.size)
    }
}
