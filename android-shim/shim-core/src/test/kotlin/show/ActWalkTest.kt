/* The walk of an act: what is missing in which step, and what somebody went on without, with name, role and time. */
package cn.lastmile.shim.show

import cn.lastmile.core.Finding
import cn.lastmile.core.Outcome
import cn.lastmile.core.RuleCheck
import cn.lastmile.core.SetAside
import cn.lastmile.core.Severity
import cn.lastmile.core.ShownCollection
import cn.lastmile.core.ShownField
import cn.lastmile.core.ShownItem
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Value
import cn.lastmile.core.Written
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.time.OffsetDateTime
import cn.lastmile.core.Words as CoreWords

class ActWalkTest {
    private fun at(time: String) = OffsetDateTime.parse("2026-03-${time}:00+08:00").toInstant().toEpochMilli()
    private fun said(zh: String) = CoreWords(zh, "in English")

    private fun item(rule: String, about: String?, struck: Boolean = false): ShownItem {
        fun field(name: String, text: String) =
            ShownField(name, said(name), listOf(Written(Value.Text(text), "luqihang", at("17T09:00"))), false)
        val fields = listOfNotNull(field("rule", rule), about?.let { field("item", it) })
        return ShownItem("01J", struck, "luqihang", at("17T09:00"), fields)
    }

    private fun record(kind: String, vararg collections: Pair<String, List<ShownItem>>) = ShownRecord(
        "r1", kind, said("清单"), "工业区", "K1", "luqihang", emptyList(),
        collections.map { (name, items) -> ShownCollection(name, said(name), items) }, emptyList(), emptyList(), 0u,
        "c", "s", mapOf("luqihang" to "陆启航"),
    )

    private fun finding(rule: String, item: String? = null, aside: SetAside? = null, may: List<String> = listOf("officer")) =
        Finding(
            rule, said(rule), said("缺$rule"), Severity.BLOCK, Outcome.FAIL, listOf(said("第一条")), item, aside, may, null,
        )

    private fun check(vararg findings: Finding) =
        RuleCheck(findings.toList(), findings.filter { it.setAside == null }, 1u, emptyList(), null)

    @Test
    fun `what somebody went on without is counted apart, in its step`() {
        val aside = finding("R-SEZ-10", "lines/L1", SetAside("officer", "现场停电"))
        val record = record("seizure", "lines" to emptyList(), "overrides" to listOf(item("R-SEZ-10", "lines/L1")))
        val walk = walkOf(record, check(aside, finding("R-GEN-01")), at("17T09:30"))
        assertEquals("离场前还缺1项,另有1项说明理由后继续", walk.foot.zh)
        assertEquals(listOf("officer"), walk.missing.single().maySetAside)
        val line = walk.steps.single { it.code == "seals" }.aside.single()
        assertEquals(listOf("陆启航", "承办人", "现场停电", "09:00"), line.run { listOf(who, role.zh, reason, at) })
        assertEquals("缺R-SEZ-10", line.words.zh)
        val done = walkOf(record, check(aside), at("18T09:30"))
        assertEquals("离场前应办事项已齐,另有1项说明理由后继续", done.foot.zh)
        assertEquals("of another day with its date", "2026-03-17 09:00", done.aside.single().at)
        assertEquals("离场前应办事项已齐", walkOf(record, check(), at("17T09:30")).foot.zh)
    }

    @Test
    fun `the president's word is found in a collection of its own, and another item's is not taken`() {
        val aside = finding("R-SEZ-07", "lines/L1", SetAside("president", "院长批准"), listOf("president"))
        val mine = listOf(item("R-SEZ-07", "lines/L2"), item("R-SEZ-07", null, struck = true))
        val none = walkOf(record("seizure", "president_overrides" to mine), check(aside), at("17T09:30")).aside.single()
        assertEquals("院长" to "", none.role.zh to none.who)
        val whole = listOf(item("R-SEZ-07", null))
        val found = walkOf(record("seizure", "president_overrides" to whole), check(aside), at("17T09:30")).aside.single()
        assertEquals("陆启航", found.who)
    }

    @Test
    fun `a kind without a plan of its own begins with what makes it, and has no step for reasons and pictures`() {
        val names = listOf("officers", "present", "overrides", "proofs", "signatures", "corrections")
        val walk = walkOf(record("correction", *names.map { it to emptyList<ShownItem>() }.toTypedArray()), check())
        assertEquals(listOf("corrections", "officers", "present", "signatures", "finalised"), walk.steps.map { it.code })
        val person = walkOf(record("person", "photos" to emptyList()), check())
        assertTrue("nobody signs a person: ${person.steps}", person.steps.none { it.code == "signatures" })
    }
}
