/* A meeting over the open core: the connection as the library reads and writes it. */
package cn.lastmile.shim.peer

import cn.lastmile.core.ByteStream
import cn.lastmile.core.CallbackException
import cn.lastmile.core.MeetingReport
import cn.lastmile.core.Phone
import cn.lastmile.shim.field.FieldCore

/**
 * Meetings of the phone in [core]: both prove that they belong to the court, exchange the cases that both may read, and
 * hand each other what they carry for the court. Seconds; what came before a break stays.
 *
 * Throws `LastmileException`: `Network` (`peer_stream`: the connection broke; `peer_not_proven`: the other is no phone of
 * this court), `SignedOut`; and `OwnerTrouble.Closed`.
 */
class PhoneMeeting(private val core: FieldCore) : PeerMeeting<MeetingReport> {
    override suspend fun meet(stream: PeerStream, initiator: Boolean): MeetingReport =
        core.ask { it.meet(stream, initiator) }
}

/** The same, for whoever has the phone itself. */
internal suspend fun Phone.meet(stream: PeerStream, initiator: Boolean): MeetingReport = meetOver(Wire(stream), initiator)

/** Called by the library on threads of its own, which may block. */
private class Wire(private val stream: PeerStream) : ByteStream {
    override fun read(most: UInt): ByteArray = said {
        val bytes = ByteArray(most.toInt())
        val count = stream.input.read(bytes)
        if (count < 0) ByteArray(0) else bytes.copyOf(count)
    }

    override fun write(bytes: ByteArray) = said { stream.output.write(bytes) }

    /** What went wrong with a socket, the library need not know; and a connection that was closed fails in many ways. */
    private fun <T> said(action: () -> T): T = try {
        action()
    } catch (_: Exception) {
        throw CallbackException.Failed()
    }
}
