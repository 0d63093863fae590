/*
 * Phone to phone over a plain TCP connection, on a hotspot or any local network. The core proves who is
 * there and decides what is exchanged; here is only the wire, with bounds on its time. The connection is made
 * here and not in the library, because only Android's own sockets can be bound to the Wi-Fi: where that has no
 * internet, everything else goes out over mobile data.
 */
package cn.lastmile.shim.peer

import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import java.io.InputStream
import java.io.OutputStream

/** The two directions of one connection. Reads and writes block, at most [PEER_SILENCE_MS]. */
class PeerStream(val input: InputStream, val output: OutputStream)

/** The core's side; [T] is what a meeting came to. */
fun interface PeerMeeting<T> {
    /**
     * Returns when the meeting has ended, throws when it failed. [initiator] for the phone that connected: it speaks
     * first. When it is cancelled the connection is closed, which ends whatever still waits there.
     */
    suspend fun meet(stream: PeerStream, initiator: Boolean): T
}

/** A connection whose other side says nothing for so long is given up, milliseconds. */
const val PEER_SILENCE_MS: Int = 30_000

/** A meeting is ended after so long, milliseconds: what is left goes at the next one. */
const val PEER_LONGEST_MS: Int = 600_000

/** Connecting is given up after so long, milliseconds. */
const val PEER_CONNECT_MS: Int = 10_000

/** A meeting did not come about. What was taken in before stays. */
sealed class PeerTrouble(override val code: String, override val words: Words, cause: Throwable? = null) :
    Exception(code, cause), Trouble {
    /** The text is no address. */
    class Address : PeerTrouble(
        "peer_address",
        Words("地址有误,应如“192.168.43.1:48110”。", "An address looks like 192.168.43.1:48110."),
    )

    /** Nobody answers there. */
    class NobodyThere(cause: Throwable) : PeerTrouble(
        "peer_nobody_there",
        Words(
            "连不上对方手机,请确认两台手机在同一热点,对方已打开两机互备。",
            "The other phone does not answer; are both on one hotspot, and is it waiting?",
        ),
        cause,
    )
}
