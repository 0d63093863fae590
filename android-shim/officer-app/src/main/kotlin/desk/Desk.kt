/*
 * What the screens ask for and what they do, in words of the day: nothing here knows a view. The real one is
 * [PhoneDesk]; tests have others for what a phone cannot be made to do.
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.ReadBack
import cn.lastmile.core.Signatory
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

/** One act of a case: [marks] what needs somebody first. */
data class TodayAct(val record: String, val kind: Words, val title: String, val marks: List<Mark>)

/** One case; [acts] most recently changed first. */
data class TodayCase(val caseNo: String, val cause: String, val against: String, val acts: List<TodayAct>)

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

/** A form that was begun and not handed in. */
data class DraftLine(val record: String, val name: String, val at: String)

/**
 * An act; [crew] says what the second phone of the crew has, [blocks] why it cannot be finalised. [unsealed]: it is
 * finalised and nobody's fingerprint has confirmed it yet.
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
)

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
    suspend fun today(): TodayView

    /** Puts a case first on the way. */
    suspend fun goFirst(caseNo: String)
    suspend fun act(record: String): ActView
    suspend fun list(record: String): ListView

    /** The line of [record] that was begun: empty when there is none. Durable after [keepLine]. */
    suspend fun line(record: String): LineForm
    suspend fun keepLine(record: String, form: LineForm)
    suspend fun dropLine(record: String)

    /** Makes the line part of the record; the draft goes when it is durable. Gives the state of the record. */
    suspend fun addLine(record: String, form: LineForm): Mark
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

    /** The form of [verb], and what was typed into it before. Durable after [keepEntry]. */
    suspend fun sheet(record: String, verb: String): EntrySheet
    suspend fun keepEntry(record: String, verb: String, typed: Map<String, String>)

    /** Makes it part of the record; the draft goes when it is durable. Throws [EntryTrouble] and keeps the draft. */
    suspend fun enter(record: String, verb: String, typed: Map<String, String>): Mark

    /** The phone's time as a person types it. */
    suspend fun now(): String

    /** Keeps a photo for the line that is being written; gives its hash. Read to its end. */
    suspend fun keepPhoto(photo: InputStream): String
    suspend fun readBack(record: String): ReadBack
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

    /** The words of the call [record] as a text message. */
    suspend fun textOf(record: String): String

    /** One contact with the court; quietly nothing when it is not reached. */
    suspend fun contact()
}
