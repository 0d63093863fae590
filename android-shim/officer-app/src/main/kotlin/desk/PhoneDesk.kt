/* The desk over the open core. Reads through [PhoneReads]; here is what changes something. */
package cn.lastmile.officer.desk

import cn.lastmile.core.Act
import cn.lastmile.core.ByteSource
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Hand
import cn.lastmile.core.KeyException
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Original
import cn.lastmile.core.Phone
import cn.lastmile.core.ReadBack
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Signatory
import cn.lastmile.core.Signer
import cn.lastmile.core.Value
import cn.lastmile.core.recordKinds
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.show.Decision
import cn.lastmile.shim.show.DeviceFacts
import cn.lastmile.shim.show.FormWords
import cn.lastmile.shim.show.Mark
import cn.lastmile.shim.show.markOf
import cn.lastmile.shim.words.Words
import java.io.InputStream
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter

/**
 * [keys] gives all keys of the person signed in; [alarm] starts what carries a call when the app is not on the screen.
 * [places] says where the phone is, [asking] whose fingerprint it is; [roles] are that person's, as codes.
 */
class PhoneDesk(
    private val core: FieldCore,
    route: Route,
    private val printer: PrinterTrial,
    private val places: PositionSource,
    private val keys: suspend () -> List<Signer>,
    private val asking: Asking,
    roles: Set<String> = setOf(OFFICER),
    private val alarm: (String) -> Unit,
) : Desk {
    private val kinds = recordKinds()
    override val words = FormWords(kinds.first { it.name == "seizure" })
    private val choices = Choices(kinds) { places.newest()?.let(::geo) }
    private val beginnings = Beginnings(kinds, roles, choices)
    private val asides = Asides(kinds, roles)
    private val entries = Entries(core, StepForms(kinds, choices), beginnings, asides)
    private val reads = PhoneReads(core, route, words, places, entries, asides)
    private val colleagues = ColleagueForms(core, reads::draftLine)
    private val theRoute = route
    private var open: String? = null

    override suspend fun leave(device: DeviceFacts) = reads.leave(device.copy(printerTriedMs = printer.atMs))
    override suspend fun printerTried() = core.ask { printer.done(it.deviceMs()) }
    override suspend fun today() = reads.today()
    override suspend fun goFirst(caseNo: String) = theRoute.first(caseNo)
    override suspend fun act(record: String) = reads.act(record)
    override suspend fun list(record: String) = reads.list(record)
    override suspend fun line(record: String) = reads.line(record)
    override suspend fun plan(record: String?) = reads.plan(record)
    override suspend fun assistance(record: String) = reads.assistance(record)

    override suspend fun beginnings(case: String) = core.ask { beginnings.view(it, case) }
    override suspend fun sheet(form: FormId) = entries.sheet(form)
    override suspend fun keepEntry(form: FormId, typed: Map<String, String>) = entries.keep(form, typed)
    override suspend fun dropEntry(form: FormId) = entries.drop(form)
    override suspend fun enter(form: FormId, typed: Map<String, String>) = entries.enter(form, typed)
    override suspend fun now() = entries.now()

    override suspend fun colleagues() = colleagues.all()
    override suspend fun caution(record: String?, form: FormId?) = reads.caution(record, form)
    override suspend fun takeOver(form: ColleagueForm) = colleagues.takeOver(form.origin, form.id)

    override suspend fun forms(record: String, code: String): List<StepForm> = core.ask { phone ->
        val shown = phone.record(record)
        val open = shown.finalised.isEmpty()
        kinds.firstOrNull { it.name == shown.kind }?.takeIf { open }?.let { formsOf(it, code) }.orEmpty()
    }

    override suspend fun onsite(record: String): String? = core.ask { phone ->
        val field = phone.record(record).head.firstOrNull { it.name == "onsite" }
        (field?.values?.firstOrNull()?.value as? Value.Text)?.value
    }

    override suspend fun keepLine(record: String, form: LineForm) = core.ask {
        val caseNo = it.record(record).caseNo
        it.saveDraft(draftId(record), RecordDraft("seizure", caseNo, null, emptyMap(), form.items()))
    }

    override suspend fun dropLine(record: String) {
        core.ask { it.removeDraft(draftId(record)) }
    }

    override suspend fun addLine(record: String, form: LineForm): LineAdded = core.ask { phone ->
        // The draft ends with the line: whatever becomes of its photo, it is not recorded again.
        val item = phone.act(record, Act.Add("add_line", form.fields()), null, draftId(record)).item
        val photo = form.photo?.let { phone.withPhoto(record, item, it) } ?: true
        LineAdded(markOf(phone.standing(record).standing), photo)
    }

    private fun Phone.withPhoto(record: String, item: String?, hash: String): Boolean = try {
        val fields = mapOf("item" to Value.Text("lines/$item"), "purpose" to Value.Text("detail"))
        nameOriginal(record, hash, CaptureForm("add_photo", fields, null))
        true
    } catch (_: LastmileException) {
        false
    }

    override suspend fun strikeLine(record: String, item: String, reason: String) {
        core.ask { it.act(record, Act.Strike("strike_line", item, reason)) }
    }

    override suspend fun settle(record: String, decision: Decision) {
        core.ask { it.resolve(record, decision.target, decision.settlement, decision.reason, decision.seen) }
    }

    override suspend fun shown(record: String) {
        core.ask {
            val now = Value.Text(stamp(it.deviceMs()))
            it.act(record, Act.Set("set", mapOf("credential_shown_at" to now, "ruling_shown_at" to now)))
        }
    }

    override suspend fun finalise(record: String): Boolean {
        asking.ready()
        core.ask { phone -> if (phone.record(record).finalised.isEmpty()) phone.finalise(record) }
        asking.during(Words("定稿", "Finalise")) { core.ask { it.signPending(MOST_SIGNED) } }
        // Whoever refuses a finger has not refused the everyday changes that were signed beside it.
        return core.ask { it.backlog().unsigned } == 0uL
    }

    override suspend fun keepPhoto(photo: InputStream): String = core.ask { phone ->
        phone.keepOriginal(Original.Stream(Reading(photo))).hash
    }

    override suspend fun readBack(record: String): ReadBack = core.ask { it.readBack(record) }

    override suspend fun sign(record: String, content: String, signatory: Signatory) {
        core.ask { phone ->
            val hand = signatory.hand.let { if (it is Hand.Fingerprint) phone.withPrint(record, it) else it }
            phone.signRecord(record, content, signatory.copy(hand = hand, signedAt = stamp(phone.deviceMs())))
        }
    }

    /** The photo of the print is named in the record first: no signature names what is not there. */
    private fun Phone.withPrint(record: String, hand: Hand.Fingerprint): Hand {
        val said = CaptureForm("add_proof", mapOf("purpose" to Value.Text("fingerprint")), null)
        return hand.copy(picture = nameOriginal(record, hand.picture, said).item)
    }

    override suspend fun opens(pin: String): Boolean = core.ask { phone ->
        val person = phone.signedIn()?.person ?: return@ask false
        try {
            phone.unlock(person, pin, keys())
            true
        } catch (wrong: LastmileException.Pin) {
            when (wrong.code) {
                "pin_wrong" -> false
                in OF_KEYS_BEFORE -> true
                else -> throw wrong
            }
        }
    }

    override suspend fun call(plan: CallPlan): String {
        val record = core.ask { phone ->
            val caseNo = plan.caseNo ?: phone.cases(null, 1u).cases.first().caseNo
            val head = plan.fields(stamp(phone.deviceMs()))
            phone.createRecord(RecordDraft("assistance", caseNo, null, head, emptyList())).record
        }
        open = record
        alarm(record)
        return record
    }

    override suspend fun openCall(): String? = open?.let { record ->
        record.takeIf { core.ask { phone -> phone.assistance(record).hop != "over" } }
    }

    override suspend fun textOf(record: String): CallText =
        core.ask { phone -> callText(phone.assistanceTexts(record), helpersOf(phone, record)) }

    override suspend fun contact() = core.ask { phone ->
        try {
            phone.signPending(MOST_SIGNED)
        } catch (_: LastmileException.Key) {
            // Unsigned changes stay, and the screen counts them; the others go all the same.
        } catch (_: KeyException) {
            // The same.
        }
        try {
            phone.sync()
            Unit
        } catch (_: LastmileException.Network) {
            // The screen says when the court was last heard.
        }
    }

    private companion object {
        const val MOST_SIGNED = 200u
    }
}

