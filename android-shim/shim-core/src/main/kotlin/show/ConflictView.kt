/*
 * What two people wrote without knowing of each other, as cards side by side: neither is ahead of the other, and a
 * decision has a reason.
 */
package cn.lastmile.shim.show

import cn.lastmile.core.Conflict
import cn.lastmile.core.ConflictKind
import cn.lastmile.core.Said
import cn.lastmile.core.Settlement
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Side
import cn.lastmile.core.Value
import cn.lastmile.shim.words.Words

/** One side: [who] by name, [at] by that person's phone, [says]. */
data class ConflictCard(val who: String, val at: String, val says: Words)

/** A button. [asks] when another value has to be typed first. */
data class ConflictChoice(val code: String, val words: Words, val asks: Boolean = false)

/** [choices] is empty when only a correction record (补正笔录) helps; then [title] says so. */
data class ConflictView(
    val target: String,
    val title: Words,
    val field: Words?,
    val cards: List<ConflictCard>,
    val choices: List<ConflictChoice>,
    private val conflict: Conflict,
) {
    /**
     * What to hand to `Phone.resolve` for the button [code] with [reason], and for 另填 the value [other].
     * Throws [IllegalArgumentException] for a button this view does not have, a reason of blanks, or a value missing:
     * the screen keeps those buttons off.
     */
    fun decide(code: String, reason: String, other: Value? = null): Decision {
        require(choices.any { it.code == code }) { "no such button here: $code" }
        require(reason.isNotBlank()) { "a decision needs a reason" }
        return Decision(target, settlement(code, other), reason.trim(), conflict.seen)
    }

    private fun settlement(code: String, other: Value?): Settlement = when (code) {
        LEAVE_OUT -> Settlement.LeaveOut
        KEEP_STRUCK -> Settlement.KeepStruck
        KEEP_LINE -> Settlement.KeepLine
        NOTED -> Settlement.Noted
        OTHER -> Settlement.Other(requireNotNull(other) { "another value was not typed" })
        else -> {
            val side = conflict.sides[code.removePrefix(TAKE).toInt()]
            Settlement.Take((side.said as Said.Holds).value)
        }
    }

    companion object {
        internal const val TAKE = "take_"
        internal const val OTHER = "other"
        internal const val LEAVE_OUT = "leave_out"
        internal const val KEEP_STRUCK = "keep_struck"
        internal const val KEEP_LINE = "keep_line"
        internal const val NOTED = "noted"
    }
}

/** A decision, for `Phone.resolve`; [seen] ties it to just the sides that were shown. */
data class Decision(val target: String, val settlement: Settlement, val reason: String, val seen: List<String>)

/** Every open conflict of a record; [nowMs] decides whether a time needs its date. */
fun conflictsOf(record: ShownRecord, words: FormWords, nowMs: Long): List<ConflictView> = record.conflicts.map { one ->
    val path = one.target.split('/')
    // `lines/<item>/<field>`, `lines/<item>`, or `<field>` of the head.
    val collection = path[0].takeIf { path.size > 1 }
    val field = if (path.size == 2) null else path.last()
    ConflictView(
        target = one.target,
        title = Words(one.label.zh, one.label.en),
        field = field?.let { words.field(collection, it) }?.label?.let { Words(it.zh, it.en) },
        cards = one.sides.map { card(it, record, words, collection, field, nowMs) },
        choices = choices(one),
        conflict = one,
    )
}

private fun card(
    side: Side,
    record: ShownRecord,
    words: FormWords,
    collection: String?,
    field: String?,
    nowMs: Long,
): ConflictCard {
    val says = when (val said = side.said) {
        is Said.Holds -> words.text(collection, field.orEmpty(), said.value, record.names, nowMs)
        is Said.Struck -> Words("划去:${said.reason}", "struck: ${said.reason}")
        is Said.Edited -> {
            val label = words.field(collection, said.field)?.label
            val value = words.text(collection, said.field, said.value, record.names, nowMs)
            Words("${label?.zh ?: said.field}改为${value.zh}", "${label?.en ?: said.field} set to ${value.en}")
        }
        is Said.Carries -> Words("此编号所在:${said.item}", "the number stands on ${said.item}")
        is Said.Finalised -> Words("已定稿 ${said.content.take(8)}", "finalised ${said.content.take(8)}")
    }
    return ConflictCard(record.names[side.person] ?: side.person, momentOf(side.deviceMs, nowMs), says)
}

private fun choices(conflict: Conflict): List<ConflictChoice> = when (conflict.kind) {
    ConflictKind.FIELD -> takes(conflict.sides.size) + listOf(
        ConflictChoice(ConflictView.OTHER, Words("另填", "another value"), asks = true),
        ConflictChoice(ConflictView.LEAVE_OUT, Words("暂不写入", "leave out for now")),
    )
    ConflictKind.STRUCK_OR_EDITED -> listOf(
        ConflictChoice(ConflictView.KEEP_STRUCK, Words("维持划去", "keep it struck")),
        ConflictChoice(ConflictView.KEEP_LINE, Words("保留该行", "keep the line")),
    )
    ConflictKind.DUPLICATE -> listOf(ConflictChoice(ConflictView.NOTED, Words("已核对", "checked")))
    ConflictKind.FINALISED_TWICE -> emptyList()
}

private fun takes(sides: Int): List<ConflictChoice> = (0 until sides).map { at ->
    val words = when {
        sides > 2 -> Words("采用第${at + 1}项", "take number ${at + 1}")
        at == 0 -> Words("采用左", "take the left")
        else -> Words("采用右", "take the right")
    }
    ConflictChoice("${ConflictView.TAKE}$at", words)
}
