/* A phone's process is killed in the middle of its work; whatever it had acknowledged is there afterwards. */
package cn.lastmile.shim.real

import cn.lastmile.core.FileStanding
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Standing
import cn.lastmile.core.Value
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.security.MessageDigest

class KilledTest {
    private val case = "(2026)粤0605执1101号"

    /** A court, and an on-site record of P1 that the court has. */
    private fun <T> begun(name: String, test: suspend (File, Court, String) -> T) = runBlocking {
        val dir = Built.folder(name)
        Court(dir, DayPhone.MORNING_MS).use { court ->
            val record = DayPhone.open("P1", dir, court.url).use { day ->
                day.phone.sync()
                val head = mapOf("purpose" to Value.Text("查找财产线索"))
                day.phone.createRecord(RecordDraft("onsite", case, null, head, emptyList())).record
            }
            test(dir, court, record)
        }
    }

    /** Lets a victim work until it said [lines] lines with [word], kills it; gives every one of them. */
    private fun killed(mode: String, dir: File, record: String, court: Court, word: String, lines: Int): List<String> =
        Child("VictimKt", File(dir, "victim.log"), mode, "$dir", record, court.url).use { child ->
            val said = mutableListOf<String>()
            while (said.size < lines) {
                val line = child.next() ?: error(File(dir, "victim.log").readText())
                if (line.startsWith(word)) said += line
            }
            said + child.kill().filter { it.startsWith(word) }
        }

    @Test
    fun `no acknowledged save is lost`() = begun("killed-save") { dir, court, record ->
        val said = listOf(1, 7, 23).flatMap { killed("save", dir, record, court, "item", it) }.map { it.substring(5) }
        DayPhone.open("P1", dir, court.url).use { day ->
            val kept = day.phone.record(record).collections.single { it.name == "events" }.items.map { it.item }
            assertEquals(emptySet<String>(), said.toSet() - kept.toSet())
            // What was durable when the end came may be there unsaid: at most one each time.
            assertTrue("${kept.size} kept, ${said.size} said", kept.size <= said.size + 3)
            day.phone.sync()
            assertEquals(Standing.RECEIPTED, day.phone.standing(record).standing)
            println("killed in saving: ${said.size} acknowledged, ${kept.size} kept")
        }
    }

    @Test
    fun `no acknowledged photo is lost`() = begun("killed-capture") { dir, court, record ->
        val said = listOf(1, 5).flatMap { killed("capture", dir, record, court, "photo", it) }
        DayPhone.open("P1", dir, court.url).use { day ->
            val files = day.phone.files(record).associateBy { it.item }
            for (line in said) {
                val (_, item, hash) = line.split(' ')
                val file = files.getValue(item)
                assertEquals(hash, file.hash)
                val bytes = day.phone.readOriginal(hash, 0uL, file.bytes.toUInt())
                val found = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
                assertEquals(hash, found)
            }
            println("killed in capturing: ${said.size} acknowledged, ${files.size} kept")
        }
    }

    @Test
    fun `an upload goes on where it was cut`() = begun("killed-upload") { dir, court, record ->
        val photos = killed("capture", dir, record, court, "photo", 6).size
        val pieces = killed("upload", dir, record, court, "piece", 3)
        DayPhone.open("P1", dir, court.url).use { day ->
            day.phone.sync()
            val report = day.phone.upload(true)
            day.phone.sync()
            val files = day.phone.files(record)
            assertTrue("${files.size} files", files.size >= photos)
            val behind = files.filter { it.standing < FileStanding.WITH_COURT }
            assertEquals(emptyList<String>(), behind.map { it.hash + it.standing })
            val whole = files.sumOf { it.bytes.toLong() }
            assertTrue("${report.bytes} of $whole bytes again", report.bytes.toLong() < whole)
            println("killed in uploading: ${pieces.size} pieces before, ${report.bytes} of $whole bytes after")
        }
    }
}
