/*
 * How this phone is registered: whose keys, by which road, what the court gave. All of it lies in one file that is
 * replaced whole, so that a phone cut off anywhere is as it was before or as it is after.
 */
package cn.lastmile.officer.host

import cn.lastmile.officer.desk.OFFICER
import cn.lastmile.shim.files.syncDirectory
import cn.lastmile.shim.files.writeDurably
import org.json.JSONArray
import org.json.JSONObject
import java.io.File

/**
 * [keys] is the name of its keys in the key store, [road] the server's address, [person] whose phone it is (staff or
 * liaison id; null when it was not noted), [roles] are that person's, [device] is the device file. [former] are names of
 * keys from before with their device files, to be forgotten when nothing waits for them; empty: never certified.
 */
internal data class Registration(
    val keys: String,
    val road: String,
    val person: String?,
    val roles: Set<String>,
    val device: String,
    val former: Map<String, String> = emptyMap(),
) {
    /** The court's code; empty when the device file does not say. */
    val court: String get() = JSONObject(device).optString("court")
}

/** The files in [home]. [write] puts bytes into a file, durable when it returns. Throws `IOException`. */
internal class Registrations(private val home: File, private val write: (File, ByteArray) -> Unit = ::writeDurably) {
    private val file = File(home, "registration.json")
    private val attempts = File(home, "registering")

    // Two files, as phones were registered before there was one.
    private val road = File(home, "road")
    private val device = File(home, "device.json")

    /** The registration in force; null when there is none. */
    fun now(): Registration? = when {
        file.exists() -> read(JSONObject(file.readText()))
        device.exists() -> Registration("self", road.readText(), null, setOf(OFFICER), device.readText())
        else -> null
    }

    /** Puts [next] in force, durable when it returns. */
    fun keep(next: Registration) {
        val text = JSONObject()
            .put("keys", next.keys).put("road", next.road).put("device", next.device)
            .put("person", next.person).put("roles", JSONArray(next.roles)).put("former", JSONObject(next.former))
        write(file, text.toString().toByteArray())
        listOf(road, device, attempts).forEach { it.delete() }
        syncDirectory(home)
    }

    /** Names under which keys were made, or begun to be, since the registration in force. */
    fun attempted(): Set<String> = if (attempts.exists()) attempts.readLines().toSet() else emptySet()

    /** Notes that keys called [name] are about to be made, durable when it returns. */
    fun attempt(name: String) {
        val all = attempted()
        if (name !in all) write(attempts, (all + name).joinToString("\n").toByteArray())
    }

    private fun read(text: JSONObject) = Registration(
        text.getString("keys"), text.getString("road"), text.optString("person").ifEmpty { null },
        words(text, "roles"), text.getString("device"), former(text),
    )

    /** Phones that noted names alone had signed with them what they could. */
    private fun former(text: JSONObject): Map<String, String> = when (val noted = text.opt("former")) {
        is JSONObject -> noted.keys().asSequence().associateWith(noted::getString)
        else -> words(text, "former").associateWith { "" }
    }

    private fun words(text: JSONObject, name: String): Set<String> =
        text.getJSONArray(name).let { all -> (0 until all.length()).map(all::getString).toSet() }
}
