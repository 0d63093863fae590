/*
 * What the app gives to the components that Android starts by itself: jobs, services, providers. They find it
 * through the application object, since nobody constructs them.
 */
package cn.lastmile.shim.host

import android.content.Context
import cn.lastmile.shim.assistance.AssistanceDesk
import cn.lastmile.shim.assistance.TextSender
import cn.lastmile.shim.evidence.EvidenceSink
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.sync.Outbox
import cn.lastmile.shim.sync.SyncWork
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.Dispatchers

/**
 * The phone as the platform's adapters see it: a contact with the court ([sync]) and what waits for one ([outbox]);
 * requests for help, and what sends their text messages; where the phone is; where photos go. Each says itself what it
 * throws and where it may be called.
 */
class Ports(
    val sync: SyncWork,
    val outbox: Outbox,
    val assistance: AssistanceDesk,
    val texts: TextSender,
    val positions: PositionSource,
    val evidence: EvidenceSink,
)

/** Implemented by the app's `Application`. */
interface PortsOwner {
    /** Where background work runs. */
    val background: CoroutineDispatcher get() = Dispatchers.Default

    /**
     * Opens the phone if it is not open. Called from components, on [background]. Throws the troubles of
     * keys and store, such as `KeyTrouble.Locked`.
     */
    suspend fun ports(): Ports
}

/** The app's ports. Throws [IllegalStateException] when its application does not own any. */
internal val Context.portsOwner: PortsOwner
    get() = applicationContext as? PortsOwner ?: error("the application is no PortsOwner")
