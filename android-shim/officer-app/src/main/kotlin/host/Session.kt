/*
 * What the person is in the middle of. It belongs to the process, not to a screen, so that turning the phone loses
 * nothing; a line being written is kept in the encrypted store at every change, so that a dead battery loses nothing.
 */
package cn.lastmile.officer.host

import cn.lastmile.officer.desk.CallPlan
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.DraftLine
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.screens.Settling
import cn.lastmile.officer.screens.SigningForm
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.show.SigningMode
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock

/** One per process, over [desk]. Main thread. */
class Session(private val desk: Desk) {
    private val life = SupervisorJob()
    private val scope = CoroutineScope(life + MainLoop)
    private val lines = mutableMapOf<String, LineForm>()
    private val entries = mutableMapOf<FormId, Map<String, String>>()
    private val writing = Mutex()

    /** Drafts on their way to the disk; a test waits for them. */
    val work: Job get() = life

    /** Keypad: true for money, false for the quantity, null for closed. */
    var pad: Boolean? = null
    var settling = Settling()
    var signing: SigningMode? = null
    var signingForm = SigningForm()
    var call: CallPlan? = null

    /** What was typed for the address of the other phone's door. */
    var door = ""

    /** Hears why a draft could not be kept. */
    var draftFailed: (Words) -> Unit = {}

    /** The line of [record] as it was typed last. */
    suspend fun line(record: String): LineForm =
        lines[record] ?: desk.line(record).let { lines.getOrPut(record) { it } }

    /** The same, once it was read. */
    fun lineNow(record: String): LineForm = lines[record] ?: LineForm()

    /** Keeps [form]; on the disk some milliseconds later, newer ones overtake older ones. */
    fun keepLine(record: String, form: LineForm) {
        lines[record] = form
        scope.launch { write(record, form) }
    }

    /** After the line became part of the record, or was given up. */
    suspend fun endLine(record: String, end: suspend (LineForm) -> Unit) = writing.withLock {
        end(line(record))
        lines.remove(record)
        pad = null
    }

    /** What is typed into [form]; [before] from the disk the first time. */
    fun entry(form: FormId, before: Map<String, String>): Map<String, String> = entries.getOrPut(form) { before }

    /** The same with [text] in [field]; kept as a line is. */
    fun keepEntry(form: FormId, field: String, text: String) {
        val typed = entries[form].orEmpty() + (field to text)
        entries[form] = typed
        scope.launch {
            writing.withLock { if (entries[form] === typed) kept { desk.keepEntry(form, typed) } }
        }
    }

    /** [end] gets what is typed and hands it in, or gives it up; after it a draft does not come back. */
    suspend fun endEntry(form: FormId, end: suspend (Map<String, String>) -> Unit) = writing.withLock {
        end(entries[form].orEmpty())
        entries.remove(form)
        Unit
    }

    /** What is on the disk under [draft] is another now: it is read again. */
    fun forget(draft: DraftLine) {
        draft.record?.let(lines::remove)
        draft.form?.let(entries::remove)
    }

    private suspend fun write(record: String, form: LineForm) = writing.withLock {
        // Overtaken by a newer one, or handed in meanwhile: a draft must not come back.
        if (lines[record] === form) kept { desk.keepLine(record, form) }
    }

    private suspend fun kept(keep: suspend () -> Unit) {
        try {
            keep()
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failed: Exception) {
            draftFailed(troubleOf(failed).words)
        }
    }

    /** Ends what listens; for tests and for the end of the app. */
    fun close() = life.cancel()
}
