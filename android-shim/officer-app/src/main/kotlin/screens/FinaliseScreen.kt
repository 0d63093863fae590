/* 定稿: what stands in the way, in sentences; then the one button, and afterwards the lock and the digest. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.desk.ActView
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.look.mark
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.words.Words

/** The page of [view]; [finalise] asks for fingerprint or face, [aside] goes on without a line. */
fun Look.finalisePage(
    view: ActView,
    finalise: () -> Unit,
    aside: (MissingLine) -> Unit,
    back: () -> Unit,
    notice: Words? = null,
): Page {
    val parts = mutableListOf<View>()
    view.marks.forEach { parts += mark(it) }
    when {
        view.finalised && view.unsealed -> parts += body(Said.unsealed)
        view.finalised -> parts += body(Said.bound)
        view.blocks.isEmpty() -> parts += body(Said.bindsForGood)
        else -> {
            parts += heading(Said.cannotYet)
            view.blocks.forEach { parts += missing(it, view.mine, aside) }
        }
    }
    val act = when {
        view.finalised && view.unsealed -> button(Said.seal, Weight.MAIN, finalise)
        !view.finalised && view.blocks.isEmpty() -> button(Said.finalise, Weight.MAIN, finalise)
        else -> null
    }
    val actions = listOfNotNull(act, button(Said.back, press = back))
    return Page(Said.finalise, stack(parts), actions, view.title, notice = notice, foot = foot(view.walk) {})
}
