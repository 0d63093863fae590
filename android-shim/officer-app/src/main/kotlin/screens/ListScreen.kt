/* 清单: one card for each line, photo first; struck lines stay, struck through, with the reason. */
package cn.lastmile.officer.screens

import android.graphics.BitmapFactory
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import cn.lastmile.officer.desk.ListView
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Plate
import cn.lastmile.officer.look.SignView
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.look.mark
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.InventoryCard
import cn.lastmile.shim.show.Sign
import cn.lastmile.shim.words.Words

/** Where a press on the list leads. */
class ListDoings(val add: () -> Unit, val shoot: () -> Unit, val conflicts: () -> Unit, val back: () -> Unit)

/** The page of [view]; [pictures] is off while memory is short. */
fun Look.listPage(view: ListView, doings: ListDoings, notice: Words? = null, pictures: Boolean = true): Page {
    val state = column()
    view.marks.forEach { state.addView(mark(it)) }
    state.addView(quiet(view.crew))
    val parts = mutableListOf<View>(state)
    if (view.conflicts.isNotEmpty()) {
        val words = Words("有分歧,待确定:${view.conflicts.size}处", "differs, to be settled: ${view.conflicts.size}")
        parts += card(text("■ " + say(words), 18, bold = true)) { doings.conflicts() }
    }
    if (view.list.cards.isEmpty()) parts += body(Said.emptyList)
    view.list.cards.forEach { parts += line(it, view, pictures) }
    if (view.draft) parts += card(text(say(Said.begin) + " · " + say(Said.draftHere), 18)) { doings.add() }
    val count = Words("共${view.list.standing}项", "${view.list.standing} lines")
    val actions = listOf(
        sideBySide(button(Said.photo, Weight.MAIN, doings.shoot), button(Said.newLine, press = doings.add)),
        button(Said.back, press = doings.back),
    )
    return Page(Said.list, stack(parts), actions, count, notice = notice)
}

private fun Look.line(line: InventoryCard, view: ListView, pictures: Boolean): View {
    val name = text("${line.number}. ${say(line.name)}", 20, bold = true)
    val facts = listOf(
        listOfNotNull(line.measure?.let(::say), line.quantity).joinToString(" · "),
        line.estimate?.let { "${say(Said.value)} $it" }.orEmpty(),
        line.custodian?.let { "${say(Said.custodian)} ${say(it)}" }.orEmpty(),
    ).filter { it.isNotEmpty() }.map { text(it, 18) }
    val words = column(name, *facts.toTypedArray())
    if (line.struck) {
        (facts + name).forEach(::struck)
        val reason = line.struckReason?.let { ":$it" }.orEmpty()
        words.addView(text(say(Said.struck) + reason, 18, palette.quiet, bold = true))
    }
    if (line.contested) words.addView(text("■ " + say(Words("有分歧,待确定", "differs, to be settled")), 16, bold = true))
    val shot = line.photos.firstOrNull()
    shot?.let { view.photoMarks[it] }?.let { words.addView(mark(it)) }
    return card(beside(picture(shot?.let { view.pictures[it] }.takeIf { pictures }), words))
}

/** The thumbnail of [bytes] (JPEG), or a camera where there is none. */
private fun Look.picture(bytes: ByteArray?): View {
    val side = px(88)
    val small = bytes?.let { BitmapFactory.decodeByteArray(it, 0, it.size) }
    val box = LinearLayout(context).apply {
        background = Plate(palette.ground, palette.edge, px(4), px(1))
        gravity = android.view.Gravity.CENTER
        minimumWidth = side
        minimumHeight = side
    }
    if (small == null) return box.apply { addView(SignView(this@picture, Sign.CAMERA)) }
    val view = ImageView(context).apply {
        setImageBitmap(small)
        scaleType = ImageView.ScaleType.CENTER_CROP
    }
    return box.apply { addView(view, LinearLayout.LayoutParams(side, side)) }
}
