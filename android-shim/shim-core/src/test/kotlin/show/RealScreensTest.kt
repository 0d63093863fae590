/* List, conflicts and walk of a real record: the factory's list of the day in Nanhai, made through the real core. */
package cn.lastmile.shim.show

import cn.lastmile.core.Act
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Original
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Settlement
import cn.lastmile.core.Stage
import cn.lastmile.core.Value
import cn.lastmile.core.recordKinds
import cn.lastmile.shim.real.Built
import cn.lastmile.shim.real.Court
import cn.lastmile.shim.real.DayPhone
import cn.lastmile.shim.real.JPEG
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test

class RealScreensTest {
    private val case = "(2026)粤0605执1101号"
    private fun text(value: String) = Value.Text(value)

    private fun line(name: String, quantity: Long, custodian: String) = Act.Add(
        "add_line",
        mapOf(
            "name" to text(name), "category" to text("equipment"), "quantity" to Value.Number(quantity),
            "measure" to text("seal"), "method" to text("seal_strip"), "custodian" to text(custodian),
        ),
    )

    @Test
    fun `the factory's list as its officers see it`() = runBlocking {
        val dir = Built.folder("screens")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            val (one, two) = listOf("P1", "P2").map { DayPhone.open(it, dir, court.url) }
            listOf(one, two).forEach { it.phone.sync() }
            val head = mapOf("credential_shown_at" to text("2026-03-17T08:30:00+08:00"))
            val record = one.phone.createRecord(RecordDraft("seizure", case, null, head, emptyList())).record
            val car = one.phone.act(record, line("小型轿车", 1, "court")).item!!
            // Lines are in the order in which they were made: by the clock, then by chance.
            one.clock.trueMs += 60_000
            val bedding = one.phone.act(record, line("床上用品", 6, "wenruotang")).item!!
            val photo = CaptureForm("add_photo", mapOf("purpose" to text("detail"), "item" to text("lines/$car")), null)
            val hash = one.phone.capture(record, Original.Bytes(JPEG + ByteArray(999)), photo).hash
            one.phone.act(record, Act.Strike("strike_line", bedding, "生活必需品,不得查封"))
            listOf(one, two).forEach { it.phone.sync() }
            for ((day, fen) in listOf(two to 9_250_000L, one to 8_600_000L)) {
                day.phone.act(record, Act.Edit("edit_line", car, mapOf("field_estimate_fen" to Value.Number(fen))))
            }
            repeat(2) { listOf(one, two).forEach { it.phone.sync() } }

            val shown = one.phone.record(record)
            val words = FormWords(recordKinds().single { it.name == "seizure" })
            val time = text("2026-03-16T09:12:00+08:00")
            fun shownTime(nowMs: Long?) = words.text(null, "credential_shown_at", time, nowMs = nowMs).zh
            assertEquals("2026-03-16 09:12", shownTime(null))
            assertEquals("2026-03-16 09:12", shownTime(one.clock.trueMs))
            assertEquals("09:12", shownTime(one.clock.trueMs - 86_400_000))
            val list = inventoryOf(shown, words)
            assertEquals(1, list.standing)
            val (first, second) = list.cards
            assertEquals(listOf(hash), first.photos)
            assertEquals(listOf("小型轿车", "查封", "1"), listOf(first.name.zh, first.measure!!.zh, first.quantity))
            assertTrue("no winner is shown", first.contested && first.estimate == null)
            assertEquals("温若棠", second.custodian!!.zh)
            assertEquals(true to "生活必需品,不得查封", second.struck to second.struckReason)

            val conflict = conflictsOf(shown, words, one.clock.trueMs).single()
            assertEquals("现场估值(仅供参考)", conflict.field!!.zh)
            assertEquals(setOf("¥92,500.00", "¥86,000.00"), conflict.cards.map { it.says.zh }.toSet())
            assertEquals(setOf("温若棠", "陆启航"), conflict.cards.map { it.who }.toSet())
            assertEquals(listOf("采用左", "采用右", "另填", "暂不写入"), conflict.choices.map { it.words.zh })
            assertThrows(IllegalArgumentException::class.java) { conflict.decide("leave_out", "  ") }
            assertThrows(IllegalArgumentException::class.java) { conflict.decide("other", "核对后") }
            val taken = (conflict.decide("take_1", "核对").settlement as Settlement.Take).value as Value.Number
            assertEquals(conflict.cards[1].says.zh, moneyOf(taken.value))

            val walk = walkOf(shown, one.phone.checkRules(record, Stage.CLOSE))
            assertEquals(
                listOf("出示证件", "通知到场", "清单", "封条", "笔录", "签名", "交付副本", "定稿"), walk.steps.map { it.title.zh },
            )
            assertEquals("离场前还缺${walk.missing.size}项", walk.foot.zh)
            assertTrue("${walk.steps}", walk.steps.single { it.code == "delivered" }.state == StepState.MISSING)
            assertTrue(walk.missing.all { it.words.zh.isNotBlank() && it.basis.isNotEmpty() })

            val decision = conflict.decide("leave_out", "两人估值不一")
            one.phone.resolve(record, decision.target, decision.settlement, decision.reason, decision.seen)
            assertTrue(conflictsOf(one.phone.record(record), words, one.clock.trueMs).isEmpty())
            assertEquals("暂不写入", inventoryOf(one.phone.record(record), words).cards[0].estimate)
            listOf(one, two).forEach { it.close() }
        }
    }
}
