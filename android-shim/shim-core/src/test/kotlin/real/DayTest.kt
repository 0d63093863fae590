/*
 * The officers' part of the day in Nanhai, driven from Kotlin through the real library against a real server:
 * the same acts in the same order as the Rust demonstration wrote them down, with the same certificates, clocks
 * and randomness. Every id and every digest must come out the same, record by record and case by case.
 */
package cn.lastmile.shim.real

import cn.lastmile.core.Act
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Hand
import cn.lastmile.core.LastmileException
import cn.lastmile.core.MeetingReport
import cn.lastmile.core.Original
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Settlement
import cn.lastmile.core.Signatory
import cn.lastmile.core.Stroke
import cn.lastmile.core.StrokePoint
import cn.lastmile.core.Value
import cn.lastmile.shim.field.trouble
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PeerDoor
import cn.lastmile.shim.peer.meet
import cn.lastmile.shim.peer.visit
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.booleanOrNull
import kotlinx.serialization.json.contentOrNull
import kotlinx.serialization.json.int
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import kotlinx.serialization.json.longOrNull
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import java.security.MessageDigest

class DayTest {
    private fun JsonObject.text(name: String) = getValue(name).jsonPrimitive.content

    @Test
    fun `the day comes to the same digests from Kotlin`() = runBlocking {
        val dir = Built.folder("day")
        val steps = Built.script.getValue("steps").jsonArray.map { it.jsonObject }
        Court(dir, DayPhone.MORNING_MS).use { court ->
            val phones = (1..5).map { DayPhone.open("P$it", dir, court.url, repeats = true) }.associateBy { it.name }
            var acts = 0
            var nowMs = 0L
            for ((at, step) in steps.withIndex()) {
                if (step.text("do") == "clock") {
                    nowMs = step.getValue("ms").jsonPrimitive.long
                    // The dispatcher's console beats between; officers see the time of their next act only.
                    if (steps.getOrNull(at + 1)?.text("do") != "clock") {
                        court.setClock(nowMs)
                        phones.values.forEach { it.clock.trueMs = nowMs }
                    }
                    continue
                }
                phones.values.forEach { it.randomness.turn = step.getValue("turn").jsonPrimitive.long }
                play(step, phones)
                acts++
            }
            compare(phones, acts)
            phones.values.forEach { it.close() }
        }
    }

    private suspend fun play(step: JsonObject, phones: Map<String, DayPhone>) {
        val phone = phones.getValue(step.text("who")).phone
        fun record() = step.text("record")
        fun expectItem(item: String?) = assertEquals("$step", step.text("item"), item)
        when (val what = step.text("do")) {
            "sync" -> phone.sync()
            "upload" -> phone.upload(true)
            "meet" -> meet(phones.getValue(step.text("who")), phones.getValue(step.text("other")))
            "begin" -> {
                val draft = RecordDraft(step.text("kind"), step.text("case"), null, fields(step), emptyList())
                assertEquals(record(), phone.createRecord(draft).record)
            }
            "set" -> phone.act(record(), Act.Set("set", fields(step)))
            "add" -> expectItem(phone.act(record(), Act.Add(step.text("verb"), fields(step))).item)
            "edit" -> refused(step) {
                phone.act(record(), Act.Edit(step.text("verb"), step.text("item"), fields(step)))
            }
            "strike" -> phone.act(record(), Act.Strike(step.text("verb"), step.text("item"), step.text("reason")))
            "settle" -> {
                val target = step.text("target")
                val conflict = phone.record(record()).conflicts.single { it.target == target }
                phone.resolve(record(), target, settlement(step), step.text("reason"), conflict.seen)
            }
            "finalise" -> refused(step) { phone.finalise(record()) }
            "photograph" -> {
                val photo = File(Built.day, "photos/${step.text("photo")}")
                val form = CaptureForm(step.text("verb"), fields(step), null)
                expectItem(phone.capture(record(), Original.File("$photo"), form).item.substringAfterLast('/'))
            }
            "sign" -> {
                val read = phone.readBack(record())
                assertEquals(step.text("content"), read.content)
                phone.signRecord(record(), read.content, signatory(step.getValue("signatory").jsonObject))
            }
            else -> error("the script knows more than this test: $what")
        }
    }

