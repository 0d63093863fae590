/* 今日: the day's cases in route order, large; below them what needs somebody, then what waits. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.desk.AttentionLine
import cn.lastmile.officer.desk.DraftLine
import cn.lastmile.officer.desk.TodayCase
import cn.lastmile.officer.desk.TodayView
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

/** Where a press on the day's page leads. */
class TodayDoings(
    val act: (String) -> Unit,
    val conflicts: (String) -> Unit,
    val draft: (DraftLine) -> Unit,
    val begin: (String) -> Unit,
    val first: (String) -> Unit,
    val leave: () -> Unit,
    val contact: () -> Unit,
    val crew: () -> Unit,
    val former: () -> Unit,
)

/** The page of [view]; [crew] says how it stands with the crew's phones, [former] counts what waits for former keys. */
fun Look.todayPage(view: TodayView, crew: Words, former: Int, doings: TodayDoings, notice: Words? = null): Page {
    val parts = mutableListOf<View>()
    if (view.cases.isEmpty()) parts += body(Said.noCases)
    view.cases.forEachIndexed { at, case -> parts += caseCard(at, case, doings) }
    if (view.drafts.isNotEmpty()) {
        parts += heading(Said.drafts)
        view.drafts.forEach { draft ->
            val lines = column(text("${say(draft.name)} · ${draft.at}", 18), quiet(draft.copies))
            draft.caution?.let { lines.addView(text("■ " + say(it), 18, palette.redInk, bold = true)) }
            parts += card(lines) { doings.draft(draft) }
        }
    }
    parts += heading(CrewSaid.title)
    parts += card(body(crew)) { doings.crew() }
    parts += heading(Said.attention)
    if (former > 0) parts += card(text("■ " + say(Said.waitsForFormer(former)), 18, bold = true)) { doings.former() }
    if (view.attention.isEmpty() && former == 0) parts += quiet(Said.nothingWaits)
    view.attention.forEach { parts += attention(it, doings) }
    view.waits.forEach { parts += quiet(it) }
    val actions = listOf(button(Said.leave, Weight.MAIN, doings.leave), button(Said.contact, press = doings.contact))
    return Page(
        Said.today, stack(parts), actions, if (view.stale == null) view.contact else Said.route,
        view.stale, notice, dimmed = view.stale != null,
    )
}

private fun Look.caseCard(at: Int, case: TodayCase, doings: TodayDoings): View {
    val number = text("${at + 1}. ${case.caseNo}", 20, bold = true)
    val head = column(number, text("${case.against} · ${case.cause}", 16, palette.quiet))
    val acts = case.acts.map { act -> actCard(act) { doings.act(act.record) } }
    val begin = button(Said.beginAct) { doings.begin(case.mark) }
    val first = button(Said.goFirst) { doings.first(case.caseNo) }.takeIf { at > 0 }
    val parts = listOf<View>(head) + acts + listOf(quiet(Said.noActs)).takeIf { acts.isEmpty() }.orEmpty()
    return card(stack(parts + if (first == null) begin else sideBySide(begin, first)))
}

private fun Look.attention(line: AttentionLine, doings: TodayDoings): View {
    val record = line.record
    val words = text("■ " + say(line.words), 18, bold = true)
    if (record == null) return card(words)
    return card(words) { if (line.conflicts) doings.conflicts(record) else doings.act(record) }
}
