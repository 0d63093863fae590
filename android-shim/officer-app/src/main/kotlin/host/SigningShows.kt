/* Signing mode: what its pages show and do. */
package cn.lastmile.officer.host

import cn.lastmile.core.FieldKind
import cn.lastmile.core.Hand
import cn.lastmile.core.Signatory
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.screens.SigningAt
import cn.lastmile.officer.screens.SigningDoings
import cn.lastmile.officer.screens.SigningForm
import cn.lastmile.officer.screens.signingPage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.SigningMode
import cn.lastmile.shim.words.Words

internal class SigningShows(
    private val screen: OfficerActivity,
    private val owner: DeskOwner,
    private val voice: () -> Voice,
) {
    private val look: Look get() = screen.look

    private suspend fun desk(): Desk = owner.desk()
    private suspend fun session(): Session = owner.session()

    /** The page of the mode for [record]. */
    suspend fun page(record: String, notice: Words?): Page {
        val session = session()
        val mode = session.signing?.takeIf { it.record == record && !it.left }
            ?: SigningMode(record, desk().readBack(record)).also {
                session.signing = it
                session.signingForm = SigningForm()
                screen.pin(true)
            }
        val role = desk().words.field("signatures", "role")?.kind as? FieldKind.Code
        val doings = SigningDoings(
            parts = role?.choices.orEmpty().map { it.code to it.label.shown },
            changed = { form, redraw ->
                session.signingForm = form
                if (redraw) screen.say(null)
            },
            read = {
                session.signing = mode.reading(mode.lines.size)
                screen.say(null)
            },
            aloud = {
                session.signingForm = session.signingForm.copy(heard = true)
                if (!voice().read(mode.lines)) screen.say(Said.noVoice)
            },
            sign = { signatory -> screen.doing { sign(record, mode, signatory) } },
            leave = { pin -> screen.doing { leave(mode, pin) } },
        )
        return look.signingPage(mode, { session.signingForm }, doings, notice)
    }

    private suspend fun sign(record: String, mode: SigningMode, signatory: Signatory) {
        val hand = signatory.hand
        when {
            hand is Hand.Strokes && hand.strokes.isEmpty() -> return screen.say(Said.drawFirst)
            signatory.name.isBlank() -> return screen.say(Said.nameFirst)
            hand is Hand.Refused && hand.reason.isBlank() -> return screen.say(Said.needReason)
        }
        desk().sign(record, mode.content(desk().readBack(record)), signatory)
        val session = session()
        session.signing = mode.signed().readAgain(desk().readBack(record))
        session.signingForm = SigningForm(at = SigningAt.DOCUMENT)
        screen.say(if (hand is Hand.Refused) Said.refused else Said.signed)
    }

    private suspend fun leave(mode: SigningMode, pin: String) {
        session().signing = mode.leave(pin) { desk().opens(it) }
        session().signing = null
        screen.pin(false)
        screen.back()
    }
}
