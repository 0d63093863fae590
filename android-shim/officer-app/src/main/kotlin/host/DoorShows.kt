/* The pages before anybody is signed in, and registering a phone anew. */
package cn.lastmile.officer.host

import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.words.Words

internal class DoorShows(private val screen: OfficerActivity) {
    private val look: Look get() = screen.look

    /** While nobody is signed in, the door; else what went wrong, and a way to try again. */
    fun doorOrTrouble(failed: Exception, notice: Words?): Page {
        val door = screen.application as? Registering
        return when {
            failed is NotRegistered && door != null -> look.doorPage(Door.CODE, notice) { done { door.register(it) } }
            failed is PinWanted && door != null -> look.doorPage(Door.PIN, notice) { done { door.unlock(it) } }
            failed is PinUnset && door != null -> look.doorPage(Door.NEW_PIN, notice) { done { door.choosePin(it) } }
            else -> Page(
                Words("打不开", "cannot be opened"), look.text(look.say(troubleOf(failed).words), 22, bold = true),
                listOf(look.button(Said.tryAgain, Weight.MAIN) { screen.refresh() }),
            )
        }
    }

    /** A phone that works is registered anew: keys that are gone, or another person. */
    fun anew(notice: Words?): Page = look.doorPage(Door.CODE, notice, back = { screen.back() }) { code ->
        screen.doing {
            val door = screen.application as Registering
            door.register(code)
            val waits = door.waitsForFormer()
            screen.arrive(Place.Leave, if (waits == 0) Said.enrolled else Said.enrolledButWaits(waits))
        }
    }

    private fun done(action: suspend () -> Unit) {
        screen.doing {
            action()
            screen.say(null)
        }
    }
}
