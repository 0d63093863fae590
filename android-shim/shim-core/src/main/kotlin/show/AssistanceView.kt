/* A request for help on the screen, hop by hop, and the words to read to 110. It never claims more than is known. */
package cn.lastmile.shim.show

import cn.lastmile.core.AloudLine
import cn.lastmile.core.Assistance
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words

/** One of the four steps: its words, when it happened (`09:12`, of another day with its date), null while it has not. */
data class HopStep(val words: Words, val at: String?, val state: HopState)

/** Where a step is. */
enum class HopState { DONE, NEXT, LATER }

/** A button: [code] is the core's, [number] what it dials when it dials. */
data class HopButton(val code: String, val words: Words, val number: String?)

/**
 * [fullScreen]: red, over everything, with the call button, because no person is known to have the request.
 * [dimmed] with [stale] when the view may be old.
 */
data class AssistanceView(
    val record: String,
    val fullScreen: Boolean,
    val headline: Words,
    val since: Words,
    val steps: List<HopStep>,
    val console: Words,
    val buttons: List<HopButton>,
    val aloud: List<Words>,
    val dimmed: Boolean,
    val stale: Words?,
)

/** Most lines to read aloud at once: who, where, what. */
private const val ALOUD = 3

/** The view at [nowMs] of what the core knows. */
fun assistanceView(known: Assistance, aloud: List<AloudLine>, nowMs: Long): AssistanceView {
    val next = known.steps.indexOfFirst { it.atMs == null }
    val steps = known.steps.mapIndexed { at, step ->
        val state = when {
            step.atMs != null -> HopState.DONE
            at == next && known.hop != "over" -> HopState.NEXT
            else -> HopState.LATER
        }
        HopStep(step.label.shown, step.atMs?.let { momentOf(it, nowMs) }, state)
    }
    return AssistanceView(
        record = known.record,
        fullScreen = known.alarm,
        headline = known.headline.shown,
        since = sinceOf(known.sinceMs, nowMs),
        steps = steps,
        console = known.console.shown,
        buttons = buttonsOf(known),
        aloud = aloud.take(ALOUD).map { it.words.shown },
        dimmed = known.stale != null,
        stale = known.stale?.shown,
    )
}

/** The core's order; a red screen has the call button first whatever else there is. */
private fun buttonsOf(known: Assistance): List<HopButton> {
    val all = known.todo.map { HopButton(it.code, it.label.shown, it.number) }
    val call = all.firstOrNull { it.code == "call_110" }
    return when {
        call != null -> listOf(call) + (all - call)
        known.alarm -> listOf(HopButton("call_110", Words("拨打110", "Call 110"), "110")) + all
        else -> all
    }
}

private fun sinceOf(sinceMs: Long, nowMs: Long): Words {
    val minutes = ((nowMs - sinceMs) / 60_000).coerceAtLeast(0)
    val at = momentOf(sinceMs, nowMs)
    return if (minutes == 0L) Words("${at},刚刚", "since $at, just now")
    else Words("${at}起,已${minutes}分钟", "since $at, $minutes min")
}
