/* Two phones in two processes meet over the loopback: what they may both read goes over, and so does what they carry. */
package cn.lastmile.shim.real

import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.core.Standing
import cn.lastmile.core.Value
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PhoneMeeting
import cn.lastmile.shim.peer.visit
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.net.ServerSocket
import java.net.Socket

class MeetingTest {
    private val case = "(2026)粤0605执1101号"

    /** P1 of the day, which has its cases and then no road any more. */
    private fun <T> signedIn(dir: File, court: Court, test: suspend CoroutineScope.(FieldCore) -> T): T = owned(dir).use { core ->
        runBlocking {
            withTimeout(120_000) {
                val device = DayDevice(Built.script, "P1")
                core.setRoad(Road.http(court.url, emptyList()))
                core.ask {
                    it.signIn(device.deviceFile, CoreSigner(device.key), null)
                    it.sync()
                }
                core.setRoad(Road.http("http://127.0.0.1:9", emptyList()))
                test(core)
            }
        }
    }

    private suspend fun recorded(core: FieldCore): String = core.ask {
        val head = mapOf("purpose" to Value.Text("查找财产线索"))
        it.createRecord(RecordDraft("onsite", case, null, head, emptyList())).record
    }

    @Test
    fun `two phones meet, and one carries for the other`() {
        val dir = Built.folder("meeting")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            Child("NeighbourKt", File(dir, "neighbour.log"), "$dir", court.url, "${DayPhone.MORNING_MS}").use { neighbour ->
                val door = PeerAddress("127.0.0.1", neighbour.next()!!.substringAfter("port ").toInt())
                signedIn(dir, court) { core ->
                    // Somebody who is no phone comes first, and changes nothing.
                    Socket(door.host, door.port).use { it.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".toByteArray()) }
                    assertEquals("failed peer_stream", neighbour.next())

                    val record = recorded(core)
                    assertTrue(core.ask { it.courierBundle() })
                    val met = visit(door, PhoneMeeting(core))
                    assertEquals("wenruotang", met.person)
                    assertTrue("$met", case in met.cases && met.given == 1u)
                    assertEquals("met luqihang received 1 carried 1", neighbour.next())
                    assertEquals(Standing.ON_THIS_PHONE, core.ask { it.standing(record).standing })
                    assertEquals("court DONE", neighbour.next())

                    // The colleague comes by again: the court has it, although this phone never had a network.
                    visit(door, PhoneMeeting(core))
                    assertTrue(core.ask { it.standing(record).standing } > Standing.ON_THIS_PHONE)
                }
            }
        }
    }

    @Test
    fun `a meeting that is given up holds nothing`() {
        val dir = Built.folder("meeting-given-up")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            signedIn(dir, court) { core ->
                ServerSocket(0).use { silent ->
                    val visiting = launch(Dispatchers.IO) { visit(PeerAddress("127.0.0.1", silent.localPort), PhoneMeeting(core)) }
                    silent.accept().use { other ->
                        // It has said who it is and waits for an answer, half a minute if nobody gave it up.
                        assertTrue(other.getInputStream().read() >= 0)
                        visiting.cancelAndJoin()
                        assertTrue("the library has let go", core.end(waitMs = 10_000))
                    }
                }
            }
        }
    }
}
