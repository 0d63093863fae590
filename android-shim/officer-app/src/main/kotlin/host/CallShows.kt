/* Calling for help: what the pages of 求助 show and do. */
package cn.lastmile.officer.host

import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import android.widget.Toast
import cn.lastmile.core.recordKinds
import cn.lastmile.officer.desk.CallPlan
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.screens.Situations
import cn.lastmile.officer.screens.assistancePage
import cn.lastmile.officer.screens.callPage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.HopButton
import cn.lastmile.shim.words.Words

internal class CallShows(
    private val screen: OfficerActivity,
    private val owner: DeskOwner,
    private val voice: () -> Voice,
) {
    private val look: Look get() = screen.look
    val situations by lazy { Situations(recordKinds().first { it.name == "assistance" }) }

    private suspend fun desk(): Desk = owner.desk()
    private suspend fun session(): Session = owner.session()

    /** Before anything is sent. */
    suspend fun page(act: String?, notice: Words?): Page {
        val session = session()
        // What was typed stays; where the phone is comes anew.
        val fresh = desk().plan(act)
        val plan = session.call?.copy(position = fresh.position, geo = fresh.geo) ?: fresh
        session.call = plan
        val changed = { now: CallPlan, redraw: Boolean ->
            session.call = now
            if (redraw) screen.say(null)
        }
        val back = {
            session.call = null
            screen.back()
        }
        val warnings = screen.allowed.callWarnings()
        return look.callPage({ session.call ?: plan }, situations, warnings, changed, { dial("110") }, back, notice)
    }

    /** Sends from the page of the call. */
    fun send() = send((screen.place as? Place.Call)?.act)

    /** Saves the call and goes to where it can be seen. */
    fun send(act: String?) {
        screen.doing {
            val session = session()
            val record = desk().call(session.call ?: desk().plan(act))
            session.call = null
            if (screen.place is Place.Call) screen.back()
            screen.go(Place.Assistance(record))
        }
    }

    /** After it was saved. */
    suspend fun sent(record: String, notice: Words?): Page =
        look.assistancePage(desk().assistance(record), ::hop, { screen.back() }, notice)

    private fun hop(button: HopButton) {
        val number = button.number
        when {
            button.code == "call_110" -> dial(number ?: "110")
            button.code == "read_aloud" -> aloud()
            button.code == "send_sms" -> text()
            number != null -> dial(number)
            else -> screen.doing {
                desk().contact()
                screen.say(null)
            }
        }
    }

    private fun aloud() {
        val record = (screen.place as? Place.Assistance)?.record ?: return
        screen.doing {
            val lines = desk().assistance(record).aloud.map(look::say)
            if (!voice().read(lines)) screen.say(Said.noVoice)
        }
    }

    /** The phone's own message app: it needs no leave, and the person sees what goes. */
    private fun text() {
        val record = (screen.place as? Place.Assistance)?.record ?: return
        screen.doing {
            val text = desk().textOf(record)
            val message = Intent(Intent.ACTION_SENDTO, Uri.parse("smsto:${text.number.orEmpty()}"))
            try {
                screen.startActivity(message.putExtra("sms_body", text.body))
            } catch (_: ActivityNotFoundException) {
                return@doing screen.say(Said.noSmsApp)
            }
            if (text.number == null) {
                // Over the message app, where the number is wanted, and here for whoever comes back.
                Toast.makeText(screen, look.say(Said.textTo), Toast.LENGTH_LONG).show()
                screen.say(Said.textTo)
            }
        }
    }

    /** Opens the telephone with [number] in it; the person presses call. */
    fun dial(number: String) = try {
        screen.startActivity(Intent(Intent.ACTION_DIAL, Uri.parse("tel:$number")))
    } catch (_: ActivityNotFoundException) {
        screen.say(Said.noDial)
    }
}
