/* The door of the app while nobody is signed in: the code of the slip, or the PIN. */
package cn.lastmile.officer.host

import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

/** Implemented by the app's `Application`. All of them throw troubles with words. */
interface Registering {
    /** Registers this phone with the [code] of the administrator's slip. Needs a network. */
    suspend fun register(code: String)

    /** Signs in whoever has a PIN on this phone. */
    suspend fun unlock(pin: String)

    /** Gives the person signed in a PIN, 6 to 12 digits. */
    suspend fun choosePin(pin: String)

    /** Changes that wait for a signature, while keys of a former registration may have some of them; 0: none do. */
    suspend fun waitsForFormer(): Int

    /** Has the person confirm those. Whoever refuses loses nothing. */
    suspend fun confirmFormer()
}

/** What the door asks for. */
internal enum class Door(val title: Words, val label: Words) {
    CODE(Said.enrol, Said.code),
    PIN(Said.unlock, Said.pin),
    NEW_PIN(Said.choosePin, Said.newPin),
}

/** Asks for what [door] wants; [done] gets what was typed. [back] for a phone that works and is registered anew. */
internal fun Look.doorPage(door: Door, notice: Words?, back: (() -> Unit)? = null, done: (String) -> Unit): Page {
    var typed = ""
    val line = body(if (back == null) Said.enrolLine else Said.anewLine).takeIf { door == Door.CODE }
    val parts = listOfNotNull(line, field(door.label, "", number = door != Door.CODE) { typed = it })
    val actions = listOfNotNull(
        button(door.title, Weight.MAIN) { done(typed) }, back?.let { button(Said.back, press = it) },
    )
    return Page(door.title, stack(parts), actions, notice = notice)
}
