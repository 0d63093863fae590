/*
 * 求助. Before: what will be sent, and nothing was sent. After: the four steps, big. While no person is known to have
 * it, the whole screen is red, with the button that calls 110 and three lines to read aloud.
 */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.officer.desk.CallPlan
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Plate
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.show.AssistanceView
import cn.lastmile.shim.show.HopButton
import cn.lastmile.shim.show.HopState
import cn.lastmile.shim.show.HopStep
import cn.lastmile.shim.words.Words

/** Situations by code, of the kind `assistance`. */
class Situations(kind: KindInfo) {
    private val codes = (kind.head.firstOrNull { it.name == "situation_code" }?.kind as? FieldKind.Code)?.choices.orEmpty()

    /** Code and words, in the form's order. */
    val all: List<Pair<String, Words>> get() = codes.map { it.code to it.label.shown }

    fun words(code: String): Words = all.firstOrNull { it.first == code }?.second ?: Words(code, code)
}

/** What [plan] sends, line by line; also shown while the corner's button is held. */
fun linesOf(plan: CallPlan, situations: Situations): List<Words> {
    fun line(label: Words, zh: String, en: String = zh) =
        Words("${label.zh}:${zh.ifBlank { "—" }}", "${label.en}: ${en.ifBlank { "—" }}")
    val what = situations.words(plan.situation)
    return listOf(
        line(Said.who, plan.who), line(Said.where, plan.place), line(Said.position, plan.position.zh, plan.position.en),
        line(Said.what, what.zh, what.en), line(Said.callback, plan.callback),
    )
}

/** Before anything is sent. [warnings] say what this phone may not do, and what still works. */
fun Look.callPage(
    now: () -> CallPlan,
    situations: Situations,
    warnings: List<Words>,
    changed: (CallPlan, redraw: Boolean) -> Unit,
    dial: () -> Unit,
    back: () -> Unit,
    notice: Words? = null,
): Page {
    val plan = now()
    val lines = column(*linesOf(plan, situations).map { text(say(it), 20, bold = true) }.toTypedArray())
    val rows = situations.all.chunked(abreast).map { pair ->
        sideBySide(*pair.map { (code, words) ->
            choice(words, code == plan.situation) { changed(now().copy(situation = code), true) }
        }.toTypedArray())
    }
    val parts = listOf<View>(heading(Said.willSend), card(lines)) + warnings.map { warning(it) } + rows + listOf(
        field(Said.where, plan.place) { changed(now().copy(place = it), false) },
        field(Said.callback, plan.callback) { changed(now().copy(callback = it), false) },
    )
    return Page(
        Said.help, stack(parts), listOf(button(Said.dial, Weight.RED, dial), button(Said.back, press = back)), Said.notSent,
        notice = notice,
    )
}

private fun Look.warning(words: Words): View = text(say(words), 18, palette.onAmber, bold = true).apply {
    background = Plate(palette.amber, palette.amber, px(8), px(1))
    setPadding(px(12), px(10), px(12), px(10))
}

/** After it was sent, or at least saved: [press] gets the button's code and number. */
fun Look.assistancePage(view: AssistanceView, press: (HopButton) -> Unit, back: () -> Unit, notice: Words? = null): Page {
    val ink = if (view.fullScreen) palette.onRed else palette.ink
    val parts = mutableListOf<View>(text(say(view.headline), if (view.fullScreen) 30 else 26, ink, bold = true))
    if (view.fullScreen && view.aloud.isNotEmpty()) {
        parts += text(say(Said.readToThem), 18, ink)
        parts += view.aloud.mapIndexed { at, line -> text("${at + 1}. ${say(line)}", 22, ink, bold = true) }
    }
    parts += column(*view.steps.map { step(it, ink) }.toTypedArray())
    parts += text(say(view.console), 18, ink)
    val buttons = view.buttons.map { one ->
        val weight = if (one.code == "call_110" && !view.fullScreen) Weight.RED else Weight.PLAIN
        button(one.words, if (view.fullScreen) Weight.PLAIN else weight) { press(one) }.apply {
            if (one.code == "call_110") {
                textSize = 24f
                if (view.fullScreen) {
                    // The lightest thing on the red screen, at night too.
                    background = Plate(palette.onRed, palette.onRed, px(8), px(2))
                    setTextColor(palette.red)
                }
                minimumHeight = px(72)
            }
        }
    }
    // The call alone and large; everything else in pairs, so that the steps stay in sight.
    val rest = (buttons.drop(1) + button(Said.back, press = back)).chunked(2).map { sideBySide(*it.toTypedArray()) }
    return Page(
        Said.help, stack(parts), buttons.take(1) + rest, view.since, view.stale, notice,
        dimmed = view.dimmed, red = view.fullScreen,
    )
}

/** What has not happened says so: nobody in a hurry may take it for done. */
private fun Look.step(step: HopStep, ink: Int): View {
    val done = step.state == HopState.DONE
    val words = if (done) "● ${say(step.words)}  ${step.at.orEmpty()}" else "○ ${say(step.words)} · ${say(Said.notHappened)}"
    return text(words.trimEnd(), 24, ink, bold = step.state != HopState.LATER).apply {
        setPadding(0, px(6), 0, px(6))
    }
}
