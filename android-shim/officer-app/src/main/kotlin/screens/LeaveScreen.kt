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
 * What can be done; [contact] contacts the court once, which cures most red lines. [tried] confirms a test page,
 * [allow] asks the person for what a call for help needs, [register] registers the phone anew; each null where it is
 * not called for.
 */
class LeaveDoings(
    val contact: () -> Unit,
    val tried: (() -> Unit)?,
    val allow: (() -> Unit)?,
    val register: (() -> Unit)?,
    val back: () -> Unit,
)

/** The page of [view]. */
fun Look.leavePage(view: LeaveView, doings: LeaveDoings, notice: Words? = null): Page {
    val under = if (view.ready) Said.ready
    else Words("还有${view.red}项未就绪", "${view.red} not ready")
    val lines = view.lines.sortedBy { it.green }.map { line(it, doings) }
    val register = listOfNotNull(doings.register?.let { button(Said.enrolAnew, press = it) })
    return Page(
        Said.leave, stack(lines + register),
        listOfNotNull(
            button(Said.contact, Weight.MAIN, doings.contact), doings.allow?.let { button(Said.allow, press = it) },
            button(Said.back, press = doings.back),
        ),
        under, notice = notice,
    )
}

private fun Look.line(line: LeaveLine, doings: LeaveDoings): View {
    val color = if (line.green) palette.greenInk else palette.redInk
    val sign = text(if (line.green) "✓" else "✗", 24, color, bold = true)
    val words = column(text(say(line.words), 18, palette.ink, bold = !line.green))
    line.todo?.let { words.addView(text("→ " + say(it), 18, palette.redInk)) }
    if (line.code == "printer" && !line.green) doings.tried?.let { words.addView(button(Said.printerTried, press = it)) }
    return card(beside(sign, words), if (line.green) palette.edge else palette.redInk)
}
