/* A plain form as a screen shows it: its fields, what was typed before, and the values that what is typed becomes. */
package cn.lastmile.officer.desk

import cn.lastmile.core.FieldKind
import cn.lastmile.core.Value
import cn.lastmile.shim.show.Mark
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import java.time.LocalDate

/**
 * One field; with [choices] (value and words) it is pressed, without it is typed. [stands] is what the record has;
 * without a [must] nothing is handed in.
 */
data class EntryField(
    val name: String,
    val label: Words,
    val kind: FieldKind,
    val choices: List<Pair<String, Words>>,
    val stands: String = "",
    val must: Boolean = false,
)

/**
 * The form [form]; [typed] is what was typed into it before and not handed in. [today] is the phone's date in Beijing.
 * [notes] stand above the fields, [there] is what somebody should know of before writing. [save] hands it in; null
 * when this person may not, and the last note says why.
 */
data class EntrySheet(
    val form: FormId,
    val title: Words,
    val fields: List<EntryField>,
    val today: LocalDate,
    val save: Words?,
    val notes: List<Words> = emptyList(),
    val there: List<TodayAct> = emptyList(),
    val typed: Map<String, String> = emptyMap(),
) {
    /** What [now] changes of the record, or why it cannot be handed in. */
    fun read(now: Map<String, String>): Read {
        val changed = fields.filter { now[it.name] != null && now[it.name] != it.stands && now[it.name] != "" }
        val values = changed.associateWith { valueOf(it, now.getValue(it.name), today) }
        return Read(
            values.mapNotNull { (field, value) -> value?.let { field.name to it } }.toMap(),
            fields.filter { it.must && (now[it.name] ?: it.stands).isBlank() }.map { it.label },
            values.filter { it.value == null }.keys.map { it.label },
        )
    }
}

/** [values] of the fields that can be read; labels of those that [lacking] must be filled in, and that are [wrong]. */
data class Read(val values: Map<String, Value>, val lacking: List<Words>, val wrong: List<Words>) {
    /** The values. Throws [EntryTrouble] when there is nothing to hand in, or not all of it. */
    fun demand(): Map<String, Value> {
        val said = listOfNotNull(
            list(lacking)?.let { Words("请填写:${it.zh}", "please fill in: ${it.en}") },
            list(wrong)?.let { Words("请改正:${it.zh}", "please correct: ${it.en}") },
        )
        if (said.isNotEmpty()) throw EntryTrouble(Words(said.joinToString(";") { it.zh }, said.joinToString("; ") { it.en }))
        if (values.isEmpty()) throw EntryTrouble(Words("还没有填写", "nothing is written yet"))
        return values
    }

    private fun list(labels: List<Words>): Words? =
        if (labels.isEmpty()) null
        else Words(labels.joinToString("、") { it.zh }, labels.joinToString(", ") { it.en })
}

/** What was handed in: the record it is in now, and how far that has come. */
data class Entered(val record: String, val mark: Mark)

/** What was typed cannot be handed in; nothing was written, and the draft stays. */
class EntryTrouble(override val words: Words) : Exception("entry_refused"), Trouble {
    override val code = "entry_refused"
}
