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
            shoot = { shoot(record) },
            sign = { signatory -> screen.doing { sign(record, mode, signatory) } },
            leave = { pin -> screen.doing { leave(mode, pin) } },
        )
        return look.signingPage(mode, { session.signingForm }, doings, notice)
    }

    /** The camera takes the print; nothing of the mode is given up for it. */
    private fun shoot(record: String) {
        screen.allowed.lockedCameraTrouble(screen.lockTask)?.let { return screen.say(it) }
        screen.doing {
            val (shot, camera) = owner.photos.begin(record, ShotFor.PRINT)
            screen.unpinForCamera()
            var started = false
            try {
                started = screen.shoot(shot, camera)
            } finally {
                // It is in the party's hand: without a camera to come back from it is not let go.
                if (!started) screen.pin(true)
            }
        }
    }

    /** The camera is back with the print under [record]; null [hash]: with nothing. */
    suspend fun photographed(record: String, hash: String?) {
        screen.pin(true)
        val session = session()
        if (session.signing?.record != record) {
            // The app was ended meanwhile, and the mode begins anew: the print waits until the text was read again.
            session.signingForm = SigningForm()
        }
        if (hash == null) return screen.say(Said.noPrintCame)
        session.signingForm = session.signingForm.copy(at = SigningAt.PRINT, print = hash)
        screen.say(Said.hasPrint)
    }

    /** What is missing before anything is recorded; null when all is there. */
    private fun lacks(signatory: Signatory): Words? = when (val hand = signatory.hand) {
        is Hand.Strokes -> Said.drawFirst.takeIf { hand.strokes.isEmpty() }
        is Hand.Fingerprint -> Said.printFirst.takeIf { hand.picture.isEmpty() }
        else -> null
    } ?: Said.nameFirst.takeIf { signatory.name.isBlank() } ?: when (val hand = signatory.hand) {
        is Hand.Refused -> if (hand.reason.isBlank()) Said.needReason else Said.witnessFirst.takeIf { hand.seenBy.isBlank() }
        is Hand.Fingerprint -> Said.witnessFirst.takeIf { hand.witness.isBlank() }
        else -> null
    }

    private suspend fun sign(record: String, mode: SigningMode, signatory: Signatory) {
        lacks(signatory)?.let { return screen.say(it) }
        val hand = signatory.hand
        desk().sign(record, mode.content(desk().readBack(record)), signatory)
        val session = session()
        session.signing = mode.signed().readAgain(desk().readBack(record))
        session.signingForm = SigningForm(at = SigningAt.DOCUMENT)
        screen.say(
            when (hand) {
                is Hand.Refused -> Said.refused
                is Hand.Fingerprint -> Said.printed
                else -> Said.signed
            },
        )
    }

    private suspend fun leave(mode: SigningMode, pin: String) {
        session().signing = mode.leave(pin) { desk().opens(it) }
        session().signing = null
        session().signingForm = SigningForm()
        screen.pin(false)
        screen.back()
    }
}
