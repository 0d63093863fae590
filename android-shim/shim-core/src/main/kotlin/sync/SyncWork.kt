/*
 * What the background does for the records, and when it tries again. The phone's own doing is behind
 * [SyncWork] and [Outbox]; Android's jobs are adapters of the decisions here.
 */
package cn.lastmile.shim.sync

/** How a contact with the court ended. */
enum class SyncOutcome {
    /** Both sides have everything. */
    DONE,

    /** The road failed: try again, later each time. */
    TRY_AGAIN,

    /** What could go in one contact has gone, and files are left, of which some may have been passed over: come again. */
    MORE_WAITS,

    /** Trying again alone will not help: nobody is signed in, the app is too old, a key is gone. */
    NEEDS_A_PERSON,

    /** The court had this phone's copy destroyed; the shell must follow (see `PhoneWipe`). */
    WIPED,
}

/** One contact. Cancelling ends it at the next safe point; what was durable before stays. */
fun interface SyncWork {
    /**
     * Signs, offers and takes until both sides have everything; with [originals] also sends the large files.
     * Any thread. Throws what only a person can mend, with its words (`troubleOf`): an exception counts as
     * [SyncOutcome.NEEDS_A_PERSON].
     */
    suspend fun run(originals: Boolean): SyncOutcome
}

/**
 * What waits to be sent: [records] changes of [recordBytes] bytes, and [originalBytes] bytes of large files.
 * [urgent] when a request for help is among them.
 */
data class Backlog(val records: Int, val recordBytes: Long, val originalBytes: Long, val urgent: Boolean) {
    /** Whether there is anything. */
    val isEmpty: Boolean get() = records == 0 && originalBytes == 0L
}

/** The phone's own account of what waits. */
interface Outbox {
    /** Now; from the encrypted store, so milliseconds, off the main thread. */
    fun backlog(): Backlog

    /** Calls [changed] after every save, on any thread; closing the result ends it. */
    fun watch(changed: () -> Unit): AutoCloseable
}

/** What to tell the scheduler when a contact ended by itself. */
fun wantsAnotherTry(outcome: SyncOutcome): Boolean =
    outcome == SyncOutcome.TRY_AGAIN || outcome == SyncOutcome.MORE_WAITS

/**
 * Why the system ended a contact before its end, by the numbers of Android's `JobParameters.STOP_REASON_*`
 * (API 31; older systems say [UNKNOWN]). [again] when the work should be done later.
 */
enum class StopReason(val number: Int, val code: String, val again: Boolean) {
    UNKNOWN(0, "unknown", true),
    CANCELLED_BY_APP(1, "cancelled_by_app", false),
    PREEMPT(2, "preempted", true),
    TIMEOUT(3, "timeout", true),
    DEVICE_STATE(4, "device_state", true),
    BATTERY(5, "battery_low", true),
    CHARGING(6, "not_charging", true),
    CONNECTIVITY(7, "no_network", true),
    IDLE(8, "not_idle", true),
    STORAGE(9, "storage_low", true),
    QUOTA(10, "quota", true),
    BACKGROUND(11, "background_restricted", true),
    STANDBY(12, "app_standby", true),
    USER(13, "stopped_by_person", false),
    SYSTEM(14, "system", true),
    ESTIMATED_LAUNCH(15, "estimate_changed", true),
    ABANDONED(16, "timeout_abandoned", true),
    ;

    companion object {
        /** The reason of [number]; numbers of later systems count as [UNKNOWN]. */
        fun of(number: Int): StopReason = entries.firstOrNull { it.number == number } ?: UNKNOWN
    }
}
