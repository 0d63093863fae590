/* The TCP of a meeting: a door that takes one visitor at a time, and the visit. */
package cn.lastmile.shim.peer

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.io.FilterInputStream
import java.io.FilterOutputStream
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketTimeoutException
import java.util.Timer
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.concurrent.schedule

/**
 * Listens until closed. Visitors are met one after the other on the door's own thread; one that fails, hangs
 * or talks nonsense is shown out by [PEER_SILENCE_MS] and [PEER_LONGEST_MS] and changes nothing for the next.
 * [met] hears what each came to, on that thread; also what ended the door itself. Throws [IOException] when the
 * system gives no port.
 */
class PeerDoor<T>(
    private val meeting: PeerMeeting<T>,
    port: Int = 0,
    private val met: (Result<T>) -> Unit,
) : AutoCloseable {
    private val server = ServerSocket(port, BACKLOG)
    private val closed = AtomicBoolean()

    @Volatile
    private var waiting = true
    private val thread = Thread(::welcome, "peer-door").apply {
        isDaemon = true
        start()
    }

    /** The port it listens on; the one asked for, or one the system chose. */
    val port: Int get() = server.localPort

    private fun welcome() {
        while (!closed.get()) {
            waiting = true
            val visitor = try {
                server.accept()
            } catch (failure: IOException) {
                if (!closed.get()) met(Result.failure(failure))
                return
            } finally {
                waiting = false
            }
            met(runCatching { runBlocking { hold(visitor, meeting, initiator = false) } })
        }
    }

    /** No visitors any more, none at all once this returns; a meeting under way ends by itself. */
    override fun close() {
        closed.set(true)
        server.close()
        // The system goes on welcoming until the thread that waits there has left.
        if (waiting && Thread.currentThread() != thread) thread.join(LEAVE_MS)
    }

    private companion object {
        /** Visitors the system lets wait. */
        const val BACKLOG = 4

        /** How long the thread is given to leave, milliseconds; it takes microseconds. */
        const val LEAVE_MS = 2_000L
    }
}

/**
 * Visits [address] and holds [meeting], off the calling thread. Throws [PeerTrouble], or what the meeting throws.
 * Cancelling ends it, within [PEER_CONNECT_MS] while it connects. [socket] makes an unconnected socket: on a phone
 * one that is bound to the hotspot's network, since the system would send it over mobile data.
 */
suspend fun <T> visit(address: PeerAddress, meeting: PeerMeeting<T>, socket: () -> Socket = ::Socket): T =
    withContext(Dispatchers.IO) { hold(connected(address, socket), meeting, initiator = true) }

/** A socket that cannot be had, because the Wi-Fi has just gone, reaches nobody either. */
private fun connected(address: PeerAddress, socket: () -> Socket): Socket = try {
    socket().also { made ->
        try {
            made.connect(InetSocketAddress(address.host, address.port), PEER_CONNECT_MS)
        } catch (failure: IOException) {
            made.close()
            throw failure
        }
    }
} catch (failure: IOException) {
    throw PeerTrouble.NobodyThere(failure)
}

private suspend fun <T> hold(socket: Socket, meeting: PeerMeeting<T>, initiator: Boolean): T = socket.use {
    it.tcpNoDelay = true
    Patience(it).use { patience -> meeting.meet(PeerStream(patience.input, patience.output), initiator) }
}

/** The streams of [socket], neither of which waits longer than [silenceMs] at once, or [longestMs] in all. */
internal class Patience(
    private val socket: Socket,
    private val silenceMs: Long = PEER_SILENCE_MS.toLong(),
    longestMs: Long = PEER_LONGEST_MS.toLong(),
) : AutoCloseable {
    private val endNs = System.nanoTime() + longestMs * 1_000_000L

    /** Java's sockets wait for ever while the other side takes nothing in: only closing them ends that. */
    private val watch = Timer("peer-watch", true)

    val input: InputStream = object : FilterInputStream(socket.getInputStream()) {
        override fun read(): Int {
            socket.soTimeout = limitMs().toInt()
            return super.read()
        }

        override fun read(bytes: ByteArray, offset: Int, length: Int): Int {
            socket.soTimeout = limitMs().toInt()
            return super.read(bytes, offset, length)
        }
    }

    val output: OutputStream = object : FilterOutputStream(socket.getOutputStream()) {
        override fun write(byte: Int) = watched { out.write(byte) }
        override fun write(bytes: ByteArray, offset: Int, length: Int) = watched { out.write(bytes, offset, length) }
    }

    private fun watched(write: () -> Unit) {
        val late = watch.schedule(limitMs()) { socket.close() }
        try {
            write()
        } finally {
            late.cancel()
        }
    }

    private fun limitMs(): Long {
        val leftMs = (endNs - System.nanoTime()) / 1_000_000
        if (leftMs <= 0) throw SocketTimeoutException("the meeting took too long")
        return leftMs.coerceAtMost(silenceMs)
    }

    override fun close() = watch.cancel()
}
