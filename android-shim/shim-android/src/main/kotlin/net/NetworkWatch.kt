/* The network as Android's ConnectivityManager tells it. */
package cn.lastmile.shim.net

import android.content.Context
import android.net.ConnectivityManager
import android.net.ConnectivityManager.NetworkCallback
import android.net.Network
import android.net.NetworkCapabilities
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow

/** Follows until closed. Any thread. */
class NetworkWatch(context: Context) : Connectivity, AutoCloseable {
    private val manager: ConnectivityManager =
        checkNotNull(context.getSystemService(ConnectivityManager::class.java))
    private val state = MutableStateFlow(linkOf(manager.activeNetwork?.let(manager::getNetworkCapabilities)))

    override val link: StateFlow<Link> = state.asStateFlow()

    private val callback = object : NetworkCallback() {
        override fun onCapabilitiesChanged(network: Network, capabilities: NetworkCapabilities) {
            state.value = linkOf(capabilities)
        }

        override fun onLost(network: Network) {
            state.value = Link.NONE
        }
    }

    init {
        manager.registerDefaultNetworkCallback(callback)
    }

    /** No changes any more. */
    override fun close() = manager.unregisterNetworkCallback(callback)
}

/**
 * Whether the system found the internet behind it is not asked: where its own test page is blocked it never
 * does.
 */
internal fun linkOf(capabilities: NetworkCapabilities?): Link = when {
    capabilities == null -> Link.NONE
    capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_CAPTIVE_PORTAL) -> Link.CAPTIVE
    capabilities.hasCapability(NetworkCapabilities.NET_CAPABILITY_NOT_METERED) -> Link.UNMETERED
    else -> Link.METERED
}
