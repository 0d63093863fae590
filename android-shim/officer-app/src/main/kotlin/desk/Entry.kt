/*
 * What the verbs of a record kind ask for, and the values that typed words become. From the descriptors alone, so that
 * a kind or field of a later version gets a form without new code.
 */
package cn.lastmile.officer.desk

import cn.lastmile.core.FieldInfo
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.Value
import cn.lastmile.core.VerbAction
import cn.lastmile.core.VerbInfo
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words
import java.time.LocalDate
import java.time.LocalDateTime
import java.time.LocalTime
import java.time.format.DateTimeFormatter
import java.time.format.DateTimeParseException

/** What can be written in a step: a verb, and what it is called. */
data class StepForm(val verb: String, val label: Words)

/** Begins the on-site record of an act, and notes it there. */
const val BEGIN_ONSITE = "begin_onsite"

/** The collections of steps that are called otherwise; a step is the collection of its code else. */
private val COLLECTIONS = mapOf(
    "credentials" to listOf("officers", "recorders"),
    "notified" to listOf("notifications", "present"),
    "lines" to listOf("items_inside"),
    "seals" to listOf("seals", "notices"),
    "delivered" to listOf("deliveries"),
    "care" to listOf("vulnerable", "utilities"),
    "moved" to listOf("moved_items", "goods_handed"),
    "handover" to listOf("handovers"),
)

/** The verbs of [kind] that an officer writes the step [code] with. */
fun formsOf(kind: KindInfo, code: String): List<StepForm> {
    if (code == "onsite" && kind.head.any { it.name == "onsite" }) {
        return listOf(StepForm(BEGIN_ONSITE, Words("开始执行笔录", "begin the on-site record")))
    }
    return (COLLECTIONS[code] ?: listOf(code)).mapNotNull { collection ->
        val fields = kind.collections.firstOrNull { it.name == collection }?.fields.orEmpty()
        // What rests on a file comes from the camera or the pen, never from a form.
        if (fields.any { it.kind is FieldKind.File }) return@mapNotNull null
        val verb = kind.verbs.firstOrNull { (it.action as? VerbAction.Add)?.collection == collection && it.isOfficers }
        verb?.let { StepForm(it.name, it.label.shown) }
    }
}

private val VerbInfo.isOfficers get() = roles.isEmpty() || OFFICER in roles

/** The fields that [verb] writes, as far as an officer may write them and a form can ask for them. */
fun fieldsOf(kind: KindInfo, verb: String): List<FieldInfo> {
    val all = when (val action = kind.verbs.firstOrNull { it.name == verb }?.action) {
        is VerbAction.Create -> kind.head
        is VerbAction.Set -> kind.head.filter { action.fields.isEmpty() || it.name in action.fields }
        is VerbAction.Add -> kind.collections.first { it.name == action.collection }.fields
        else -> emptyList()
    }
    return all.filter { field ->
        val asks = field.kind !is FieldKind.Hash && field.kind !is FieldKind.File
        asks && (field.writers.isEmpty() || OFFICER in field.writers)
    }
}

/** The role of 执行法官、执行员. */
const val OFFICER = "officer"

/** [typed] as a value of [field]; null when it is none. Times are Beijing's: `08:30` is of [today]. */
fun valueOf(field: EntryField, typed: String, today: LocalDate): Value? {
    val text = typed.trim()
    return when (val kind = field.kind) {
        is FieldKind.Flag -> text.toBooleanStrictOrNull()?.let { Value.Flag(it) }
        is FieldKind.Number -> text.toLongOrNull()?.takeIf { it in kind.min..kind.max }?.let { Value.Number(it) }
        is FieldKind.Text -> Value.Text(text).takeIf { text.toByteArray().size.toUInt() in 1u..kind.maxBytes }
        is FieldKind.Date -> orNull { LocalDate.parse(text) }?.let { Value.Text("$it") }
        is FieldKind.Time -> timeOf(text, today)?.let { Value.Text(ISO.format(it) + "+08:00") }
        else -> otherValue(kind, text)
    }
}

private val ISO = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss")

/** How a time is typed. */
val TYPED_TIME: DateTimeFormatter = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm")

private fun timeOf(text: String, today: LocalDate): LocalDateTime? =
    orNull { LocalDateTime.parse(text, TYPED_TIME) } ?: orNull { today.atTime(LocalTime.parse(text)) }

private fun <T> orNull(read: () -> T): T? = try {
    read()
} catch (_: DateTimeParseException) {
    null
}
