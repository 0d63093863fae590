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
}

/** Asks for the code, or for the PIN; [done] gets what was typed. */
internal fun Look.doorPage(pin: Boolean, notice: Words?, done: (String) -> Unit): Page {
    var typed = ""
    val label = if (pin) Said.pin else Said.code
    val parts = listOfNotNull(if (pin) null else body(Said.enrolLine), field(label, "", number = pin) { typed = it })
    val go = button(if (pin) Said.unlock else Said.enrol, Weight.MAIN) { done(typed) }
    return Page(if (pin) Said.unlock else Said.enrol, stack(parts), listOf(go), notice = notice)
}
