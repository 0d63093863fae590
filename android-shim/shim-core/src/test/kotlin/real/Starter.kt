/* Starts a phone with the library it is given, twice, and says what came of it: a process has one library. */
package cn.lastmile.shim.real

import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.words.Trouble
import java.nio.file.Path

/** Path of the library; path of the store. */
fun main(arguments: Array<String>) {
    val (library, store) = arguments.map { Path.of(it) }
    repeat(2) {
        val said = try {
            val device = DayDevice(Built.script, "P1")
            val at = StoreAt(store, ByteArray(32) { 1 }, ByteArray(16) { 1 }, device.deviceFile)
            FieldCore.start(at, DeviceParts(library = library)).use { core -> "started ${core.now { it.court() }}" }
        } catch (trouble: Exception) {
            (trouble as? Trouble)?.run { "$code ${words.zh}" } ?: "$trouble"
        }
        println(said)
    }
}
