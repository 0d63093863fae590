/* Works on a disk that others fill: says what the core acknowledged and what it refused, and goes on; or says what is there. */
package cn.lastmile.shim.real

import cn.lastmile.core.Act
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Original
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Value
import cn.lastmile.shim.field.troubleOf
import kotlinx.coroutines.runBlocking
import java.io.File
import java.security.MessageDigest
import kotlin.random.Random

private const val CASE = "(2026)粤0605执1101号"

/** Items in one record: a record has an end, a day's work has not. */
private const val ITEMS = 20

/** `save`, `capture` or `list`; folder of the store. */
fun main(arguments: Array<String>) = runBlocking {
    val (mode, dir) = arguments
    val phone = try {
        DayPhone.open("P1", File(dir), null).phone
    } catch (refused: LastmileException) {
        say("closed ${troubleOf(refused).code} ${troubleOf(refused).words.zh}")
        return@runBlocking
    }
    say("ready")
    if (mode == "list") return@runBlocking list(phone)
    var record = ""
    var items = ITEMS
    while (true) {
        try {
            if (items == ITEMS) {
                record = phone.createRecord(RecordDraft("onsite", CASE, null, purpose(), emptyList())).record
                say("record $record")
                items = 0
            }
            say(if (mode == "save") save(phone, record) else capture(phone, record))
            items++
        } catch (refused: LastmileException) {
            say("refused ${troubleOf(refused).code} ${troubleOf(refused).words.zh}")
        }
    }
}

private fun purpose() = mapOf("purpose" to Value.Text("查找财产线索"))

private suspend fun save(phone: Phone, record: String): String {
    // Words that no compression makes small.
    val text = String(CharArray(400) { Random.nextInt(0x4E00, 0x9FA5).toChar() })
    val fields = mapOf("text" to Value.Text(text), "at" to Value.Text("2026-03-17T08:00:00+08:00"))
    return "item " + phone.act(record, Act.Add("add_event", fields)).item
}

private suspend fun capture(phone: Phone, record: String): String {
    val form = CaptureForm("add_photo", mapOf("purpose" to Value.Text("detail")), null)
    val kept = phone.capture(record, Original.Bytes(JPEG + Random.nextBytes(150_000)), form)
    return "photo ${kept.item.substringAfterLast('/')} ${kept.hash}"
}

/** Everything, and of every photo whether its bytes are those that were signed; then one more save. */
private suspend fun list(phone: Phone) {
    for (line in phone.records(CASE, null, 200u).records) {
        say("record ${line.record}")
        phone.record(line.record).collections.flatMap { it.items }.forEach { say("item ${it.item}") }
        for (file in phone.files(line.record)) {
            val bytes = phone.readOriginal(file.hash, 0uL, file.bytes.toUInt())
            val found = MessageDigest.getInstance("SHA-256").digest(bytes).joinToString("") { "%02x".format(it) }
            say("photo ${file.item} $found")
        }
    }
    try {
        say("saved " + phone.createRecord(RecordDraft("onsite", CASE, null, purpose(), emptyList())).record)
    } catch (refused: LastmileException) {
        say("refused ${troubleOf(refused).code} ${troubleOf(refused).words.zh}")
    }
}