/** What a right PIN is answered with when its keys are those of a registration before. */
internal val OF_KEYS_BEFORE = setOf("key_missing", "certificate_withdrawn")

/** The draft of a line of [record]. */
internal fun draftId(record: String) = LINE_DRAFT + record

/** Drafts of lines are called so. */
internal const val LINE_DRAFT = "line:"

private fun CallPlan.fields(at: String): Map<String, Value> = buildMap {
    put("asked_at", Value.Text(at))
    put("channel", Value.Text("app"))
    put("situation_code", Value.Text(situation))
    if (place.isNotBlank()) put("place", Value.Text(place))
    if (callback.isNotBlank()) put("callback", Value.Text(callback))
    geo?.let { put("position", Value.Text(it)) }
    act?.let { put("act_record", Value.Text(it)) }
}

/** RFC 3339 with Beijing's offset, to the second. */
internal fun stamp(ms: Long): String {
    val second = Instant.ofEpochMilli(ms / 1_000 * 1_000).atZone(ZoneId.of("Asia/Shanghai"))
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(second)
}

/** A stream of the platform as the core reads it. */
private class Reading(private val stream: InputStream) : ByteSource {
    override fun read(most: UInt): ByteArray {
        val bytes = ByteArray(most.toInt().coerceAtMost(1 shl 20))
        val count = stream.read(bytes)
        return if (count <= 0) ByteArray(0) else bytes.copyOf(count)
    }
}
