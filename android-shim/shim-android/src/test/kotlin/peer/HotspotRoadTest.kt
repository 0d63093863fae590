/* The hotspot of a crew: doors are opened, announced, found, typed in, visited, and closed. */
package cn.lastmile.shim.peer

import cn.lastmile.core.MeetingReport
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.test.UnconfinedTestDispatcher
import kotlinx.coroutines.test.runTest
import kotlinx.coroutines.withTimeout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

@OptIn(ExperimentalCoroutinesApi::class)
@RunWith(RobolectricTestRunner::class)
class HotspotRoadTest {
    private val context = RuntimeEnvironment.getApplication()

    /** Each side says its name and hears the other's. */
    private fun road(name: Char): HotspotRoad {
        val meeting = PeerMeeting { stream, _ ->
            stream.output.write(name.code)
            stream.output.flush()
            report(stream.input.read().toChar())
        }
        return HotspotRoad(NearbyPhones(context), meeting) { listOf("192.168.43.1") }
    }

    private fun report(name: Char) = MeetingReport("$name", "$name", emptyList(), 0u, 0u, 0u, 0u, 0u, null, null)

    @Test
    fun `one visits the other, and both hear of it`() = runBlocking {
        val (lu, wen) = road('l') to road('w')
        val came = Channel<MeetingReport>(1)
        wen.open { came.trySend(it) }.use {
            val port = wen.addresses().single().port
            assertEquals("w", lu.visit(PeerAddress("127.0.0.1", port)).person)
            assertEquals("l", withTimeout(30_000) { came.receive() }.person)
        }
        assertTrue("a closed door is shown to nobody", wen.addresses().isEmpty())
        assertThrows(PeerTrouble.NobodyThere::class.java) {
            runBlocking { lu.visit(PeerAddress("127.0.0.1", 9)) }
        }
        Unit
    }

    @Test
    fun `two doors on one machine have two ports`() {
        val (one, other) = road('l') to road('w')
        one.open {}.use {
            other.open {}.use {
                assertNotEquals(one.addresses(), other.addresses())
            }
        }
    }

    @Test
    fun `an address that was typed in is a door, this phone's own is none`() = runTest {
        val road = road('l')
        road.open {}.use {
            val found = mutableListOf<PeerAddress>()
            val looking = launch(UnconfinedTestDispatcher(testScheduler)) { road.doors.toList(found) }
            road.add(PeerAddress("192.168.43.7", 48_110))
            road.addresses().forEach(road::add)
            assertEquals(listOf(PeerAddress("192.168.43.7", 48_110)), found)
            looking.cancel()
        }
    }
}
