/*
 * The morning in Nanhai on a real phone: the acts of the Rust demonstration up to the call for help, played once
 * through the real library against the real server. Every test gets a copy of the encrypted store that is left.
 */
package cn.lastmile.officer.real

import cn.lastmile.core.Act
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Clock
import cn.lastmile.core.Moment
import cn.lastmile.core.OpenOptions
import cn.lastmile.core.Original
import cn.lastmile.core.PeerListener
import cn.lastmile.core.Phone
import cn.lastmile.core.Randomness
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.core.Value
import cn.lastmile.shim.field.CoreLibrary
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.real.JcaKey
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import java.io.File
import java.security.MessageDigest
import java.util.concurrent.TimeUnit.SECONDS

/** A clock that is set. */
class SetClock(@Volatile var nowMs: Long, private val startMs: Long) : Clock {
    override fun now() = Moment(nowMs, (1_000 + nowMs - startMs).coerceAtLeast(0).toULong(), ByteArray(8) { 1 })
}

/** The day's randomness: block n of a turn is SHA-256 of `lastmile demo <phone> <turn> <n>`. */
private class TurnRandomness(private val phone: Int) : Randomness {
    var turn = 0L
        set(value) {
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

/** What is left of the morning. */
object RealDay {
    private val bindings = File(System.getProperty("lastmile.bindings")!!)
    private val root = File("../..").canonicalFile

    /** The library that the bindings were made from. */
    val library = File(File(bindings, "library.path").readText())
    private val server = System.getenv("LASTMILE_SERVER_BIN")?.let(::File)
        ?: File(System.getenv("CARGO_TARGET_DIR") ?: "$root/target", "debug/lastmile-server")
    private val day: File by lazy(::written)
    private val script by lazy { JSONObject(File(day, "script.json").readText()) }

    /** The officer's phone: its device file as it was given, and its key. */
    val deviceFile: String by lazy { phone("P1").get("device_file").toString() }
    val key: JcaKey by lazy { keyOf("P1") }

    /** The seizure of the day, with two open differences. */
    lateinit var seizure: String
        private set

    /** The on-site record of the same act; nobody has signed it yet. */
    lateinit var onsite: String
        private set

    /** Beijing time 09:04 on the day. */
    var nowMs = 0L
        private set

    /** The folder of the store; copy it. */
    val store: File by lazy(::played)

    /** The court as the morning left it, in [dir], at the phone's time. */
    fun court(dir: File): Court = Court(server, File(store, "court"), dir, nowMs)

    /** The same by the machine's clock, for a phone that has no other. */
    fun courtToday(dir: File): Court = Court(server, File(store, "court"), dir, null)

    private fun written(): File {
        val theirs = File("../shim-core/target/day").canonicalFile
        val day = File("target/day").canonicalFile
        for (made in listOf(theirs, day)) if (File(made, "script.json").lastModified() > server.lastModified()) return made
        day.deleteRecursively()
        val demo = File("target/demo").canonicalFile.apply { deleteRecursively(); parentFile.mkdirs() }
        val log = File("target/day.log").canonicalFile
        val run = ProcessBuilder("$server", "demo", "--dir", "$demo", "--script", "$day").directory(root)
            .redirectErrorStream(true).redirectOutput(log).start()
        check(run.waitFor(120, SECONDS) && run.exitValue() == 0) { log.readText() }
        return day
    }

    private fun phone(name: String): JSONObject = script.getJSONArray("phones").let { all ->
        (0 until all.length()).map(all::getJSONObject).first { it.getString("name") == name }
    }

    fun keyOf(name: String) = JcaKey.ofPkcs8(java.util.Base64.getDecoder().decode(phone(name).getString("key")))

    /** How the store of [name] in [dir] is opened; ids of the installation are the phone's number. */
    fun options(name: String, dir: File) = OpenOptions(
        "$dir/$name.db", ByteArray(32) { 7 }, installation(name), phone(name).get("device_file").toString(),
    )

    /** The crew's second phone, 温若棠's, in [dir]; close it. */
    suspend fun second(dir: File): Phone = Phone.open(options("P2", dir), SetClock(nowMs, nowMs), null, null).also {
        it.signIn(phone("P2").get("device_file").toString(), CoreSigner(keyOf("P2")), null)
    }

    fun installation(name: String = "P1") = ByteArray(16) { phone(name).getInt("number").toByte() }

    private fun played(): File {
        CoreLibrary.check(library.toPath())
        val dir = File("target/morning").canonicalFile.apply { deleteRecursively(); mkdirs() }
        val all = script.getJSONArray("steps")
        val steps = (0 until all.length()).map(all::getJSONObject)
        val first = steps.first { it.getString("do") == "clock" }.getLong("ms")
        Court(server, File(day, "court"), dir, first).use { court ->
            val clocks = listOf("P1", "P2").associateWith { SetClock(first, first) }
            val chance = listOf("P1", "P2").associateWith { TurnRandomness(phone(it).getInt("number")) }
            val phones = clocks.mapValues { (name, clock) -> Phone.open(options(name, dir), clock, null, chance[name]) }
            runBlocking {
                for ((name, one) in phones) {
                    one.setRoad(Road.http(court.url, emptyList()))
                    one.signIn(phone(name).get("device_file").toString(), CoreSigner(keyOf(name)), null)
                }
                for (step in steps) {
                    if (step.getString("do") == "clock") {
                        nowMs = step.getLong("ms")
                        court.setClock(nowMs)
                        clocks.values.forEach { it.nowMs = nowMs }
                        continue
                    }
                    if (step.getString("do") == "begin" && step.getString("kind") == "assistance") break
                    chance.values.forEach { it.turn = step.getLong("turn") }
                    phones[step.getString("who")]?.let { play(step, it, phones) }
                }
                // The two meet once more: what both wrote apart now stands side by side.
                meet(phones.getValue("P1"), phones.getValue("P2"))
                do {
                    val made = phones.getValue("P1").makePictures(10u)
                } while (made > 0u)
            }
            phones.values.forEach { it.close() }
        }
        return dir
    }

    private suspend fun play(step: JSONObject, phone: Phone, phones: Map<String, Phone>) {
        val record = step.optString("record")
        when (step.getString("do")) {
            "sync" -> phone.sync()
            "meet" -> meet(phone, phones.getValue(step.getString("other")))
            "begin" -> {
                when (step.getString("kind")) {
                    "seizure" -> seizure = record
                    "onsite" -> if (!::onsite.isInitialized) onsite = record
                }
                val draft = RecordDraft(step.getString("kind"), step.getString("case"), null, fields(step), emptyList())
                phone.createRecord(draft)
            }
            "set" -> phone.act(record, Act.Set("set", fields(step)))
            "add" -> phone.act(record, Act.Add(step.getString("verb"), fields(step)))
            "edit" -> phone.act(record, Act.Edit(step.getString("verb"), step.getString("item"), fields(step)))
            "strike" -> {
                val strike = Act.Strike(step.getString("verb"), step.getString("item"), step.getString("reason"))
                phone.act(record, strike)
            }
            "photograph" -> {
                val photo = File(day, "photos/${step.getString("photo")}")
                phone.capture(record, Original.File("$photo"), CaptureForm(step.getString("verb"), fields(step), null))
            }
        }
    }

    suspend fun meet(one: Phone, other: Phone) = coroutineScope {
        PeerListener.open().use { door ->
            val answering = async(Dispatchers.IO) { other.meetWhoeverComes(door, 30u) }
            one.meetAt("127.0.0.1:${door.port()}")
            answering.await()
        }
    }

    private fun fields(step: JSONObject): Map<String, Value> = step.getJSONObject("fields").let { given ->
        given.keys().asSequence().associateWith { name ->
            when (val value = given.get(name)) {
                JSONObject.NULL -> Value.LeftOut
                is Boolean -> Value.Flag(value)
                is Number -> Value.Number(value.toLong())
                else -> Value.Text("$value")
            }
        }
    }
}
