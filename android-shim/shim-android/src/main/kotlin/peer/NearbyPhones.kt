/*
 * Phones on the same hotspot find each other by the network's own service discovery (DNS-SD). A name says
 * nothing but a random number: who is there is proved in the meeting, by the core.
 */
package cn.lastmile.shim.peer

import android.content.Context
import android.net.ConnectivityManager
import android.net.NetworkCapabilities
import android.net.nsd.NsdManager
import android.net.nsd.NsdServiceInfo
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import java.net.Inet4Address
import java.net.Socket
import kotlin.random.Random

/** Any thread. */
class NearbyPhones(private val context: Context) {
    private val discovery: NsdManager = checkNotNull(context.getSystemService(NsdManager::class.java))

    /** Tells the network that a [PeerDoor] is open at [port], until the result is closed. */
    fun announce(port: Int): AutoCloseable {
        val service = NsdServiceInfo().apply {
            serviceName = "lm-%08x".format(Random.nextInt())
            serviceType = SERVICE
            setPort(port)
        }
        val listener = Announcing()
        discovery.registerService(service, NsdManager.PROTOCOL_DNS_SD, listener)
        return AutoCloseable { quietly { discovery.unregisterService(listener) } }
    }

    /**
     * Addresses of open doors as they are found, ours among them; the same one may come again. Ends with its
     * collector.
     */
    fun found(): Flow<PeerAddress> = callbackFlow {
        val listener = Discovering { service -> resolve(service) { trySend(it) } }
        discovery.discoverServices(SERVICE, NsdManager.PROTOCOL_DNS_SD, listener)
        awaitClose { quietly { discovery.stopServiceDiscovery(listener) } }
    }

    /**
     * An unconnected socket on the hotspot, for [visit]: a Wi-Fi without internet is not the phone's default
     * network, and without this the connection would go out over mobile data. Throws [java.io.IOException] when that
     * Wi-Fi has just gone.
     */
    fun socket(): Socket {
        val socket = Socket()
        wifi()?.bindSocket(socket)
        return socket
    }

    @Suppress("DEPRECATION") // its successor is a callback for changes; this is asked once, before connecting
    private fun wifi() = context.getSystemService(ConnectivityManager::class.java)?.run {
        allNetworks.firstOrNull {
            getNetworkCapabilities(it)?.hasTransport(NetworkCapabilities.TRANSPORT_WIFI) == true
        }
    }

    @Suppress("DEPRECATION") // its successor came with API 34
    private fun resolve(service: NsdServiceInfo, found: (PeerAddress) -> Unit) =
        discovery.resolveService(service, Resolving { addressOf(it)?.let(found) })

    /** What failed to begin is not known to the system any more, which then throws when it is to end. */
    private fun quietly(end: () -> Unit) = try {
        end()
    } catch (_: IllegalArgumentException) {
        // It has ended already.
    }

    private companion object {
        const val SERVICE = "_lastmile._tcp"
    }
}

/** Through [PeerAddress.parse], so that a name server cannot send us out of the local network. */
@Suppress("DEPRECATION") // its successor came with API 34
internal fun addressOf(service: NsdServiceInfo): PeerAddress? {
    val host = (service.host as? Inet4Address)?.hostAddress ?: return null
    return try {
        PeerAddress.parse("$host:${service.port}")
    } catch (_: PeerTrouble.Address) {
        null
    }
}

private class Announcing : NsdManager.RegistrationListener {
    override fun onServiceRegistered(service: NsdServiceInfo?) = Unit
    override fun onServiceUnregistered(service: NsdServiceInfo?) = Unit
    override fun onRegistrationFailed(service: NsdServiceInfo?, code: Int) = Unit
    override fun onUnregistrationFailed(service: NsdServiceInfo?, code: Int) = Unit
}

private class Discovering(private val found: (NsdServiceInfo) -> Unit) : NsdManager.DiscoveryListener {
    override fun onServiceFound(service: NsdServiceInfo) = found(service)
    override fun onServiceLost(service: NsdServiceInfo?) = Unit
    override fun onDiscoveryStarted(type: String?) = Unit
    override fun onDiscoveryStopped(type: String?) = Unit
    override fun onStartDiscoveryFailed(type: String?, code: Int) = Unit
    override fun onStopDiscoveryFailed(type: String?, code: Int) = Unit
}

private class Resolving(private val resolved: (NsdServiceInfo) -> Unit) : NsdManager.ResolveListener {
    override fun onServiceResolved(service: NsdServiceInfo) = resolved(service)
    override fun onResolveFailed(service: NsdServiceInfo?, code: Int) = Unit
}
