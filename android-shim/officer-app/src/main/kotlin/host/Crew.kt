/*
 * Keeping the phones of a crew alike, for as long as the person wants it and the process lives. What is exchanged is
 * the core's, when is [CrewLink]'s; here it is switched on and off.
 */
package cn.lastmile.officer.host

import android.content.Context
import android.os.SystemClock
import cn.lastmile.core.Change
import cn.lastmile.shim.crew.CrewLink
import cn.lastmile.shim.crew.CrewState
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.OwnerTrouble
import cn.lastmile.shim.field.changes
import cn.lastmile.shim.peer.HotspotRoad
import cn.lastmile.shim.peer.NearbyPhones
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PhoneMeeting
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.launch

/** What the page of the crew needs. Main thread. */
interface Crew {
    /** How it stands; null while it is off. */
    val state: CrewState?

    /** This phone's own addresses, as the other one types them; empty without a hotspot. */
    fun addresses(): List<String>

    /** Switches it on: the door opens and others are looked for. Twice is once. */
    suspend fun on()

    /** Goes on after the process ended, when it was on then; what stands in the way keeps nobody from the desk. */
    suspend fun resume()

    /** Switches it off; a meeting under way is given up, what came before stays. */
    fun off()

    /** Visits an address that was typed in. */
    fun visit(door: PeerAddress)
}

/** Over the hotspot that the phone is on or offers; [core] is opened when it is switched on. */
class HotspotCrew(private val context: Context, private val core: suspend () -> FieldCore) : Crew {
    private class Running(val scope: CoroutineScope, val road: HotspotRoad, val link: CrewLink, val loop: Job)

    private var running: Running? = null
    private val wish = context.getSharedPreferences("crew", Context.MODE_PRIVATE)

    override val state: CrewState? get() = running?.link?.state?.value

    override fun addresses(): List<String> = running?.road?.addresses().orEmpty().map { it.toString() }

    override suspend fun on() {
        val open = core()
        if (running?.loop?.isActive == true) return
        stop()
        val road = HotspotRoad(NearbyPhones(context), PhoneMeeting(open))
        val link = CrewLink(road, SystemClock::elapsedRealtime)
        // Whatever a hotspot does must not end the app in the middle of an act.
        val scope = CoroutineScope(SupervisorJob() + MainLoop + CoroutineExceptionHandler { _, _ -> })
        running = Running(scope, road, link, scope.launch { link.run() })
        wish.edit().putBoolean(ON, true).apply()
        scope.listen(open, link)
    }

    /** Own doing only: what a meeting brings is no reason for another one. */
    private fun CoroutineScope.listen(open: FieldCore, link: CrewLink): Job = launch {
        try {
            open.changes().filter { it is Change.Record || it is Change.Draft }.collect { link.changed() }
        } catch (_: OwnerTrouble.Closed) {
            stop()
        }
    }

    override suspend fun resume() {
        if (running != null || !wish.getBoolean(ON, false)) return
        try {
            on()
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (_: Exception) {
            // It is off, as the day's page says; switching it on by hand says why.
        }
    }

    override fun off() {
        stop()
        wish.edit().putBoolean(ON, false).apply()
    }

    private fun stop() {
        running?.scope?.cancel()
        running = null
    }

    override fun visit(door: PeerAddress) {
        running?.road?.add(door)
    }

    private companion object {
        const val ON = "on"
    }
}
