/* An application whose ports a test fills in, with background work in virtual time. */
package cn.lastmile.shim.host

import android.app.Application
import cn.lastmile.shim.assistance.AssistanceDesk
import cn.lastmile.shim.assistance.Standing
import cn.lastmile.shim.assistance.TextMessage
import cn.lastmile.shim.assistance.TextSender
import cn.lastmile.shim.evidence.EvidenceSink
import cn.lastmile.shim.position.Fix
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.position.PositionTrouble
import cn.lastmile.shim.sync.Backlog
import cn.lastmile.shim.sync.Outbox
import cn.lastmile.shim.sync.SyncOutcome
import cn.lastmile.shim.sync.SyncWork
import kotlinx.coroutines.CoroutineDispatcher
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.test.StandardTestDispatcher
import kotlinx.coroutines.test.TestCoroutineScheduler
import org.robolectric.shadows.ShadowSystemClock
import java.time.Duration

@OptIn(ExperimentalCoroutinesApi::class)
class TestPhone : Application(), PortsOwner {
    private val scheduler = TestCoroutineScheduler()
    override val background: CoroutineDispatcher = StandardTestDispatcher(scheduler)

    var opening: suspend () -> Unit = {}
    var sync: suspend (originals: Boolean) -> SyncOutcome = { SyncOutcome.DONE }
    var backlog = Backlog(0, 0, 0, false)
    var texts: suspend (TextMessage) -> Unit = {}
    var desk = Desk()
    val positions = Positions()
    private val watchers = mutableListOf<() -> Unit>()

    override suspend fun ports(): Ports {
        opening()
        val outbox = object : Outbox {
            override fun backlog() = this@TestPhone.backlog
            override fun watch(changed: () -> Unit): AutoCloseable {
                watchers += changed
                return AutoCloseable { watchers -= changed }
            }
        }
        val photos = EvidenceSink { _, _ -> }
        return Ports(SyncWork { sync(it) }, outbox, desk, TextSender { texts(it) }, positions, photos)
    }

    /** Something was saved. */
    fun save() = watchers.toList().forEach { it() }

    /** Runs what is due at once. */
    fun settle() = scheduler.runCurrent()

    /** Lets [ms] pass on every clock. */
    fun pass(ms: Long) {
        ShadowSystemClock.advanceBy(Duration.ofMillis(ms))
        scheduler.advanceTimeBy(ms)
        scheduler.runCurrent()
    }

    /** A court whose answers a test decides. */
    class Desk : AssistanceDesk {
        val standings = mutableMapOf<String, Standing>()
        var contact: suspend (String) -> Standing = { standing(it) }
        val texted = mutableListOf<String>()

        var broken: Exception? = null

        override fun standing(request: String): Standing {
            broken?.let { throw it }
            return standings[request] ?: Standing(false, false, false)
        }

        override suspend fun contact(request: String) = contact.invoke(request)
        override suspend fun textMessage(request: String) = TextMessage("10690110", "LM1:$request")
        override suspend fun texted(request: String) {
            texted += request
        }
    }

    /** Notes whether somebody needs it. */
    class Positions : PositionSource {
        private var users = 0
        val on get() = users > 0
        var trouble: PositionTrouble? = null

        override fun newest(): Fix? = null
        override fun start() {
            trouble?.let { throw it }
            users++
        }

        override fun stop() {
            users--
        }
    }
}
