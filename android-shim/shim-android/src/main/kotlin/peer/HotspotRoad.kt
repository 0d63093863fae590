/*
 * The hotspot as the phones of a crew use it: this phone's door, announced; the doors that were found or typed in;
 * and sockets that keep to the Wi-Fi. Many hotspots let nothing be found: the address on the other's screen always works.
 */
package cn.lastmile.shim.peer

import cn.lastmile.core.MeetingReport
import cn.lastmile.shim.crew.CrewRoad
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.merge
import java.io.IOException
import java.net.Inet4Address
import java.net.NetworkInterface

/** [meeting] is a `PhoneMeeting` over the open core; [hosts] gives this phone's own addresses. Any thread. */
class HotspotRoad(
    private val nearby: NearbyPhones,
    private val meeting: PeerMeeting<MeetingReport>,
    private val hosts: () -> List<String> = ::ownHosts,
) : CrewRoad {
    private val typed = MutableSharedFlow<PeerAddress>(replay = 1, extraBufferCapacity = 16)

    @Volatile
    private var port: Int? = null

    /** Where this phone's door is, for the other's screen: one address for each network; empty while it is closed. */
    fun addresses(): List<PeerAddress> = port?.let { open -> hosts().map { PeerAddress(it, open) } }.orEmpty()

    /** Takes an address that somebody typed in. */
    fun add(door: PeerAddress) {
        typed.tryEmit(door)
    }

    override fun open(met: (MeetingReport) -> Unit): AutoCloseable {
        val hear = { outcome: Result<MeetingReport> -> outcome.onSuccess(met).let { } }
        val door = try {
            // Short enough to be read out; any other when something else has it.
            PeerDoor(meeting, USUAL_PORT, hear)
        } catch (_: IOException) {
            PeerDoor(meeting, met = hear)
        }
        port = door.port
        // A phone that cannot announce its door still has it.
        val announced = try {
            nearby.announce(door.port)
        } catch (_: RuntimeException) {
            null
        }
        return AutoCloseable {
            port = null
            door.close()
            announced?.close()
        }
    }

    /** A phone whose service discovery fails has the typed ones. */
    override val doors: Flow<PeerAddress> =
        merge(nearby.found().catch { }, typed).filter { it.port != port || it.host !in hosts() }

    override suspend fun visit(door: PeerAddress): MeetingReport = visit(door, meeting, nearby::socket)

    private companion object {
        const val USUAL_PORT = 48_110
    }
}

/** This phone's addresses on hotspots and other local networks. */
internal fun ownHosts(): List<String> = NetworkInterface.getNetworkInterfaces()?.toList().orEmpty()
    .filter { it.isUp && !it.isLoopback }
    .flatMap { it.inetAddresses.toList() }
    .filter { it is Inet4Address && (it.isSiteLocalAddress || it.isLinkLocalAddress) }
    .mapNotNull { it.hostAddress }
