/* Reads and listens over and over, and says what it holds before and after. */
package cn.lastmile.shim.real

import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.core.Value
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.field.changes
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import java.io.File

/**
 * `<process> <heap>` in kB, the heap after collections. JNA and the bindings free what they hold by threads of their own
 * that a collection wakes: it is collected again until five in a row find nothing more.
 */
private fun say() {
    var (least, same) = Long.MAX_VALUE to 0
    while (same < 5) {
        System.gc()
        val heap = Runtime.getRuntime().run { totalMemory() - freeMemory() } / 1024
        if (heap < least - 16) same = 0 else same++
        least = minOf(least, heap)
    }
    val process = File("/proc/self/status").readLines().first { it.startsWith("VmRSS:") }.filter(Char::isDigit)
    println("$process $least")
}

/** Folder of the store; address of the court. */
fun main(arguments: Array<String>) {
    val (dir, url) = arguments
    val device = DayDevice(Built.script, "P1")
    val at = StoreAt(File(dir, "phone.db").toPath(), ByteArray(32) { 1 }, ByteArray(16) { 1 }, device.deviceFile)
    val parts = DeviceParts(device.clock(DayPhone.MORNING_MS), library = Built.library.toPath())
    FieldCore.start(at, parts).use { core ->
        runBlocking {
            core.setRoad(Road.http(url, emptyList()))
            core.ask {
                it.signIn(device.deviceFile, CoreSigner(device.key), null)
                it.sync()
            }
            val head = mapOf("purpose" to Value.Text("查找财产线索"))
            val draft = RecordDraft("onsite", "(2026)粤0605执1101号", null, head, emptyList())
            val records = core.ask { phone -> List(20) { phone.createRecord(draft).record } }
            suspend fun turns(reads: Int, listeners: Int) {
                core.ask { phone -> repeat(reads) { phone.record(records[it % records.size]) } }
                repeat(listeners) { launch(Dispatchers.Unconfined) { core.changes().collect {} }.cancelAndJoin() }
            }
            turns(2_000, 200)
            say()
            repeat(3) {
                turns(10_000, 1_000)
                say()
            }
        }
    }
}
