/* An on-site record that may be finalised: begun by the officer, cards shown, signed by the officer. */
package cn.lastmile.officer.real

import cn.lastmile.core.Act
import cn.lastmile.core.Hand
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Signatory
import cn.lastmile.core.Stroke
import cn.lastmile.core.StrokePoint
import cn.lastmile.core.Value
import cn.lastmile.shim.field.FieldCore
import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter

/** Begins one in the case of the seizure; gives its id. */
suspend fun FieldCore.beginOnSite(): String = ask {
    val head = mapOf("purpose" to Value.Text("查找财产线索"))
    it.createRecord(RecordDraft("onsite", "(2026)粤0605执1101号", null, head, emptyList())).record
}

/** What the rules want before 定稿. */
suspend fun FieldCore.completeOnSite(record: String) = ask { phone ->
    val second = Instant.ofEpochMilli(phone.deviceMs() / 1_000 * 1_000).atZone(ZoneId.of("Asia/Shanghai"))
    val now = DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(second)
    phone.act(record, Act.Set("set", mapOf("credential_shown_at" to Value.Text(now), "dress_worn" to Value.Flag(true))))
    val points = (0..40).map { StrokePoint((20 + it * 9).toUInt(), (100 + it % 7 * 20).toUInt(), (it * 16).toUInt()) }
    val hand = Hand.Strokes(600u, 300u, listOf(Stroke(points)))
    val read = phone.readBack(record)
    val officer = Signatory("陆启航", "luqihang", "officer", null, "read_by_signers", hand, null, now)
    phone.signRecord(record, read.content, officer)
}
