/* A plain form: fields by type, one below the other; every change is a draft. */
package cn.lastmile.officer.screens

import android.view.View
import cn.lastmile.core.FieldKind
import cn.lastmile.officer.desk.EntryField
import cn.lastmile.officer.desk.EntrySheet
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

/**
 * What can be done; [changed] hears every change of a field, [time] puts the time now into one, [act] opens a record,
 * [drop] throws the draft away where that is offered.
 */
class EntryDoings(
    val changed: (field: String, text: String, redraw: Boolean) -> Unit,
    val time: (field: String) -> Unit,
    val save: () -> Unit,
    val act: (String) -> Unit,
    val drop: (() -> Unit)?,
    val back: () -> Unit,
)

/** The page of [sheet]; [now] is what is typed. */
fun Look.entryPage(sheet: EntrySheet, now: Map<String, String>, doings: EntryDoings, notice: Words? = null): Page {
    val notes = sheet.notes.mapIndexed { at, words -> text(say(words), 18, bold = at == 0) }
    val there = sheet.there.map { act -> actCard(act) { doings.act(act.record) } }
    val fields = sheet.fields.map { field -> entry(field, now[field.name] ?: field.stands, doings) }
    val draft = listOf(quiet(Said.draftHere)).takeIf { fields.isNotEmpty() }.orEmpty()
    val back = button(Said.back, press = doings.back)
    val actions = listOfNotNull(
        sheet.save?.let { button(it, Weight.MAIN, doings.save) },
        doings.drop?.let { sideBySide(back, button(Said.drop, press = it)) } ?: back,
    )
    return Page(sheet.title, stack(notes + there + fields + draft), actions, notice = notice)
}

private fun Look.entry(field: EntryField, text: String, doings: EntryDoings): View {
    if (field.choices.isNotEmpty()) {
        val rows = field.choices.chunked(abreast).map { pair ->
            sideBySide(*pair.map { (code, words) -> pressed(field, code, words, text, doings) }.toTypedArray())
        }
        return stack(listOf<View>(quiet(marked(field, field.label))) + rows)
    }
    val label = when (field.kind) {
        is FieldKind.Time -> Words("${field.label.zh}(如08:30)", "${field.label.en} (as 08:30)")
        is FieldKind.Date -> Words("${field.label.zh}(如2026-03-17)", "${field.label.en} (as 2026-03-17)")
        is FieldKind.Money -> Words("${field.label.zh}(元)", "${field.label.en} (yuan)")
        else -> field.label
    }
    val line = field(marked(field, label), text) { doings.changed(field.name, it, false) }
    if (field.kind !is FieldKind.Time) return line
    return column(line, button(Said.now) { doings.time(field.name) })
}

private fun marked(field: EntryField, label: Words): Words =
    if (field.must) Words("${label.zh}(必填)", "${label.en} (required)") else label

/** A second press takes the choice back. */
private fun Look.pressed(field: EntryField, code: String, words: Words, text: String, doings: EntryDoings): View {
    val chosen = code == text
    return choice(words, chosen) { doings.changed(field.name, if (chosen) "" else code, true) }
}
