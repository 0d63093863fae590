/*
 * 签名模式: one document in large letters, read to its end before anybody signs. No way back is drawn here but the
 * officer's PIN.
 */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.core.Hand
import cn.lastmile.core.Signatory
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.SigningMode
import cn.lastmile.shim.show.SigningState
import cn.lastmile.shim.words.Words

/** Which page of the mode is shown. */
enum class SigningAt { DOCUMENT, HAND, PRINT, REFUSAL, PIN }

/** What was typed so far. [role] is a code of the signature's `role`, [print] the hash of a fingerprint's photo. */
data class SigningForm(
    val at: SigningAt = SigningAt.DOCUMENT,
    val name: String = "",
    val role: String = "debtor",
    val reason: String = "",
    val witness: String = "",
    val pin: String = "",
    val heard: Boolean = false,
    val print: String? = null,
)

/**
 * What can be done. [parts] in which people sign, by code; [leave] gets the PIN; [shoot] photographs a fingerprint;
 * [sign] gets what was signed or refused.
 */
class SigningDoings(
    val parts: List<Pair<String, Words>>,
    val changed: (SigningForm, redraw: Boolean) -> Unit,
    val read: () -> Unit,
    val aloud: () -> Unit,
    val shoot: () -> Unit,
    val sign: (Signatory) -> Unit,
    val leave: (String) -> Unit,
)

/** The page of [mode] as what [now] gives has it, asked anew at every press. */
fun Look.signingPage(mode: SigningMode, now: () -> SigningForm, doings: SigningDoings, notice: Words? = null): Page =
    // Nobody signs before the end of the text, wherever the mode is taken up again.
    when (now().at.takeIf { it == SigningAt.PIN || mode.state == SigningState.SIGNING } ?: SigningAt.DOCUMENT) {
        SigningAt.DOCUMENT -> documentPage(mode, now, doings, notice)
        SigningAt.HAND -> handPage(now, doings, notice)
        SigningAt.PRINT -> printPage(now, doings, notice)
        SigningAt.REFUSAL -> refusalPage(now, doings, notice)
        SigningAt.PIN -> pinPage(now, doings, notice)
    }

private fun Look.documentPage(mode: SigningMode, now: () -> SigningForm, doings: SigningDoings, notice: Words?): Page {
    val lines: List<View> = mode.lines.map { text(it, 24).apply { setLineSpacing(0f, 1.2f) } }
    val reading = mode.state == SigningState.READING
    // It stands below the last line: who presses it has had the whole text on the screen.
    val end = if (reading) listOf(button(Said.readTo, press = doings.read)) else emptyList()
    fun to(words: Words, at: SigningAt, weight: Weight = Weight.PLAIN) =
        button(words, weight) { doings.changed(now().copy(at = at), true) }
    val aloud = button(Said.readAloud, if (reading) Weight.MAIN else Weight.PLAIN, doings.aloud)
    val leave = to(Said.leaveMode, SigningAt.PIN)
    val actions = if (reading) listOf(sideBySide(aloud, leave)) else listOf(
        sideBySide(to(Words("签名", "sign"), SigningAt.HAND, Weight.MAIN), to(Said.print, SigningAt.PRINT)),
        sideBySide(to(Said.refuse, SigningAt.REFUSAL), aloud),
        leave,
    )
    return Page(Words("签名", "signing"), stack(lines + end), actions, Said.onlyThis, notice = notice)
}

private fun Look.handPage(now: () -> SigningForm, doings: SigningDoings, notice: Words?): Page {
    val pad = StrokePad(this)
    val parts = listOf<View>(quiet(Said.signHere), pad) + person(now, doings)
    val actions = listOf(
        button(Said.keep, Weight.MAIN) {
            val (wide, high) = pad.width.toUInt() to pad.height.toUInt()
            doings.sign(signatory(now(), Hand.Strokes(wide, high, pad.strokes)))
        },
        sideBySide(button(Said.wipeOff) { pad.clear() }, toDocument(now, doings)),
    )
    return Page(Words("签名", "signing"), stack(parts), actions, Said.onlyThis, notice = notice)
}

