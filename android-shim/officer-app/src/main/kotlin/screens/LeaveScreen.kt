/* 出发检查: one page, green or red, and every red line says what to do. Red lines come first. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.LeaveLine
import cn.lastmile.shim.show.LeaveView
import cn.lastmile.shim.words.Words

/**
 * The page of [view]; [contact] contacts the court once, which cures most red lines; [allow] asks the person for what
 * a call for help needs, null when nothing is wanting.
 */
fun Look.leavePage(
    view: LeaveView,
    contact: () -> Unit,
    back: () -> Unit,
    notice: Words? = null,
    allow: (() -> Unit)? = null,
): Page {
    val under = if (view.ready) Said.ready
    else Words("有${view.red}项不能放心出发", "${view.red} not ready")
    val lines = view.lines.sortedBy { it.green }.map(::line)
    return Page(
        Said.leave, stack(lines),
        listOfNotNull(
            button(Said.contact, Weight.MAIN, contact), allow?.let { button(Said.allow, press = it) },
            button(Said.back, press = back),
        ),
        under, notice = notice,
    )
}

private fun Look.line(line: LeaveLine): View {
    val color = if (line.green) palette.greenInk else palette.redInk
    val sign = text(if (line.green) "✓" else "✗", 24, color, bold = true)
    val words = column(text(say(line.words), 18, palette.ink, bold = !line.green))
    line.todo?.let { words.addView(text("→ " + say(it), 18, palette.redInk)) }
    return card(beside(sign, words), if (line.green) palette.edge else palette.redInk)
}
