/* A phone of the day: the certificate, the clock and the randomness it had when the Rust side played it. */
package cn.lastmile.shim.real

import cn.lastmile.core.Clock
import cn.lastmile.core.Moment
import cn.lastmile.core.OpenOptions
import cn.lastmile.core.Phone
import cn.lastmile.core.Randomness
import cn.lastmile.core.Road
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File
import java.security.MessageDigest
import java.time.OffsetDateTime
import java.util.Base64

/** A clock that is set, with the error of its phone. */
class SetClock(startMs: Long, private val skewMs: Long, private val boot: Int) : Clock {
    private val startMs = startMs

    @Volatile
    var trueMs: Long = startMs

    override fun now() =
        Moment(trueMs + skewMs, (1_000 + trueMs - startMs).coerceAtLeast(0).toULong(), ByteArray(8) { boot.toByte() })
}

/** The day's randomness: block n of a turn is SHA-256 of `lastmile demo <phone> <turn> <n>`. */
class TurnRandomness(private val phone: Int) : Randomness {
    @Volatile
    var turn: Long = 0
        @Synchronized set(value) {
            if (field != value) drawn = 0
            field = value
        }
    private var drawn = 0L

    @Synchronized
    override fun bytes(count: UInt): ByteArray {
        var given = ByteArray(0)
        while (given.size < count.toInt()) {
            val seed = "lastmile demo $phone $turn ${drawn++}".toByteArray()
            given += MessageDigest.getInstance("SHA-256").digest(seed)
        }
        return given.copyOf(count.toInt())
    }
}

/** What a phone of the day got when it was registered. */
class DayDevice(script: JsonObject, val name: String) {
    private val written = script.getValue("phones").jsonArray.map { it.jsonObject }
        .first { it.getValue("name").jsonPrimitive.content == name }
    val number = written.getValue("number").jsonPrimitive.int
    val deviceFile = written.getValue("device_file").toString()
    val key = JcaKey.ofPkcs8(Base64.getDecoder().decode(written.getValue("key").jsonPrimitive.content))
    private val skewMs = written.getValue("skew_ms").jsonPrimitive.long

    fun clock(startMs: Long) = SetClock(startMs, skewMs, number)
}

/** One of the day's phones, open in [dir] on a real encrypted store; with [repeats] it makes the ids of the day. */
class DayPhone private constructor(device: DayDevice, dir: File, road: String?, startMs: Long, repeats: Boolean) :
    AutoCloseable {
    val name = device.name
    val clock = device.clock(startMs)
    val randomness = TurnRandomness(device.number)
    val phone: Phone = Phone.open(storeOf(device, dir), clock, null, randomness.takeIf { repeats })

    init {
        if (road != null) phone.setRoad(Road.http(road, emptyList()))
    }

    override fun close() = phone.close()

    companion object {
        /** 06:45 on the day in Nanhai. */
        val MORNING_MS: Long = OffsetDateTime.parse("2026-03-17T06:45:00+08:00").toInstant().toEpochMilli()

        suspend fun open(
            name: String,
            dir: File,
            road: String?,
            startMs: Long = MORNING_MS,
            repeats: Boolean = false,
        ): DayPhone {
            CoreLibrary.check(Built.library.toPath())
            val device = DayDevice(Built.script, name)
            return DayPhone(device, dir, road, startMs, repeats).also {
                it.phone.signIn(device.deviceFile, CoreSigner(device.key), null)
            }
        }

        private fun storeOf(device: DayDevice, dir: File) = OpenOptions(
            "$dir/${device.name}.db", ByteArray(32) { 7 }, ByteArray(16) { device.number.toByte() }, device.deviceFile,
        )
    }
}

/** P1 of the day as the one core of this process, open in [dir]; nobody is signed in yet. */
fun owned(dir: File): FieldCore {
    val device = DayDevice(Built.script, "P1")
    val at = StoreAt(File(dir, "phone.db").toPath(), ByteArray(32) { 5 }, ByteArray(16) { 6 }, device.deviceFile)
    return FieldCore.start(at, DeviceParts(device.clock(DayPhone.MORNING_MS), library = Built.library.toPath()))
}
