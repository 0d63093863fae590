/* 两机互备: whether the phones of a crew keep each other's forms, with whom, and what of theirs is unfinished. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.desk.ColleagueForm
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.crew.CrewState
import cn.lastmile.shim.words.Words

/**
 * The page's content. [state] is null while it is switched off; [met] says when a mate was met; [addresses] are this
 * phone's own; [typed] is what was typed for the other's.
 */
class CrewView(
    val state: CrewState?,
    val met: (sinceBootMs: Long) -> String,
    val addresses: List<String>,
    val typed: String,
    val forms: List<ColleagueForm>,
)

/** What can be done. */
class CrewDoings(
    val switch: (on: Boolean) -> Unit,
    val typed: (String) -> Unit,
    val connect: () -> Unit,
    val takeOver: (ColleagueForm) -> Unit,
    val back: () -> Unit,
)

/** The page of [view]. */
fun Look.crewPage(view: CrewView, doings: CrewDoings, notice: Words? = null): Page {
    val link = if (view.state == null) off() else on(view, view.state, doings)
    val forms = listOf<View>(heading(CrewSaid.forms)) + view.forms.map { form(it, doings) } +
        listOfNotNull(quiet(CrewSaid.noForms).takeIf { view.forms.isEmpty() })
    // Whoever comes here with a colleague's dead phone in hand looks for the forms.
    val parts = if (view.forms.isEmpty()) link + forms else forms + heading(CrewSaid.linked) + link
    val running = view.state != null
    val switch = button(if (running) CrewSaid.off else CrewSaid.on, if (running) Weight.PLAIN else Weight.MAIN) {
        doings.switch(!running)
    }
    return Page(
        CrewSaid.title, stack(parts), listOf(switch, button(Said.back, press = doings.back)),
        banner = view.state?.trouble, notice = notice,
    )
}

private fun Look.off(): List<View> = listOf(body(CrewSaid.how), quiet(CrewSaid.photosStay))

private fun Look.on(view: CrewView, state: CrewState, doings: CrewDoings): List<View> {
    val mates = state.mates.map { mate ->
        card(body(CrewSaid.met(mate.name, view.met(mate.metMs), mate.draftsThere)))
    }
    val unsent = listOfNotNull(quiet(CrewSaid.unsent).takeIf { state.unsent && state.mates.isNotEmpty() })
    val door = when {
        view.addresses.isEmpty() -> listOf(body(CrewSaid.noNetwork))
        else -> listOf<View>(quiet(if (mates.isEmpty()) CrewSaid.looking else CrewSaid.another)) + view.addresses.map { text(it, 24, bold = true) }
    }
    val other = column(
        field(CrewSaid.address, view.typed, typed = doings.typed),
        button(CrewSaid.connect, press = doings.connect),
    )
    return mates + unsent + door + other
}

private fun Look.form(form: ColleagueForm, doings: CrewDoings): View {
    val lines = column(text(say(form.line?.name ?: CrewSaid.unreadable), 18, bold = true), quiet(form.from))
    form.caution?.let { lines.addView(text("■ " + say(it), 18, palette.redInk, bold = true)) }
    if (form.taken) lines.addView(quiet(CrewSaid.takenOver))
    else if (form.line != null) lines.addView(button(CrewSaid.takeOver) { doings.takeOver(form) })
    return card(lines)
}
