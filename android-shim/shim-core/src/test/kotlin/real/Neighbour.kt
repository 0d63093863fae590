/* A colleague's phone in a process of its own: P2 of the day waits for visitors, and takes along what it carries. */
package cn.lastmile.shim.real

import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.peer.PeerDoor
import cn.lastmile.shim.peer.PhoneMeeting
import cn.lastmile.shim.sync.PhoneSync
import kotlinx.coroutines.runBlocking
import java.io.File

private const val CASE = "(2026)粤0605执1101号"

/**
 * Folder of the store; address of the court; milliseconds on the clock, or `now`. Says its port, then of each visit who
 * came and what it brought, and goes to the court after each that went well. A form is begun on it.
 */
fun main(arguments: Array<String>) {
    val (dir, url, clock) = arguments
    val device = DayDevice(Built.script, "P2")
    val at = StoreAt(File(dir, "neighbour.db").toPath(), ByteArray(32) { 2 }, ByteArray(16) { 2 }, device.deviceFile)
    val parts = DeviceParts(clock.toLongOrNull()?.let(device::clock), library = Built.library.toPath())
    val core = FieldCore.start(at, parts)
    runBlocking {
        core.setRoad(Road.http(url, emptyList()))
        core.ask { it.signIn(device.deviceFile, CoreSigner(device.key), null) }
        PhoneSync(core).run(originals = false)
        core.ask { it.saveDraft("begun", RecordDraft("seizure", CASE, null, emptyMap(), emptyList())) }
    }
    val door = PeerDoor(PhoneMeeting(core)) { met ->
        met.onSuccess { say("met ${it.person} received ${it.received} carried ${it.carried}") }
            .onFailure { say("failed ${troubleOf(it).code}") }
        if (met.isSuccess) say("court ${runBlocking { PhoneSync(core).run(originals = false) }}")
    }
    say("port ${door.port}")
    // Until whoever started it has gone.
    System.`in`.read()
}
