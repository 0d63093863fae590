/* The guide's own code (docs/guides/android.md), run from morning to evening against a real court. */
package cn.lastmile.shim.real

import cn.lastmile.core.Hand
import cn.lastmile.core.MeetingReport
import cn.lastmile.core.Road
import cn.lastmile.guide.actPage
import cn.lastmile.guide.addLine
import cn.lastmile.guide.addPhoto
import cn.lastmile.guide.bagAsFile
import cn.lastmile.guide.beginSeizure
import cn.lastmile.guide.beginSigning
import cn.lastmile.guide.bringToCourt
import cn.lastmile.guide.enrolPhone
import cn.lastmile.guide.goOnWith
import cn.lastmile.guide.keepAlike
import cn.lastmile.guide.openDoor
import cn.lastmile.guide.openPhone
import cn.lastmile.guide.sealForCarrying
import cn.lastmile.guide.sign
import cn.lastmile.guide.takeBag
import cn.lastmile.guide.visitColleague
import cn.lastmile.guide.wordsFor
import cn.lastmile.shim.crew.CrewLink
import cn.lastmile.shim.crew.CrewRoad
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.sync.SyncOutcome
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.flowOf
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.net.Socket
import java.util.Locale

class GuideTest {
    @Test
    fun `an app in a day`() = runBlocking {
        CoreLibrary.check(Built.library.toPath())
        val dir = Built.folder("guide")
        Court(dir, null).use { court ->
            val (everyday, finalising) = JcaKey.generate() to JcaKey.generate()
            val code = court.code("luqihang")
            assertNull(enrolPhone(code, emptyList(), everyday, finalising) { false })
            val enrolled = enrolPhone(code, emptyList(), everyday, finalising) { it == "粤0605" }!!
            val store = StoreAt(File(dir, "phone.db").toPath(), ByteArray(32) { 3 }, ByteArray(16) { 4 }, enrolled.deviceFile)
            val road = Road.http(court.url, emptyList())
            openPhone(store, DeviceParts(library = Built.library.toPath()), road, everyday, finalising).use { core ->
                bringToCourt(core)
                val record = beginSeizure(core, "(2026)粤0605执1101号", "(2026)粤0605执1101号之一")
                val line = addLine(core, record, "注塑机", 18_640_000)!!
                val photo = File(dir, "photo.jpg").apply { writeBytes(JPEG + ByteArray(2_000)) }
                val hash = addPhoto(core, record, line, "$photo")

                val before = actPage(core, record).first()
                assertEquals(listOf("已存本机"), before.marks.map { it.words.zh })
                assertEquals("¥186,400.00", before.list.cards.single().estimate)
                assertEquals(listOf(hash), before.list.cards.single().photos)
                assertTrue(before.walk.foot.zh.startsWith("离场前还缺"))

                val mode = beginSigning(core, record)
                val refused = Hand.Refused("对估价有异议", "霍启明")
                val early = runCatching { sign(core, mode, "罗敬文", "debtor", refused, "2026-03-17T09:55:00+08:00") }
                assertEquals("请先阅看或听读全文,再签名。", wordsFor(early.exceptionOrNull()!!, Locale.CHINA))
                val read = mode.reading(mode.lines.size)
                assertEquals(1, sign(core, read, "罗敬文", "debtor", refused, "2026-03-17T09:55:00+08:00").signed)

                assertEquals(SyncOutcome.DONE, bringToCourt(core))
                assertEquals(listOf("回执已核验"), actPage(core, record).first().marks.map { it.words.zh })
            }
        }
    }

    /** A network on which one door is found. */
    private class OneDoor(private val core: FieldCore, shown: String) : CrewRoad {
        override val doors = flowOf(PeerAddress.parse(shown))
        override fun open(met: (MeetingReport) -> Unit) = AutoCloseable { }
        override suspend fun visit(door: PeerAddress) = visitColleague(core, "$door", ::Socket)
    }

    /** Colleagues of one case, one of them in a process of its own. */
    @Test
    fun `where there is no network`() = runBlocking {
        CoreLibrary.check(Built.library.toPath())
        val dir = Built.folder("guide-colleague")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            Child("NeighbourKt", File(dir, "neighbour.log"), "$dir", court.url, "${DayPhone.MORNING_MS}").use { colleague ->
                val shown = "127.0.0.1:" + colleague.next()!!.substringAfter("port ")
                owned(dir).use { core ->
                    val device = DayDevice(Built.script, "P1")
                    core.setRoad(Road.http(court.url, emptyList()))
                    core.ask { it.signIn(device.deviceFile, CoreSigner(device.key), null) }
                    assertEquals(SyncOutcome.DONE, bringToCourt(core))

                    assertFalse("nothing to seal", sealForCarrying(core))
                    beginSeizure(core, "(2026)粤0605执1101号", "(2026)粤0605执1101号之一")
                    assertTrue(sealForCarrying(core))
                    val far = runCatching { visitColleague(core, "8.8.8.8:53", ::Socket) }
                    assertEquals("地址有误", wordsFor(far.exceptionOrNull()!!, Locale.CHINA).substringBefore(','))
                    assertEquals(1u, visitColleague(core, shown, ::Socket).given)
                    assertEquals("met luqihang received 1 carried 1", colleague.next())

                    assertNull("another case", goOnWith(core, "(2026)粤0605执1102号"))
                    assertEquals("begun", goOnWith(core, "(2026)粤0605执1101号"))
                    assertEquals(1, core.ask { it.drafts(null) }.size)
                    assertNull("once", goOnWith(core, "(2026)粤0605执1101号"))

                    val link = CrewLink(OneDoor(core, shown), { System.nanoTime() / 1_000_000 })
                    val running = launch(Dispatchers.Default) { keepAlike(core, link) }
                    val mate = link.state.first { it.mates.isNotEmpty() }.mates.single()
                    assertEquals("温若棠" to 1u, mate.name to mate.draftsThere)
                    running.cancelAndJoin()

                    val bag = bagAsFile(core)
                    assertEquals("what it has is not taken twice", 0u, takeBag(core, bag).bundles)
                    val heard = CompletableDeferred<Result<MeetingReport>>()
                    openDoor(core) { heard.complete(it) }.use { door ->
                        Socket("127.0.0.1", door.port).close()
                        assertEquals("peer_stream", troubleOf(heard.await().exceptionOrNull()!!).code)
                    }
                }
            }
        }
    }
}
