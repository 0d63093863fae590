/* The phones of a crew on one hotspot, in virtual time. */
package cn.lastmile.shim.crew

import cn.lastmile.core.MeetingReport
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PeerTrouble
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.Job
import kotlinx.coroutines.awaitCancellation
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.launch
import kotlinx.coroutines.test.TestScope
import kotlinx.coroutines.test.advanceTimeBy
import kotlinx.coroutines.test.currentTime
import kotlinx.coroutines.test.runCurrent
import kotlinx.coroutines.test.runTest
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test

@OptIn(ExperimentalCoroutinesApi::class)
class CrewLinkTest {
    private val wen = PeerAddress("192.168.43.7", 40_001)
    private val visits = mutableListOf<Long>()
    private val found = MutableSharedFlow<PeerAddress>(extraBufferCapacity = 64)
    private var reach: suspend (PeerAddress) -> MeetingReport = { report("wenruotang", "温若棠") }
    private var told: (MeetingReport) -> Unit = {}
    private var open = false

    private fun report(person: String, name: String) =
        MeetingReport(person, name, emptyList(), 0u, 0u, 0u, 0u, 0u, 1u, 0u)

    private inner class Road(private val scope: TestScope) : CrewRoad {
        override val doors = found

        override fun open(met: (MeetingReport) -> Unit): AutoCloseable {
            told = met
            open = true
            return AutoCloseable { open = false }
        }

        override suspend fun visit(door: PeerAddress): MeetingReport {
            visits += scope.currentTime
            return reach(door)
        }
    }

    private fun TestScope.link() = CrewLink(Road(this), { currentTime })

    private fun TestScope.running(link: CrewLink): Job = launch { link.run() }.also { runCurrent() }

    @Test
    fun `a door that is found is visited, and again when typing pauses`() = runTest {
        val link = link()
        val run = running(link)
        assertTrue(open)
        found.emit(wen)
        runCurrent()
        assertEquals(listOf(0L), visits)
        val mate = link.state.value.mates.single()
        assertEquals(Mate("wenruotang", "温若棠", 0, 1u), mate)

        advanceTimeBy(10_000)
        link.changed()
        runCurrent()
        assertTrue(link.state.value.unsent)
        advanceTimeBy(2_000)
        link.changed()
        advanceTimeBy(3_001)
        assertEquals(listOf(0L, 15_000), visits)
        assertFalse(link.state.value.unsent)
        advanceTimeBy(60_000)
        assertEquals(listOf(0L, 15_000, 75_000), visits)
        advanceTimeBy(119_000)
        assertEquals("less often while nothing is new", 3, visits.size)
        run.cancel()
        runCurrent()
        assertFalse("nobody comes any more", open)
    }

    @Test
    fun `what was typed while they met goes at the next meeting`() = runTest {
        val link = link()
        val run = running(link)
        reach = {
            link.changed()
            report("wenruotang", "温若棠")
        }
        found.emit(wen)
        runCurrent()
        reach = { report("wenruotang", "温若棠") }
        assertTrue(link.state.value.unsent)
        advanceTimeBy(3_001)
        assertEquals(listOf(0L, 3_000), visits)
        assertFalse(link.state.value.unsent)
        run.cancel()
    }

    @Test
    fun `a visit that fails is said, keeps what is unsent, and is tried again`() = runTest {
        val link = link()
        val run = running(link)
        link.changed()
        reach = { throw PeerTrouble.NobodyThere(java.io.IOException()) }
        found.emit(wen)
        runCurrent()
        val down = link.state.value
        assertTrue(down.unsent)
        assertTrue(down.trouble!!.zh.contains("连不上"))
        advanceTimeBy(5_001)
        assertEquals(2, visits.size)
        reach = { report("wenruotang", "温若棠") }
        advanceTimeBy(10_001)
        assertEquals(3, visits.size)
        assertNull(link.state.value.trouble)
        assertFalse(link.state.value.unsent)
        run.cancel()
    }

    @Test
    fun `a phone that gives no door says so, and looking that fails keeps the door open`() = runTest {
        val shut = object : CrewRoad {
            override val doors = found
            override fun open(met: (MeetingReport) -> Unit) = throw java.io.IOException("no port")
            override suspend fun visit(door: PeerAddress) = error("nobody to visit")
        }
        val link = CrewLink(shut, { currentTime })
        link.run()
        assertTrue(link.state.value.trouble != null)

        val blind = CrewLink(object : CrewRoad by Road(this) {
            override val doors = flow<PeerAddress> { throw SecurityException("no discovery") }
        }, { currentTime })
        val run = running(blind)
        assertTrue(open && run.isActive && blind.state.value.trouble != null)
        run.cancel()
    }

    @Test
    fun `a visitor is shown as met`() = runTest {
        val link = link()
        val run = running(link)
        advanceTimeBy(7_000)
        told(report("moxiaolan", "莫晓岚"))
        runCurrent()
        assertEquals("莫晓岚", link.state.value.mates.single().name)
        assertEquals(7_000, link.state.value.mates.single().metMs)
        run.cancel()
    }

    @Test
    fun `who came here is not visited without a reason, who has something new is`() = runTest {
        val link = link()
        val run = running(link)
        found.emit(wen)
        runCurrent()
        advanceTimeBy(50_000)
        told(report("wenruotang", "温若棠"))
        advanceTimeBy(50_000)
        assertEquals(listOf(0L), visits)
        link.changed()
        advanceTimeBy(3_001)
        assertEquals(listOf(0L, 103_000), visits)
        run.cancel()
    }

    @Test
    fun `a mate that went home troubles nobody while another is there`() = runTest {
        val link = link()
        val run = running(link)
        val gone = PeerAddress("192.168.43.8", 40_002)
        reach = { door ->
            if (door == gone && currentTime > 0) throw PeerTrouble.NobodyThere(java.io.IOException())
            if (door == gone) report("moxiaolan", "莫晓岚") else report("wenruotang", "温若棠")
        }
        found.emit(gone)
        found.emit(wen)
        runCurrent()
        advanceTimeBy(10_000)
        link.changed()
        advanceTimeBy(20_000)
        assertNull(link.state.value.trouble)
        assertFalse("the one who is there has it", link.state.value.unsent)
        advanceTimeBy(1_200_000)
        assertEquals("forgotten", 1, link.state.value.doors)
        run.cancel()
    }

    @Test
    fun `a stranger who says nothing holds nobody up for long`() = runTest {
        val link = link()
        val run = running(link)
        val tarpit = PeerAddress("192.168.43.66", 40_066)
        reach = { door -> if (door == tarpit) awaitCancellation() else report("wenruotang", "温若棠") }
        found.emit(tarpit)
        found.emit(wen)
        advanceTimeBy(60_001)
        assertEquals("温若棠", link.state.value.mates.single().name)
        run.cancel()
    }

    @Test
    fun `a network full of doors grows nothing without end`() = runTest {
        val link = link()
        val run = running(link)
        reach = { throw PeerTrouble.NobodyThere(java.io.IOException()) }
        repeat(60) {
            found.emit(PeerAddress("192.168.43.9", 41_000 + it))
            runCurrent()
        }
        assertEquals(16, link.state.value.doors)
        run.cancel()
    }
}
