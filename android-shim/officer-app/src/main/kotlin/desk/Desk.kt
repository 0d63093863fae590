/*
 * What the screens ask for and what they do, in words of the day: nothing here knows a view. The real one is
 * [PhoneDesk]; tests have others for what a phone cannot be made to do.
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.ReadBack
import cn.lastmile.core.Signatory
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.shim.show.ActWalk
import cn.lastmile.shim.show.AssistanceView
import cn.lastmile.shim.show.ConflictView
import cn.lastmile.shim.show.Decision
import cn.lastmile.shim.show.DeviceFacts
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.show.InventoryView
import cn.lastmile.shim.show.LeaveView
import cn.lastmile.shim.show.Mark
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.words.Words
import java.io.InputStream

/** One act of a case, called [name]: its kind and what it is about. [marks]: what needs somebody first. */
data class TodayAct(val record: String, val name: Words, val marks: List<Mark>)

/** One case; [mark] stands for it where it must not be told by name, [acts] most recently changed first. */
data class TodayCase(
    val caseNo: String,
    val mark: String,
    val cause: String,
    val against: String,
    val acts: List<TodayAct>,
)

/** What needs a person; [record] when a press leads somewhere. */
data class AttentionLine(val words: Words, val record: String?, val conflicts: Boolean = false)

/** The day. [contact] is when the court was last heard; [stale] when what is shown may be old. */
data class TodayView(
    val cases: List<TodayCase>,
    val attention: List<AttentionLine>,
    val waits: List<Words>,
    val drafts: List<DraftLine>,
    val contact: Words,
    val stale: Words?,
)

/**
 * What was begun and not handed in: the [form], or without one the line of [record]. [copies] says which phones have it,
 * [caution] that it may have been recorded elsewhere.
 */
data class DraftLine(
    val record: String?,
    val form: FormId?,
    val name: Words,
    val at: String,
    val copies: Words = CrewSaid.onlyHere,
    val caution: Words? = null,
)

/**
 * An act; [crew] says what the second phone of the crew has, [blocks] why it cannot be finalised. [unsealed]: it is
 * finalised and nobody's fingerprint has confirmed it yet. [mine] are the roles in which the person signed in may
 * decide about it.
 */
data class ActView(
    val record: String,
    val title: Words,
    val walk: ActWalk,
    val marks: List<Mark>,
    val conflicts: Int,
    val crew: Words,
    val draft: Boolean,
    val finalised: Boolean,
    val blocks: List<MissingLine> = emptyList(),
    val unsealed: Boolean = false,
    val mine: Set<String> = emptySet(),
)

/** A line is in the record, which is at [mark]; without its [photo] when that could not be kept. */
data class LineAdded(val mark: Mark, val photo: Boolean)

/** The list with its pictures (JPEG by hash), its open differences, and the state of the record. */
class ListView(
    val record: String,
    val list: InventoryView,
    val conflicts: List<ConflictView>,
    val marks: List<Mark>,
    val pictures: Map<String, ByteArray>,
    val photoMarks: Map<String, Mark>,
    val draft: Boolean,
    val crew: Words,
)

/** What a call for help will say, before anything is sent. */
data class CallPlan(
    val caseNo: String?,
    val act: String?,
    val who: String,
    val place: String,
    val position: Words,
    val geo: String?,
    val situation: String = "surrounding",
    val callback: String = "",
)

/** The day's doings. Every function may throw `LastmileException` or a `Trouble`, and none loses what was saved. */
interface Desk {
    /** Names of fields and codes of a seizure. */
    val words: FormWords

    suspend fun leave(device: DeviceFacts): LeaveView

    /** The officer says to have printed a test page now. Durable when it returns. */
    suspend fun printerTried()
    suspend fun today(): TodayView

    /** Puts a case first on the way. */
    suspend fun goFirst(caseNo: String)
    suspend fun act(record: String): ActView
    suspend fun list(record: String): ListView

    /** The line of [record] that was begun: empty when there is none. Durable after [keepLine]. */
    suspend fun line(record: String): LineForm
    suspend fun keepLine(record: String, form: LineForm)
    suspend fun dropLine(record: String)

    /** Makes the line part of the record; the draft goes when it is durable. */
    suspend fun addLine(record: String, form: LineForm): LineAdded
    suspend fun strikeLine(record: String, item: String, reason: String)
    suspend fun settle(record: String, decision: Decision)

    /** Notes that identity cards and ruling were shown now. */
    suspend fun shown(record: String)

    /**
     * Binds [record] for good and has the person confirm it; again, when that failed before. False: it is bound on this
     * phone, and nobody has confirmed it.
     */
    suspend fun finalise(record: String): Boolean

    /** What can be written in the step [code] of [record]. */
    suspend fun forms(record: String, code: String): List<StepForm>

    /** The on-site record that the act [record] names. */
    suspend fun onsite(record: String): String?

    /** What can be begun in the case of the mark [case], see [TodayCase.mark]. */
    suspend fun beginnings(case: String): BeginView

    /** The form, and what was typed into it before. Durable after [keepEntry]; [dropEntry] throws it away. */
    suspend fun sheet(form: FormId): EntrySheet
    suspend fun keepEntry(form: FormId, typed: Map<String, String>)
    suspend fun dropEntry(form: FormId)

    /** Makes it part of the record, or a record; the draft goes then. Throws [EntryTrouble] and keeps the draft. */
    suspend fun enter(form: FormId, typed: Map<String, String>): Entered

    /** What was begun on colleagues' phones, as it was when they were met. */
    suspend fun colleagues(): List<ColleagueForm>

    /** Goes on with it here; false when its photo stayed on the other phone. Throws when another form stands there. */
    suspend fun takeOver(form: ColleagueForm): Boolean

    /** Why the draft of [form], or of the line of [record], may have been recorded elsewhere; null for no reason. */
    suspend fun caution(record: String?, form: FormId?): Words?

    /** The phone's time as a person types it. */
    suspend fun now(): String

    /** Keeps a photo before it is part of any record; gives its hash. Read to its end. */
    suspend fun keepPhoto(photo: InputStream): String
    suspend fun readBack(record: String): ReadBack

    /**
     * Records a signature or a refusal, at this moment. The picture of a `Hand.Fingerprint` is the hash of a photo that
     * was kept; it becomes part of the record here.
     */
    suspend fun sign(record: String, content: String, signatory: Signatory)

    /** Whether [pin] is the officer's. */
    suspend fun opens(pin: String): Boolean

    /** What would be sent for [record], or for no act in particular. */
    suspend fun plan(record: String?): CallPlan

    /** Saves the call and begins to send it; gives its record. */
    suspend fun call(plan: CallPlan): String

    /** The call that is open now. */
    suspend fun openCall(): String?
    suspend fun assistance(record: String): AssistanceView

    /** The call [record] as a text message. */
    suspend fun textOf(record: String): CallText

    /** One contact with the court; quietly nothing when it is not reached. */
    suspend fun contact()
}
