/*
 * Keeps the phones of a crew alike while they are on one hotspot: opens a door, looks for the doors of others,
 * and visits them when [nextVisitMs] says so. Who may see what is decided by the core at every meeting; here is
 * only when and whom.
 */
package cn.lastmile.shim.crew

import cn.lastmile.core.MeetingReport
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeout
import kotlinx.coroutines.withTimeoutOrNull

/** The hotspot, as the phone gives it. */
interface CrewRoad {
    /** Opens this phone's door and tells the network; [met] hears every visit that went well. Closed, nobody comes. */
    fun open(met: (MeetingReport) -> Unit): AutoCloseable

    /** Doors of others as they are found; the same one may come again, this phone's own never. */
    val doors: Flow<PeerAddress>

    /** Visits one. Throws what went wrong; what was taken in before stays. */
    suspend fun visit(door: PeerAddress): MeetingReport
}

/**
 * A phone that was met. [metMs] is milliseconds since boot, of the last meeting; [draftsThere] how many drafts of this
 * phone it keeps since then, null when it did not say so.
 */
data class Mate(val person: String, val name: String, val metMs: Long, val draftsThere: UInt?)

/**
 * How it stands. [mates] the last met first; [doors] how many doors of others are known; [unsent] when something of
 * this phone was typed or recorded that a mate who can be reached does not have, or nobody has yet; [trouble] of the
 * last visit while nobody can be reached.
 */
data class CrewState(
    val mates: List<Mate> = emptyList(),
    val doors: Int = 0,
    val unsent: Boolean = false,
    val trouble: Words? = null,
)