/** For somebody who cannot write: the print on paper, photographed, and who saw it made. */
private fun Look.printPage(now: () -> SigningForm, doings: SigningDoings, notice: Words?): Page {
    val taken = now().print != null
    val parts = listOf<View>(
        body(Said.howToPrint),
        sideBySide(
            text(say(if (taken) Said.hasPrint else Said.noPrintYet), 18).apply {
                gravity = android.view.Gravity.CENTER_VERTICAL
            },
            button(if (taken) Said.again else Said.shootPrint, if (taken) Weight.PLAIN else Weight.MAIN, doings.shoot),
        ),
    ) + person(now, doings) + witness(now, doings)
    val actions = listOf(
        button(Said.keepPrint, if (taken) Weight.MAIN else Weight.PLAIN) {
            val form = now()
            doings.sign(signatory(form, Hand.Fingerprint(form.print.orEmpty(), form.witness.trim())))
        },
        toDocument(now, doings),
    )
    return Page(Said.print, stack(parts), actions, Said.onlyThis, notice = notice)
}

private fun Look.witness(now: () -> SigningForm, doings: SigningDoings) =
    field(Said.witness, now().witness) { doings.changed(now().copy(witness = it), false) }

private fun Look.refusalPage(now: () -> SigningForm, doings: SigningDoings, notice: Words?): Page {
    val parts = person(now, doings) + listOf(
        field(Said.reason, now().reason) { doings.changed(now().copy(reason = it), false) },
        witness(now, doings),
    )
    val actions = listOf(
        button(Said.refuse, Weight.MAIN) {
            doings.sign(signatory(now(), Hand.Refused(now().reason.trim(), now().witness.trim())))
        },
        toDocument(now, doings),
    )
    return Page(Said.refuse, stack(parts), actions, Said.onlyThis, notice = notice)
}

private fun Look.pinPage(now: () -> SigningForm, doings: SigningDoings, notice: Words?): Page {
    var pin = ""
    val shown = text("—", 40, bold = true)
    fun take(now: String) {
        pin = now.take(12)
        shown.text = if (pin.isEmpty()) "—" else "●".repeat(pin.length)
    }
    fun key(label: String, press: () -> Unit) = button(Words(label, label), press = press).apply {
        textSize = 28f
        minimumHeight = px(72)
    }
    val keys = (1..9).map { digit -> key("$digit") { take(pin + digit) } } +
        listOf(key("⌫") { take(pin.dropLast(1)) }, key("0") { take(pin + "0") }, key("✓") { doings.leave(pin) })
    val rows = keys.chunked(keysAbreast).map { sideBySide(*it.toTypedArray()) }
    val content = stack(listOf<View>(shown) + rows)
    return Page(Said.pin, content, listOf(toDocument(now, doings)), Said.onlyThis, notice = notice, low = true)
}

private fun Look.person(now: () -> SigningForm, doings: SigningDoings): List<View> {
    val rows = doings.parts.chunked(abreast).map { pair ->
        sideBySide(*pair.map { (code, words) ->
            choice(words, code == now().role) { doings.changed(now().copy(role = code), true) }
        }.toTypedArray())
    }
    return listOf(field(Said.signer, now().name) { doings.changed(now().copy(name = it), false) }) + rows
}

private fun Look.toDocument(now: () -> SigningForm, doings: SigningDoings) =
    button(Said.back) { doings.changed(now().copy(at = SigningAt.DOCUMENT), true) }

/** The time is set where it is kept. */
private fun signatory(form: SigningForm, hand: Hand) = Signatory(
    form.name.trim(), null, form.role, null, if (form.heard) "read_aloud" else "read_by_signers", hand, null, "",
)
