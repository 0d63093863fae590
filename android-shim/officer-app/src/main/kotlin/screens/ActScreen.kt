/* An act as a walk of steps; 离场前还缺 n 项 is always in sight, and a press on it lists what, with the article. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.officer.desk.ActView
import cn.lastmile.officer.desk.whyNot
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.look.mark
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.ActWalk
import cn.lastmile.shim.show.AsideLine
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.show.StepState
import cn.lastmile.shim.show.WalkStep
import cn.lastmile.shim.words.Words

/** Where a press on the act's page leads; [step] gets the step's code. */
class ActDoings(
    val step: (String) -> Unit,
    val missing: () -> Unit,
    val conflicts: () -> Unit,
    val list: () -> Unit,
    val sign: () -> Unit,
    val basics: () -> Unit,
    val back: () -> Unit,
)

/** The page of [view]. */
fun Look.actPage(view: ActView, doings: ActDoings, notice: Words? = null): Page {
    val state = column()
    view.marks.forEach { state.addView(mark(it)) }
    state.addView(quiet(view.crew))
    if (view.draft) state.addView(quiet(Said.draftHere))
    val parts = mutableListOf<View>(state)
    if (view.conflicts > 0) {
        val words = Words("有分歧,待确定:${view.conflicts}处", "differs, to be settled: ${view.conflicts}")
        parts += card(text("■ " + say(words), 18, bold = true)) { doings.conflicts() }
    }
    if (!view.finalised) parts += card(text(say(Said.basics), 20, bold = true)) { doings.basics() }
    view.walk.steps.forEachIndexed { at, step -> parts += step(at + 1, step, doings) }
    val doing = listOfNotNull(
        button(Said.list, Weight.MAIN, doings.list).takeIf { view.walk.steps.any { it.code == "lines" } },
        button(Said.sign, press = doings.sign).takeIf { view.walk.steps.any { it.code == "signatures" } },
    )
    val actions = listOf(sideBySide(*doing.toTypedArray()), button(Said.back, press = doings.back))
    val foot = foot(view.walk, doings.missing)
    return Page(view.title, stack(parts), actions, notice = notice, foot = foot)
}

/** The foot of the walk. */
internal fun Look.foot(walk: ActWalk, press: () -> Unit): View {
    val lacks = walk.missing.isNotEmpty()
    val ink = if (lacks) palette.onAmber else palette.greenInk
    return text((if (lacks) "▲ " else "✓ ") + say(walk.foot), 20, ink, bold = true).apply {
        setBackgroundColor(if (lacks) palette.amber else palette.ground)
        touchable(this)
        gravity = android.view.Gravity.CENTER_VERTICAL
        if (lacks) setOnClickListener { press() }
    }
}

private fun Look.step(number: Int, step: WalkStep, doings: ActDoings): View {
    val (sign, words, ink) = when (step.state) {
        StepState.DONE -> Triple("✓", Said.done, palette.greenInk)
        StepState.MISSING -> Triple("▲", Words("还缺${step.missing.size}项", "${step.missing.size} missing"), palette.ink)
        StepState.OPEN -> Triple("○", Said.notYet, palette.ink)
        StepState.DOES_NOT_APPLY -> Triple("—", Said.spared, palette.quiet)
    }
    val lines = column(
        text("$number. ${say(step.title)}", 20, bold = true),
        text(say(words) + step.why?.let { ":" + say(it) }.orEmpty(), 16, palette.quiet),
    )
    if (step.aside.isNotEmpty()) {
        val count = Words("${step.aside.size}项说明理由后继续", "${step.aside.size} set aside with a reason")
        lines.addView(text(say(count), 16, palette.quiet))
    }
    return card(beside(text(sign, 24, ink, bold = true), lines)) { doings.step(step.code) }
}

/**
 * What is missing, and what somebody went on without: all of it, or of the step [only]. [aside] is pressed on a line
 * that the person at the phone may go on without.
 */
fun Look.missingPage(
    view: ActView,
    only: String?,
    acts: List<View>,
    aside: (MissingLine) -> Unit,
    notice: Words?,
    back: () -> Unit,
): Page {
    val steps = view.walk.steps.filter { only == null || it.code == only }
    val parts = steps.filter { it.missing.isNotEmpty() || it.aside.isNotEmpty() }.flatMap { step ->
        listOf(heading(step.title)) + step.missing.map { missing(it, view.mine, aside) } + step.aside.map(::aside)
    }
    val title = if (only == null) Said.missing else steps.firstOrNull()?.title ?: Said.missing
    val content = if (parts.isEmpty()) body(Words("这一步没有缺项", "nothing is missing here")) else stack(parts)
    val actions = acts + button(Said.back, press = back)
    return Page(title, content, actions, notice = notice, foot = foot(view.walk) {})
}

/** [line] with its articles, and the way on without it for whoever has one of the roles [mine]. */
internal fun Look.missing(line: MissingLine, mine: Set<String>, aside: (MissingLine) -> Unit): View {
    val lines = column(text((if (line.blocks) "■ " else "▲ ") + say(line.words), 18, bold = line.blocks))
    line.basis.forEach { lines.addView(text(say(it), 16, palette.quiet)) }
    // What is no rule's has no way around it, and a warning that nobody may set aside stops nobody.
    if (line.rule.isEmpty() || (line.maySetAside.isEmpty() && !line.blocks)) return card(lines)
    val why = whyNot(line, mine)
    if (why == null) return card(stack(listOf(lines, button(Said.setAside) { aside(line) })))
    lines.addView(text(say(why), 16, palette.ink))
    return card(lines)
}

private fun Look.aside(line: AsideLine): View = card(
    column(
        text(say(line.words), 18, palette.quiet),
        text(say(Said.setAside) + ":" + line.reason, 18, bold = true),
        text("${line.who} · ${say(line.role)} · ${line.at}", 16, palette.quiet),
    ),
)