/** [nowMs] gives milliseconds since boot. One [run] at a time. */
class CrewLink(
    private val road: CrewRoad,
    private val nowMs: () -> Long,
    private val policy: CrewPolicy = CrewPolicy(),
) {
    private sealed interface Event {
        data class Found(val door: PeerAddress) : Event
        data class Visited(val report: MeetingReport) : Event
        data object Changed : Event
    }

    /** One door of others: when to visit it, who was behind it last, and what went wrong there last. */
    private data class Door(val facts: CrewFacts, val person: String? = null, val trouble: Words? = null) {
        val reached get() = facts.metMs != null && facts.failures == 0
    }

    private val events = Channel<Event>(Channel.UNLIMITED)
    private val shown = MutableStateFlow(CrewState())
    private val doors = LinkedHashMap<PeerAddress, Door>()

    /** Something new here that nobody was there to hear of. */
    private var alone = false

    /** The network's own trouble. */
    private var blind: Words? = null

    /** For the screens; a slow one sees the newest. */
    val state: StateFlow<CrewState> get() = shown

    /** Something was typed or recorded here. Any thread, as often as it happens. */
    fun changed() {
        events.trySend(Event.Changed)
    }

    /**
     * Runs until cancelled: then the door closes, and what was met stays on the screen. Returns at once, with the
     * reason in [state], when the phone gives no door.
     */
    suspend fun run(): Unit = coroutineScope {
        doors.clear()
        blind = null
        val door = try {
            road.open { events.trySend(Event.Visited(it)) }
        } catch (failed: Exception) {
            shown.value = shown.value.copy(doors = 0, trouble = troubleOf(failed).words)
            return@coroutineScope
        }
        try {
            // Without the network's help others still come in by the door.
            val found = road.doors.catch {
                blind = troubleOf(it).words
                show()
            }
            launch { found.collect { events.send(Event.Found(it)) } }
            show()
            while (true) {
                val next = doors.minByOrNull { (_, door) -> nextVisitMs(door.facts, policy) }
                val dueMs = next?.let { nextVisitMs(it.value.facts, policy) }
                when {
                    dueMs == null -> learn(events.receive())
                    dueMs <= nowMs() -> visit(next.key)
                    else -> withTimeoutOrNull(dueMs - nowMs()) { events.receive() }?.let(::learn)
                }
                show()
            }
        } finally {
            door.close()
        }
    }

    private fun learn(event: Event) {
        val now = nowMs()
        when (event) {
            is Event.Found -> found(event.door, now)
            is Event.Visited -> {
                // What was typed here while they met may not have gone with it: only the visit without a reason waits.
                change { if (it.person == event.report.person) it.copy(facts = it.facts.copy(metMs = now)) else it }
                greet(event.report)
            }
            Event.Changed -> {
                alone = doors.isEmpty()
                change {
                    val first = it.facts.firstChangeMs ?: now
                    it.copy(facts = it.facts.copy(firstChangeMs = first, lastChangeMs = now))
                }
            }
        }
    }

    private fun change(to: (Door) -> Door) = doors.replaceAll { _, door -> to(door) }

    private fun found(at: PeerAddress, now: Long) {
        val known = doors[at]
        if (known != null) {
            // Announced anew, it may be there again; one that has just failed is not believed.
            val failed = known.facts.failedMs ?: return
            if (now - failed >= policy.firstRetryMs) doors[at] = known.copy(facts = known.facts.copy(failures = 0))
            return
        }
        if (doors.size == MOST_DOORS) doors.remove(doors.maxBy { it.value.facts.failures }.key)
        doors[at] = Door(CrewFacts(openedMs = now, firstChangeMs = now.takeIf { alone }))
        alone = false
    }

    private suspend fun visit(at: PeerAddress) {
        val before = doors.getValue(at)
        val idle = if (before.reached && before.facts.firstChangeMs == null) before.facts.idle + 1 else 0
        // What is typed from here on may not be in the meeting, and waits for the next one.
        doors[at] = before.copy(facts = before.facts.copy(firstChangeMs = null, lastChangeMs = null))
        try {
            // Whoever was never met must not hold up those who were.
            val report = if (before.person != null) road.visit(at) else withTimeout(STRANGER_MS) { road.visit(at) }
            val facts = doors.getValue(at).facts.copy(metMs = nowMs(), failedMs = null, failures = 0, idle = idle)
            doors[at] = Door(facts, report.person)
            greet(report)
        } catch (late: TimeoutCancellationException) {
            failed(at, before, late)
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failed: Exception) {
            failed(at, before, failed)
        }
    }

    private fun failed(at: PeerAddress, before: Door, failed: Exception) {
        val failures = before.facts.failures + 1
        // Somebody who went home; the network says when the door is there again.
        if (failures >= GIVEN_UP) {
            doors.remove(at)
            return
        }
        val facts = doors.getValue(at).facts
        val kept = facts.copy(
            firstChangeMs = before.facts.firstChangeMs ?: facts.firstChangeMs,
            lastChangeMs = facts.lastChangeMs ?: before.facts.lastChangeMs,
            failedMs = nowMs(), failures = failures,
        )
        doors[at] = before.copy(facts = kept, trouble = troubleOf(failed).words)
    }

    private fun greet(report: MeetingReport) {
        val mate = Mate(report.person, report.name, nowMs(), report.draftsThere)
        val others = shown.value.mates.filter { it.person != mate.person }
        shown.value = shown.value.copy(mates = (listOf(mate) + others).take(MOST_DOORS))
    }

    private fun show() {
        val reached = doors.values.filter { it.reached }
        val waiting = reached.ifEmpty { doors.values }
        shown.value = shown.value.copy(
            doors = doors.size,
            unsent = alone || waiting.any { it.facts.firstChangeMs != null },
            trouble = if (reached.isNotEmpty()) null else doors.values.lastOrNull { it.trouble != null }?.trouble ?: blind,
        )
    }

    private companion object {
        /** A crew has a handful of phones; whatever else announces itself must not grow a list without end. */
        const val MOST_DOORS = 16

        /** Visits in a row that fail before a door is forgotten: about five minutes. */
        const val GIVEN_UP = 8

        /** How long a phone that was never met has for all of a meeting, milliseconds. */
        const val STRANGER_MS = 60_000L
    }
}
