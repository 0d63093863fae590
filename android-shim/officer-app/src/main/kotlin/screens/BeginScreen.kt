/* What can be begun in a case, and what of it is not finalised yet, so that nobody begins twice by mistake. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.desk.BeginKind
import cn.lastmile.officer.desk.BeginView
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.TodayAct
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.mark
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

/** Where a press leads. */
class BeginDoings(val begin: (FormId.Begin) -> Unit, val act: (String) -> Unit, val back: () -> Unit)

/** The page of [view]. */
fun Look.beginPage(view: BeginView, doings: BeginDoings, notice: Words? = null): Page {
    val parts = mutableListOf<View>()
    if (view.there.isNotEmpty()) {
        parts += heading(Said.notFinalised)
        view.there.forEach { act -> parts += actCard(act) { doings.act(act.record) } }
        parts += heading(Said.beginAct)
    }
    if (view.kinds.isEmpty()) parts += body(Said.mayBeginNothing)
    view.kinds.forEach { parts += kind(it, doings) }
    val back = button(Said.back, press = doings.back)
    return Page(Said.beginAct, stack(parts), listOf(back), Words(view.caseNo, view.caseNo), notice = notice)
}

private fun Look.kind(kind: BeginKind, doings: BeginDoings): View {
    val why = kind.why ?: return button(kind.label) { doings.begin(kind.form) }
    return card(column(text(say(kind.label), 18, palette.quiet, bold = true), text(say(why), 16, palette.quiet)))
}

/** [act] as a card that opens it. */
internal fun Look.actCard(act: TodayAct, press: () -> Unit): View {
    val lines = column(text(say(act.name), 18))
    act.marks.forEach { lines.addView(mark(it)) }
    return card(lines, press = press)
}
