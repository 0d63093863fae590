/* What two people wrote without knowing of each other: two cards side by side, and a decision that needs a reason. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Plate
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.ConflictCard
import cn.lastmile.shim.show.ConflictView
import cn.lastmile.shim.words.Words

/** What was chosen and typed so far; it survives a turn of the phone. */
data class Settling(val code: String? = null, val reason: String = "", val other: String = "")

/** The page of one difference; [settle] is only called with a choice and a reason. */
fun Look.conflictPage(
    view: ConflictView,
    now: () -> Settling,
    changed: (Settling, redraw: Boolean) -> Unit,
    settle: () -> Unit,
    back: () -> Unit,
    notice: Words? = null,
): Page {
    val form = now()
    val cards = view.cards.map(::card)
    val parts = mutableListOf<View>(
        view.field?.let { text(say(it), 20, bold = true) } ?: text(say(view.title), 20, bold = true),
        if (cards.size == 2) sideBySide(*cards.toTypedArray()) else stack(cards),
        quiet(Said.neither),
    )
    val choices = view.choices.map { one ->
        choice(one.words, one.code == form.code) { changed(now().copy(code = one.code), true) }
    }
    parts += choices.chunked(2).map { sideBySide(*it.toTypedArray()) }
    if (view.choices.any { it.asks && it.code == form.code }) {
        parts += field(Said.other, form.other) { changed(now().copy(other = it), false) }
    }
    if (view.choices.isNotEmpty()) parts += field(Said.reason, form.reason) { changed(now().copy(reason = it), false) }
    val actions = listOfNotNull(
        button(Said.settle, Weight.MAIN, settle).takeIf { view.choices.isNotEmpty() },
        button(Said.back, press = back),
    )
    return Page(Words("有分歧,待确定", "differs, to be settled"), stack(parts), actions, view.title, notice = notice, low = true)
}

private fun Look.card(side: ConflictCard): View = column(
    text(side.who, 18, bold = true),
    text(side.at, 16, palette.quiet),
    text(say(side.says), 22, bold = true),
).apply {
    background = Plate(palette.card, palette.edge, px(8), px(2))
    setPadding(px(12), px(12), px(12), px(12))
}
