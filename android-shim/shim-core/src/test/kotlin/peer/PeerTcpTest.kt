/* Meetings over the loopback: both directions, visitors that misbehave, addresses that are none. */
package cn.lastmile.shim.peer

import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Test
import java.io.IOException
import java.net.InetSocketAddress
import java.net.ServerSocket
import java.net.Socket
import java.net.SocketException
import java.net.SocketTimeoutException
import java.util.Collections
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit.SECONDS

class PeerTcpTest {
    private val heard = Collections.synchronizedList(mutableListOf<String>())
    private val outcomes = LinkedBlockingQueue<Result<Unit>>()

    /** Says its name and hears the other's, one byte of length before each. */
    private fun named(name: String) = PeerMeeting { stream, initiator ->
        stream.output.write(byteArrayOf(name.length.toByte()) + name.toByteArray())
        val length = stream.input.read()
        if (length < 0) throw IOException("cut off")
        heard += "$name hears ${String(stream.input.readNBytes(length))}, first: $initiator"
    }

    private fun door(meeting: PeerMeeting<Unit>) = PeerDoor(meeting) { outcomes += it }

    private fun outcome(): Throwable? = outcomes.poll(10, SECONDS)!!.exceptionOrNull()

    private fun visits(address: PeerAddress, meeting: PeerMeeting<Unit>) = runBlocking { visit(address, meeting) }

    @Test
    fun `two phones meet`() = door(named("a")).use { door ->
        visits(PeerAddress("127.0.0.1", door.port), named("b"))
        assertNull(outcome())
        assertEquals(setOf("a hears b, first: false", "b hears a, first: true"), heard.toSet())
    }

    @Test
    fun `a visitor that hangs up does not close the door`() = door(named("a")).use { door ->
        Socket().use { it.connect(InetSocketAddress("127.0.0.1", door.port), 5_000) }
        assertNotNull(outcome())
        visits(PeerAddress("127.0.0.1", door.port), named("b"))
        assertNull(outcome())
    }

    @Test
    fun `a closed door is told apart from a meeting that failed`() {
        val port = door(named("a")).use { it.port }
        val address = PeerAddress("127.0.0.1", port)
        assertThrows(PeerTrouble.NobodyThere::class.java) { visits(address, named("b")) }
        door { _, _ -> throw IOException("no proof") }.use { door ->
            val open = PeerAddress("127.0.0.1", door.port)
            assertThrows(IOException::class.java) { visits(open, named("b")) }
        }
    }

    @Test
    fun `a Wi-Fi that has just gone reaches nobody`() {
        val gone = { throw SocketException("network is down") }
        val address = PeerAddress("127.0.0.1", 9)
        val trouble = assertThrows(PeerTrouble.NobodyThere::class.java) {
            runBlocking { visit(address, named("a"), gone) }
        }
        assertEquals("network is down", trouble.cause?.message)
    }

    @Test
    fun `a visitor that takes nothing in is shown out`() {
        ServerSocket(0).use { server ->
            Socket("127.0.0.1", server.localPort).use { mine ->
                server.accept().use {
                    Patience(mine, silenceMs = 200, longestMs = 60_000).use { patience ->
                        val piece = ByteArray(1 shl 20)
                        assertThrows(IOException::class.java) { repeat(1_000) { patience.output.write(piece) } }
                    }
                }
            }
        }
    }

    @Test
    fun `a meeting has an end however much is said`() {
        ServerSocket(0).use { server ->
            Socket("127.0.0.1", server.localPort).use { mine ->
                server.accept().use { other ->
                    other.getOutputStream().write(ByteArray(9))
                    val patience = Patience(mine, silenceMs = 60_000, longestMs = 0)
                    assertThrows(SocketTimeoutException::class.java) { patience.input.read() }
                    assertThrows(SocketTimeoutException::class.java) { patience.output.write(1) }
                    patience.close()
                }
            }
        }
    }

    @Test
    fun `only addresses of a local network are taken`() {
        assertEquals(PeerAddress("192.168.43.1", 48_110), PeerAddress.parse(" 192.168.43.1:48110\n"))
        val refused = listOf(
            "", "192.168.43.1", "8.8.8.8:53", "192.168.1.256:1", "10.0.0.1:0", "10.0.0.1:65536",
            "172.32.0.1:80", "example.com:80", "10.0.0.1:80/x", "٠١.0.0.1:80", "999.1.1.1:80",
        )
        for (text in refused) {
            assertThrows(text, PeerTrouble.Address::class.java) { PeerAddress.parse(text) }
        }
        for (text in listOf("10.1.2.3:1", "172.16.0.9:80", "169.254.7.7:65535", "127.0.0.1:9")) {
            assertEquals(text, PeerAddress.parse(text).toString())
        }
    }
}