    private suspend fun refused(step: JsonObject, act: suspend () -> Unit) {
        val code = try {
            act()
            null
        } catch (error: LastmileException) {
            error.trouble.code
        }
        assertEquals("$step", step["refused"]?.jsonPrimitive?.contentOrNull, code)
    }

    private suspend fun meet(one: DayPhone, other: DayPhone) {
        val answered = CompletableDeferred<Result<MeetingReport>>()
        PeerDoor({ stream, first -> other.phone.meet(stream, first) }) { answered.complete(it) }.use { door ->
            visit(PeerAddress("127.0.0.1", door.port), { stream, first -> one.phone.meet(stream, first) })
            answered.await().getOrThrow()
        }
    }

    private fun fields(step: JsonObject): Map<String, Value> =
        step.getValue("fields").jsonObject.mapValues { (_, value) -> value(value) }

    private fun value(json: JsonElement): Value = when {
        json is JsonNull -> Value.LeftOut
        json is JsonObject -> Value.Bytes(json.text("hex").chunked(2).map { it.toInt(16).toByte() }.toByteArray())
        (json as JsonPrimitive).isString -> Value.Text(json.content)
        json.booleanOrNull != null -> Value.Flag(json.booleanOrNull!!)
        else -> Value.Number(json.longOrNull!!)
    }

    private fun settlement(step: JsonObject): Settlement {
        val choice = step.getValue("choice").jsonObject
        return when (val code = choice.text("code")) {
            "alternative" -> Settlement.Take(value(choice.getValue("value")))
            "other" -> Settlement.Other(value(choice.getValue("value")))
            "unsettled" -> Settlement.LeaveOut
            "struck" -> Settlement.KeepStruck
            "kept" -> Settlement.KeepLine
            "noted" -> Settlement.Noted
            else -> error(code)
        }
    }

    private fun signatory(json: JsonObject): Signatory {
        val drawn = json.getValue("hand").jsonObject
        val hand = if ("reason" in drawn) {
            Hand.Refused(drawn.text("reason"), drawn.text("seen_by"))
        } else {
            val strokes = drawn.getValue("strokes").jsonArray.map { stroke ->
                Stroke(stroke.jsonArray.map { point ->
                    val (x, y, ms) = point.jsonArray.map { it.jsonPrimitive.int.toUInt() }
                    StrokePoint(x, y, ms)
                })
            }
            val (width, height) = listOf("width", "height").map { drawn.getValue(it).jsonPrimitive.int.toUInt() }
            Hand.Strokes(width, height, strokes)
        }
        return Signatory(
            json.text("name"), null, json.text("role"), null, json.text("read_back"), hand, null, json.text("signed_at"),
        )
    }

    /** The digests of every case on every phone that carries it. */
    private fun compare(phones: Map<String, DayPhone>, acts: Int) {
        var records = 0
        for (expected in Built.script.getValue("expected").jsonArray.map { it.jsonObject }) {
            val phone = phones.getValue(expected.text("who")).phone
            val lines = phone.records(expected.text("case"), null, 200u).records
            val theirs = expected.getValue("records").jsonObject
            assertEquals(theirs.keys, lines.map { it.record }.toSet())
            val joined = MessageDigest.getInstance("SHA-256")
            for (id in lines.map { it.record }.sorted()) {
                val record = phone.record(id)
                val digests = theirs.getValue(id).jsonObject
                assertEquals("state of $id", digests.text("state"), record.state)
                assertEquals("content of $id", digests.text("content"), record.content)
                joined.update((id + record.state).chunked(2).map { it.toInt(16).toByte() }.toByteArray())
                records++
            }
            assertEquals(expected.text("digest"), joined.digest().joinToString("") { "%02x".format(it) })
        }
        assertTrue("$acts acts, $records records", acts > 180 && records >= 11)
        println("day: $acts acts, $records records with the same digests")
    }
}
