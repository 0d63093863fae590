/*
 * What a call across the border costs. `mvn -q -B -f android-shim/pom.xml -pl shim-core test-compile exec:java@figures`
 * prints one line for each figure, tab-separated: name, value, unit, number of calls.
 */
package cn.lastmile.shim.real

import cn.lastmile.core.Phone
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Value
import cn.lastmile.core.standingLabel
import cn.lastmile.core.Standing
import kotlinx.coroutines.runBlocking
import kotlin.system.exitProcess

private const val CASE = "(2026)粤0605执1101号"

/** Microseconds a call of [action], the median of [calls] after a tenth of them to warm up. */
private inline fun median(calls: Int, action: () -> Unit): Double {
    repeat(calls / 10) { action() }
    val times = LongArray(calls) {
        val from = System.nanoTime()
        action()
        System.nanoTime() - from
    }
    return times.sorted()[calls / 2] / 1_000.0
}

private fun line(name: String, micros: Double, calls: Int) {
    val (value, unit) = if (micros < 1_000) micros to "us" else micros / 1_000 to "ms"
    println("$name\t${"%.1f".format(value)}\t$unit\t$calls")
}

private fun begin(phone: Phone): String {
    val head = mapOf("purpose" to Value.Text("查找财产线索"))
    return phone.createRecord(RecordDraft("onsite", CASE, null, head, emptyList())).record
}

fun main() {
    runBlocking {
        val dir = Built.folder("figures")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            DayPhone.open("P1", dir, court.url).use { day ->
                val phone = day.phone
                phone.sync()
                line("sync call, from memory (words of a standing)", median(5_000) { standingLabel(Standing.WITH_COURT) }, 5_000)
                line("sync call, with an object (court)", median(5_000) { phone.court() }, 5_000)
                line("save, durable (a record begun)", median(200) { begin(phone) }, 200)
                phone.signPending(1_000u)
                line("async call without work (nothing to sign)", median(500) { phone.signPending(1u) }, 500)
                val records = List(220) { begin(phone) }
                line("async call with the key in Kotlin (P-256, JCA)", median(200) { phone.signPending(1u) }, 200)
                line("one record, whole", median(200) { phone.record(records.first()) }, 200)
                repeat(1_000 - count(phone)) { begin(phone) }
                line("list of 1,000 records, in five pages", median(5) { check(count(phone) == 1_000) }, 5)
            }
        }
    }
    // Threads of the library need not end first.
    exitProcess(0)
}

/** Records of the case, page by page as a screen takes them. */
private fun count(phone: Phone): Int {
    var (lines, after) = 0 to null as String?
    do {
        val page = phone.records(CASE, after, 200u)
        lines += page.records.size
        after = page.next
    } while (after != null)
    return lines
}
