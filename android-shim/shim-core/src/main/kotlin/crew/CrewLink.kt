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
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.catch
import kotlinx.coroutines.launch
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
 * this phone was typed or recorded since the last meeting; [trouble] of the last visit, null after a good one.
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

    private val events = Channel<Event>(Channel.UNLIMITED)
    private val shown = MutableStateFlow(CrewState())
    private val doors = LinkedHashMap<PeerAddress, CrewFacts>()

    /** Who was behind a door when it was visited last. */
    private val behind = HashMap<PeerAddress, String>()

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
        shown.value = shown.value.copy(doors = 0, trouble = null)
        val door = try {
            road.open { events.trySend(Event.Visited(it)) }
        } catch (failed: Exception) {
            shown.value = shown.value.copy(trouble = troubleOf(failed).words)
            return@coroutineScope
        }
        try {
            // Without the network's help others still come in by the door.
            val found = road.doors.catch { shown.value = shown.value.copy(trouble = troubleOf(it).words) }
            launch { found.collect { events.send(Event.Found(it)) } }
            while (true) {
                val next = doors.minByOrNull { (_, facts) -> nextVisitMs(facts, policy) }
                val dueMs = next?.let { nextVisitMs(it.value, policy) }
                when {
                    dueMs == null -> learn(events.receive())
                    dueMs <= nowMs() -> visit(next.key)
                    else -> withTimeoutOrNull(dueMs - nowMs()) { events.receive() }?.let(::learn)
                }
            }
        } finally {
            door.close()
        }
    }

    private fun learn(event: Event) {
        when (event) {
            is Event.Found -> {
                if (event.door !in doors && doors.size == MOST_DOORS) {
                    val worst = doors.maxBy { it.value.failures }.key
                    doors.remove(worst)
                    behind.remove(worst)
                }
                // One that is announced anew is tried at once, whatever became of it before.
                val now = nowMs()
                val fresh = CrewFacts(openedMs = now, firstChangeMs = now.takeIf { shown.value.unsent })
                doors[event.door] = doors[event.door]?.copy(failedMs = null, failures = 0) ?: fresh
                shown.value = shown.value.copy(doors = doors.size)
            }
            is Event.Visited -> {
                // What was typed here while they met may not have gone with it: only the visit without a reason waits.
                val now = nowMs()
                doors.replaceAll { door, facts ->
                    if (behind[door] == event.report.person) facts.copy(metMs = now) else facts
                }
                greet(event.report)
            }
            Event.Changed -> {
                val now = nowMs()
                doors.replaceAll { _, facts ->
                    facts.copy(firstChangeMs = facts.firstChangeMs ?: now, lastChangeMs = now)
                }
                shown.value = shown.value.copy(unsent = true)
            }
        }
    }

    private suspend fun visit(door: PeerAddress) {
        val before = doors.getValue(door)
        // What is typed from here on may not be in the meeting, and waits for the next one.
        doors[door] = before.copy(firstChangeMs = null, lastChangeMs = null)
        shown.value = shown.value.copy(unsent = false)
        try {
            val report = road.visit(door)
            doors[door] = doors.getValue(door).copy(metMs = nowMs(), failedMs = null, failures = 0)
            behind[door] = report.person
            shown.value = shown.value.copy(trouble = null)
            greet(report)
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failed: Exception) {
            failed(door, before, failed)
        }
    }

    private fun failed(door: PeerAddress, before: CrewFacts, failed: Exception) {
        val facts = doors.getValue(door)
        doors[door] = facts.copy(
            firstChangeMs = before.firstChangeMs ?: facts.firstChangeMs,
            lastChangeMs = facts.lastChangeMs ?: before.lastChangeMs,
            failedMs = nowMs(), failures = before.failures + 1,
        )
        val unsent = before.firstChangeMs != null || shown.value.unsent
        shown.value = shown.value.copy(doors = doors.size, unsent = unsent, trouble = troubleOf(failed).words)
    }

    private fun greet(report: MeetingReport) {
        val mate = Mate(report.person, report.name, nowMs(), report.draftsThere)
        val others = shown.value.mates.filter { it.person != mate.person }
        shown.value = shown.value.copy(mates = (listOf(mate) + others).take(MOST_DOORS))
    }

    private companion object {
        /** A crew has a handful of phones; whatever else announces itself must not grow a list without end. */
        const val MOST_DOORS = 16
    }
}
