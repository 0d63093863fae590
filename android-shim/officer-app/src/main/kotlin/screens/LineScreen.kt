/* A line being written: photo, name, measure, custodian, numbers by the large keypad. Every change is a draft. */
package cn.lastmile.officer.screens

import android.view.View
import android.widget.TextView
import cn.lastmile.core.CodeWord
import cn.lastmile.core.FieldKind
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.show.Key
import cn.lastmile.shim.show.Keypad
import cn.lastmile.shim.show.moneyOf
import cn.lastmile.shim.words.Words

/** What can be done; [changed] hears every change, [pad] opens the keypad (`true`: money) or closes it (null). */
class LineDoings(
    val changed: (LineForm, redraw: Boolean) -> Unit,
    val pad: (Boolean?) -> Unit,
    val shoot: () -> Unit,
    val save: () -> Unit,
    val back: () -> Unit,
)

/** The page of what [now] gives, asked anew at every press; [money] is null while the keypad is closed. */
fun Look.linePage(
    now: () -> LineForm,
    words: FormWords,
    money: Boolean?,
    doings: LineDoings,
    notice: Words? = null,
): Page {
    val form = now()
    if (money != null) return padPage(form, money, doings)
    val photo = if (form.photo == null) Said.noPhoto else Said.hasPhoto
    val shoot = if (form.photo == null) Said.photo else Said.again
    val parts = listOf<View>(
        sideBySide(
            text(say(photo), 18).apply { gravity = android.view.Gravity.CENTER_VERTICAL },
            button(shoot, press = doings.shoot),
        ),
        field(Said.name, form.name) { doings.changed(now().copy(name = it), false) },
        choices(Said.measure, words, "measure", form.measure) { doings.changed(now().copy(measure = it), true) },
        sideBySide(
            number(Said.quantity, form.quantity?.toString()) { doings.pad(false) },
            number(Said.estimate, form.estimate?.let(::moneyOf)) { doings.pad(true) },
        ),
        choices(Said.custodian, words, "custodian_kind", form.custodian) {
            doings.changed(now().copy(custodian = it), true)
        },
        quiet(Said.draftHere),
    )
    val actions = listOf(button(Said.addLine, Weight.MAIN, doings.save), button(Said.back, press = doings.back))
    return Page(Said.newLine, stack(parts), actions, notice = notice)
}

private fun Look.choices(label: Words, words: FormWords, field: String, chosen: String?, take: (String) -> Unit): View {
    val kind = words.field("lines", field)?.kind as? FieldKind.Code
    val codes: List<CodeWord> = kind?.choices.orEmpty()
    val rows = codes.chunked(abreast).map { pair ->
        sideBySide(*pair.map { code -> choice(code.label.shown, code.code == chosen) { take(code.code) } }.toTypedArray())
    }
    return stack(listOf<View>(quiet(label)) + rows)
}

private fun Look.number(label: Words, value: String?, press: () -> Unit): View =
    column(quiet(label), button(Words(value ?: "—", value ?: "—"), press = press))

/** The keypad alone, so that its keys are as large as the screen allows. */
private fun Look.padPage(form: LineForm, money: Boolean, doings: LineDoings): Page {
    var now: Keypad = form.keypad(money)
    var kept = form
    val display = text(now.shown, 40, bold = true).apply { gravity = android.view.Gravity.END }
    val refused = text(" ", 18, palette.redInk, bold = true)
    fun press(key: Key) {
        now = now.press(key)
        display.text = now.shown
        refused.text = now.refused?.let(::say) ?: " "
        kept = if (money) kept.copy(estimate = now.value) else kept.copy(quantity = now.value)
        doings.changed(kept, false)
    }
    val keys = (1..9).map { digit -> key("$digit") { press(Key.Digit(digit)) } } + listOf(
        if (money) key(".") { press(Key.Point) } else key(say(Said.clear)) { press(Key.Clear) },
        key("0") { press(Key.Digit(0)) },
        key("⌫") { press(Key.Back) },
    )
    val rows = keys.chunked(keysAbreast).map { sideBySide(*it.toTypedArray()) }
    val title = if (money) Said.estimate else Said.quantity
    val close = button(Said.close, Weight.MAIN) { doings.pad(null) }
    return Page(title, stack(listOf<View>(display, refused) + rows), listOf(close), low = true)
}

private fun Look.key(label: String, press: () -> Unit): TextView = button(Words(label, label)) { press() }.apply {
    textSize = if (label.length > 2) 18f else 28f
    minimumHeight = px(72)
}
