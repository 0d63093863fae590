/*
 * The owner of the phone's core: one per process, opened once, closed once. Everything else borrows the phone
 * from here for one call, so that a call after the end is a clear error and never a crash.
 */
package cn.lastmile.shim.field

import cn.lastmile.core.Clock
import cn.lastmile.core.OpenOptions
import cn.lastmile.core.Phone
import cn.lastmile.core.PositionSource
import cn.lastmile.core.Randomness
import cn.lastmile.core.Road
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CompletableJob
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.job
import kotlinx.coroutines.withContext
import java.io.File
import java.nio.file.Path
import java.util.concurrent.atomic.AtomicReference

/**
 * Where the store is and what opens it: [path] of the database in app-private storage; [key] 32 raw bytes,
 * unwrapped by the device's key store, overwritten with zeros by [FieldCore.start]; [installation] 16 random
 * bytes kept outside every backup; [deviceFile] as the enrolment gave it (JSON).
 */
class StoreAt(val path: Path, val key: ByteArray, val installation: ByteArray, val deviceFile: String) {
    /** Everything a store at [path] leaves on the disk: to set aside, or to destroy. Some may not exist. */
    val files: List<File> get() = listOf("", "-wal", "-shm", "-files").map { File("$path$it") }
}

/**
 * What the device gives; everything may be left out. [library] is only for hosts other than Android, where the
 * native library does not come with the app; [randomness] only for devices with a certified source of their own.
 */
class DeviceParts(
    val clock: Clock? = null,
    val positions: PositionSource? = null,
    val randomness: Randomness? = null,
    val library: Path? = null,
)

/** The owner cannot do what was asked of it: a fault of the app, not of the person. */
sealed class OwnerTrouble(override val code: String, override val words: Words) : Exception(code), Trouble {
    /** [FieldCore.start] was called while a core is open in this process, or a call of a closed one is under way. */
    class AlreadyOpen : OwnerTrouble(
        "core_already_open",
        Words("应用内部错误:数据已由本应用打开。请重新启动应用。", "The app opened its data twice; restart it."),
    )

    /** Something was asked of a core after its `close`. */
    class Closed : OwnerTrouble(
        "core_closed",
        Words("数据已关闭,请重新打开应用。已记录的内容不受影响。", "The data is closed: open the app again. What was recorded is safe."),
    )
}

/** How long [FieldCore.close] waits, milliseconds: less than the system lets a main thread stand still. */
const val END_WAIT_MS: Long = 4_000

/** The open core of this process. May be used from any thread. */
class FieldCore private constructor(private val phone: Phone) : AutoCloseable {
    private val life: CompletableJob = Job()

    /** Ends when the core is closed: what runs for as long as the core does hangs on it. */
    internal val ended: Job get() = life

    /**
     * Lends the phone to [action], off the calling thread; use it for everything that reads or writes. The phone
     * must not be kept beyond the call.
     *
     * Throws [OwnerTrouble.Closed], also when the core is closed meanwhile; `LastmileException` of the core, whose
     * words [trouble] gives. Cancelling ends a long call at its next safe point; what was durable before stays.
     */
    suspend fun <T> ask(action: suspend (Phone) -> T): T = try {
        withContext(Dispatchers.IO) {
            val call = coroutineContext.job
            val watch = life.invokeOnCompletion { call.cancel(Ended()) }
            try {
                lend { action(it) }
            } finally {
                watch.dispose()
            }
        }
    } catch (ended: Ended) {
        throw OwnerTrouble.Closed().initCause(ended)
    }

    /** Like [ask] on the calling thread, for callbacks of the system: milliseconds, but disk. */
    fun <T> now(action: (Phone) -> T): T = lend(action)

    /** Takes [road] for every contact from now on. */
    fun setRoad(road: Road) = lend { it.setRoad(road) }

    /**
     * Refuses every call from now on, ends what listens, and gives up the calls under way: each ends at its next safe
     * point, and the store closes with the last of them. Waits for that, at most [waitMs] milliseconds.
     *
     * True: nothing touches the store any more, and its files may go. False: something still does, perhaps a key that
     * waits for a finger, or a request on its way (90 s at most); ask again, here or by [rested]. Blocks: off the main
     * thread. Twice is once. Only whoever called [start] ends it.
     */
    fun end(waitMs: Long = END_WAIT_MS): Boolean {
        if (life.complete()) {
            phone.close()
            owner.compareAndSet(this, null)
        }
        return rested(waitMs)
    }

    /** [end], for whoever touches no files afterwards and need not know. */
    override fun close() {
        end()
    }

    private inline fun <T> lend(action: (Phone) -> T): T {
        if (life.isCompleted) throw OwnerTrouble.Closed()
        try {
            return action(phone)
        } catch (cancelled: CancellationException) {
            // An IllegalStateException as well, and nothing that went wrong.
            throw cancelled
        } catch (failed: IllegalStateException) {
            // The bindings say so when the end came between the question above and the call.
            throw if (life.isCompleted) OwnerTrouble.Closed().initCause(failed) else failed
        }
    }

    /** Why a call was given up: not by its caller. */
    private class Ended : CancellationException("the core was closed")

    companion object {
        private val owner = AtomicReference<FieldCore?>(null)
        private val starting = Any()

        /** The core that is open in this process, for those who borrow; null when there is none. */
        val open: FieldCore? get() = owner.get()

        /**
         * Whether nothing in this process touches a store any more: none is open, and the last call of a closed one has
         * ended. Waits for that, at most [waitMs] milliseconds. Blocks: off the main thread.
         */
        fun rested(waitMs: Long = 0): Boolean = Tether.released(waitMs)

        /**
         * Checks the library, opens the store with its raw key and takes in the certificates of the device file.
         * Nobody is signed in yet. Some 100 ms the first time, 50 ms after: call it off the main thread.
         *
         * Throws [LibraryTrouble], [OwnerTrouble.AlreadyOpen]; `LastmileException` when the store does not open:
         * then nothing was changed, and the file must never be deleted.
         */
        fun start(store: StoreAt, device: DeviceParts = DeviceParts()): FieldCore = synchronized(starting) {
            try {
                CoreLibrary.check(device.library)
                if (owner.get() != null || !rested()) throw OwnerTrouble.AlreadyOpen()
                val options = OpenOptions(store.path.toString(), store.key, store.installation, store.deviceFile)
                val phone = Phone.open(options, device.clock, Tether(device.positions), device.randomness)
                FieldCore(phone).also(owner::set)
            } finally {
                store.key.fill(0)
            }
        }
    }
}
