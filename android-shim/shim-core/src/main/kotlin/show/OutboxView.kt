/* What has not come through yet, for the foot of the day's page; and how old is what the screen shows. */
package cn.lastmile.shim.show

import cn.lastmile.core.Backlog
import cn.lastmile.core.Change
import cn.lastmile.core.ContactState
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.changes
import cn.lastmile.shim.field.contacts
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.flow.onStart

/** One line: [code] is stable, [count] what it counts, [attention] when a person has to do something. */
data class OutboxLine(val code: String, val count: Long, val words: Words, val attention: Boolean = false)

/** The lines that are not empty, attention first, and [contact] with the court below them. */
data class OutboxView(val lines: List<OutboxLine>, val contact: Words)

/** The view of what waits; [contact] is the newest state of contacts, null before any in this run. */
fun outboxOf(waits: Backlog, contact: ContactState?, nowMs: Long): OutboxView {
    fun line(code: String, count: ULong, zh: String, en: String, attention: Boolean = false) =
        OutboxLine(code, count.toLong(), Words(zh.replace("{n}", "$count"), en.replace("{n}", "$count")), attention)
    val all = listOf(
        line("tray", waits.tray, "待处理{n}项", "{n} need attention", attention = true),
        line("unsigned", waits.unsigned, "待签名{n}项,解锁后自动签名", "{n} wait for a signature; unlock to sign"),
        line("pending", waits.pending, "已存本机{n}项,尚未到法院", "{n} on this phone, not with the court"),
        line("held", waits.held, "{n}项等待其他手机的内容", "{n} wait for other phones"),
        line("originals", waits.originals, "原件待上传{n}个", "{n} originals pending"),
    )
    return OutboxView(all.filter { it.count > 0 }, contactOf(contact, nowMs))
}

private fun contactOf(contact: ContactState?, nowMs: Long): Words = when (contact) {
    null -> Words("本次打开后尚未联系法院", "no contact with the court since the app was opened")
    is ContactState.Running -> Words("正在联系法院", "contacting the court")
    is ContactState.Done -> momentOf(contact.atMs, nowMs).let { Words("${it}联系过法院", "court contacted at $it") }
    is ContactState.Failed -> Words("未能联系法院,内容都在本机", "the court was not reached; everything is on this phone")
}

/** The banner over a view that may be old: dim it, never hide it. Null [lastMs]: never any contact. */
fun staleBanner(lastMs: Long?, nowMs: Long): Words = if (lastMs == null) {
    Words("尚未联系到法院,连接已断开", "no contact with the court yet, disconnected")
} else {
    momentOf(lastMs, nowMs).let { Words("数据截至$it,连接已断开", "as of $it, disconnected") }
}

/** [OutboxView] now and after every change; collected off the main thread or on it, reads happen elsewhere. */
fun FieldCore.outbox(): Flow<OutboxView> {
    val changed = changes().onStart { emit(Change.Anything) }
    val contact: Flow<ContactState?> = contacts().let { flow -> flow.nullable().onStart { emit(null) } }
    return combine(changed, contact) { _, state -> ask { outboxOf(it.backlog(), state, it.deviceMs()) } }
}

private fun <T> Flow<T>.nullable(): Flow<T?> = this
