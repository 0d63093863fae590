/* What the screens show, read from the open core and made into their views. Nothing here changes anything. */
package cn.lastmile.officer.desk

import android.os.SystemClock
import cn.lastmile.core.Draft
import cn.lastmile.core.Phone
import cn.lastmile.core.SmallPicture
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Stage
import cn.lastmile.core.RecordLine
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.position.Fix
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.show.AssistanceView
import cn.lastmile.shim.show.DeviceFacts
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.show.LeaveView
import cn.lastmile.shim.show.assistanceView
import cn.lastmile.shim.show.conflictsOf
import cn.lastmile.shim.show.inventoryOf
import cn.lastmile.shim.show.leaveView
import cn.lastmile.shim.show.markOf
import cn.lastmile.shim.show.marksOf
import cn.lastmile.shim.show.momentOf
import cn.lastmile.shim.show.outboxOf
import cn.lastmile.shim.show.staleBanner
import cn.lastmile.shim.show.walkOf
import cn.lastmile.shim.words.Words
import java.util.Locale

/** From when on what is shown may be old, milliseconds since the last contact. */
private const val STALE_MS = 15 * 60_000L

internal class PhoneReads(
    private val core: FieldCore,
    private val route: Route,
    private val words: FormWords,
    private val places: PositionSource,
    private val entries: Entries,
    private val asides: Asides,
) {
    suspend fun leave(device: DeviceFacts): LeaveView =
        core.ask { leaveView(it.leaveCheck(emptyList()), device, it.deviceMs()) }

    suspend fun today(): TodayView = core.ask { phone ->
        val now = phone.deviceMs()
        val lines = route.sorted(phone.allCases()) { it.caseNo }
        val cases = lines.map { case ->
            val acts = phone.allRecords(case.caseNo)
            val against = case.against.joinToString("、")
            TodayCase(case.caseNo, caseMark(case.caseNo), case.cause, against, acts.map { todayAct(phone, it) })
        }
        val last = phone.leaveCheck(emptyList()).lastContactMs
        val contact = last?.let { momentOf(it, now) }
        TodayView(
            cases = cases,
            attention = attention(phone, cases),
            waits = outboxOf(phone.backlog(), null, now).lines.filter { !it.attention }.map { it.words },
            drafts = drafts(phone, now),
            contact = if (contact == null) Words("尚未联系过法院", "never contacted the court")
            else Words("最近联系法院:$contact", "last contact with the court: $contact"),
            stale = if (last == null || now - last > STALE_MS) staleBanner(last, now) else null,
        )
    }

    private fun attention(phone: Phone, cases: List<TodayCase>): List<AttentionLine> {
        val tray = phone.tray(0u).filter { it.open }.map { entry ->
            val said = entry.said?.shown
            val (zh, en) = (said?.zh ?: entry.reason) to (said?.en ?: entry.reason)
            AttentionLine(Words("待处理:$zh", "needs attention: $en"), entry.record)
        }
        val open = cases.flatMap { it.acts }.filter { act -> act.marks.any { it.words.zh.startsWith("有分歧") } }.map {
            val words = Words("有分歧,待确定:${it.name.zh}", "differs, to be settled: ${it.name.en}")
            AttentionLine(words, it.record, conflicts = true)
        }
        return tray + open
    }

    private fun drafts(phone: Phone, now: Long): List<DraftLine> =
        phone.drafts(null).mapNotNull { draft ->
            val line = draftLine(draft, momentOf(draft.updatedMs, now))
            line?.copy(copies = copiesOf(draft, now), caution = cautionOf(draft))
        }

    suspend fun caution(record: String?, form: FormId?): Words? = core.ask { phone ->
        val id = form?.draft ?: record?.let(::draftId)
        phone.drafts(null).firstOrNull { it.id == id }?.let(::cautionOf)
    }

    /** [draft] as a line; null for a form that this app does not know, or that nothing is typed in. */
    fun draftLine(draft: Draft, at: String): DraftLine? {
        if (!draft.id.startsWith(LINE_DRAFT)) return entries.line(draft, at)
        val name = draft.form?.let { LineForm.of(it.items).name }.orEmpty()
        val words = if (name.isBlank()) Said.newLine else Words(name, name)
        return DraftLine(draft.id.removePrefix(LINE_DRAFT), null, words, at)
    }

    suspend fun act(record: String): ActView = core.ask { phone ->
        val shown = phone.record(record)
        val finalised = shown.finalised.isNotEmpty()
        val waits = finalised && phone.standing(record).onThisPhone > 0u && phone.backlog().unsigned > 0u
        ActView(
            record, named(shown.label.shown, shown.title),
            walkOf(shown, phone.checkRules(record, Stage.CLOSE), phone.deviceMs()),
            marks(phone, shown), shown.conflicts.size,
            crew(phone, shown), !draft(phone, record).isEmpty, finalised,
            if (finalised) emptyList() else blocksOf(phone, shown), waits, asides.mine(phone, shown),
        )
    }

    private fun marks(phone: Phone, shown: ShownRecord) = marksOf(
        phone.standing(shown.record).standing, shown.conflicts.size,
        digest(shown),
    )

    /** What of the record other people wrote shows when their phone and this one last met; more is not known. */
    private fun crew(phone: Phone, shown: ShownRecord): Words {
        val me = phone.signedIn()?.person
        val items = shown.collections.flatMap { it.items }
        val theirs = items.flatMap { item -> item.fields.flatMap { it.values } }.filter { it.person != me }
            .maxByOrNull { it.deviceMs }
            ?: return Words("同组手机:还没有交换到内容", "crew's second phone: nothing exchanged yet")
        val name = shown.names[theirs.person] ?: theirs.person
        val at = momentOf(theirs.deviceMs, phone.deviceMs())
        val since = items.count { item -> item.person == me && item.deviceMs > theirs.deviceMs }
        val zh = if (since == 0) "" else ",此后本机新增${since}项"
        val en = if (since == 0) "" else ", $since new here since then"
        return Words("同组手机:$name,内容到$at$zh", "crew's second phone: $name, up to $at$en")
    }

    private fun draft(phone: Phone, record: String): LineForm = phone.drafts(null)
        .firstOrNull { it.id == draftId(record) }?.form?.let { LineForm.of(it.items) } ?: LineForm()

    suspend fun line(record: String): LineForm = core.ask { draft(it, record) }

    suspend fun list(record: String): ListView = core.ask { phone ->
        val shown = phone.record(record)
        val list = inventoryOf(shown, words)
        val hashes = list.cards.flatMap { it.photos }
        val files = phone.files(record).associateBy { it.hash }
        val pictures = hashes.mapNotNull { hash -> phone.smallPicture(hash, SmallPicture.THUMBNAIL)?.let { hash to it } }
        ListView(
            record, list, conflictsOf(shown, words, phone.deviceMs()), marks(phone, shown), pictures.toMap(),
            hashes.mapNotNull { hash -> files[hash]?.let { hash to markOf(it.standing) } }.toMap(),
            !draft(phone, record).isEmpty, crew(phone, shown),
        )
    }

    suspend fun plan(record: String?): CallPlan = core.ask { phone ->
        val shown = record?.let { phone.record(it) }
        val fix = places.newest()
        val place = shown?.head?.firstOrNull { it.name == "location" || it.name == "place" }?.values?.firstOrNull()
        val text = (place?.value as? cn.lastmile.core.Value.Text)?.value.orEmpty()
        val position = if (fix == null) Words("位置未知,将发送地点文字", "position unknown: the words of the place go")
        else fix.accuracyM?.toInt().let { u ->
            val age = fix.ageS(SystemClock.elapsedRealtime())
            Words("卫星定位 ±${u ?: "?"}米,${age}秒前", "position ±${u ?: "?"} m, $age s ago")
        }
        CallPlan(shown?.caseNo, record, phone.signedIn()?.name.orEmpty(), text, position, fix?.let(::geo))
    }

    suspend fun assistance(record: String): AssistanceView =
        core.ask { assistanceView(it.assistance(record), it.wordsAloud(record), it.deviceMs()) }
}

/** [line] as the day's page has it. */
internal fun todayAct(phone: Phone, line: RecordLine): TodayAct {
    val digest = if (line.finalised) digest(phone.record(line.record)) else null
    val marks = marksOf(line.standing, line.conflicts.toInt(), digest)
    return TodayAct(line.record, named(line.label.shown, line.title), marks)
}

/** A record of the kind [label] by its [title], which is the kind's own words while nothing better is known. */
internal fun named(label: Words, title: String): Words =
    if (title.isBlank() || title == label.zh || title == label.en) label
    else Words("${label.zh} $title", "${label.en} $title")

/** What was bound, not what came after it. */
private fun digest(shown: ShownRecord): String? = shown.finalised.firstOrNull()?.content

/** [fix] as records have it. */
internal fun geo(fix: Fix): String {
    val at = String.format(Locale.ROOT, "geo:%.6f,%.6f;crs=wgs84", fix.latitude, fix.longitude)
    val accuracy = fix.accuracyM?.let { ";u=${it.toInt().coerceAtLeast(1)}" }.orEmpty()
    return at + accuracy + if (fix.gnss) ";src=gnss" else ";src=network"
}
