/* What values of a record are called: codes by their words, money and times as people write them. */
package cn.lastmile.shim.show

import cn.lastmile.core.CollectionInfo
import cn.lastmile.core.FieldInfo
import cn.lastmile.core.FieldKind
import cn.lastmile.core.KindInfo
import cn.lastmile.core.ShownField
import cn.lastmile.core.Value
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words
import java.time.OffsetDateTime
import java.time.format.DateTimeParseException

/** The words of one record kind. A field or code of a later version is called by its own key. */
class FormWords(private val kind: KindInfo) {
    /** The field [name] of the head, or of [collection]. */
    fun field(collection: String?, name: String): FieldInfo? = fields(collection).firstOrNull { it.name == name }

    /**
     * [value] of the field [name] as people read it; names of people by id are in [names]. Times have their date, but
     * for those of the day of [nowMs].
     */
    fun text(
        collection: String?,
        name: String,
        value: Value,
        names: Map<String, String> = emptyMap(),
        nowMs: Long? = null,
    ): Words {
        val kind = field(collection, name)?.kind
        return when (value) {
            is Value.LeftOut -> Words("暂不写入", "left out")
            is Value.Flag -> if (value.value) Words("是", "yes") else Words("否", "no")
            is Value.Number -> same(if (kind is FieldKind.Money) moneyOf(value.value) else "${value.value}")
            is Value.Bytes -> same(value.value.take(4).joinToString("") { "%02x".format(it) })
            is Value.Text -> textOf(kind, value.value, names, nowMs)
        }
    }

    private fun textOf(kind: FieldKind?, text: String, names: Map<String, String>, nowMs: Long?): Words = when (kind) {
        is FieldKind.Code -> kind.choices.firstOrNull { it.code == text }?.label?.shown ?: same(text)
        is FieldKind.Person -> same(names[text] ?: text)
        is FieldKind.Time -> same(timeOf(text, nowMs))
        else -> same(text)
    }

    private fun fields(collection: String?): List<FieldInfo> =
        if (collection == null) kind.head
        else kind.collections.firstOrNull { it.name == collection }?.let(CollectionInfo::fields).orEmpty()
}

/** The same in both languages; a text of people stays as it is. An empty one is shown as a dash. */
internal fun same(text: String): Words = text.ifBlank { "—" }.let { Words(it, it) }

private fun timeOf(text: String, nowMs: Long?): String = try {
    val ms = OffsetDateTime.parse(text).toInstant().toEpochMilli()
    if (nowMs == null) dayOf(ms) else momentOf(ms, nowMs)
} catch (_: DateTimeParseException) {
    text
}

/** The value that stands in a field nobody contests; null for none, or several. */
internal fun List<ShownField>.single(name: String): Value? =
    firstOrNull { it.name == name }?.takeUnless { it.contested }?.values?.firstOrNull()?.value

/** The same as text. */
internal fun List<ShownField>.text(name: String): String? = (single(name) as? Value.Text)?.value
