/* A line of the list while it is being written: as it is typed, as a draft, as what the record gets. */
package cn.lastmile.officer.desk

import cn.lastmile.core.DraftItem
import cn.lastmile.core.Value
import cn.lastmile.shim.show.Keypad

/** [quantity] and [estimate] (fen) as numbers; [photo] a hash. Codes are those of a seizure's lines. */
data class LineForm(
    val name: String = "",
    val measure: String? = null,
    val custodian: String? = null,
    val quantity: Long? = null,
    val estimate: Long? = null,
    val photo: String? = null,
) {
    val isEmpty: Boolean get() = this == LineForm()

    /** The fields of the record; what was not filled in is not there. */
    fun fields(): Map<String, Value> = buildMap {
        if (name.isNotBlank()) put("name", Value.Text(name.trim()))
        measure?.let { put("measure", Value.Text(it)) }
        custodian?.let { put("custodian_kind", Value.Text(it)) }
        quantity?.let { put("quantity", Value.Number(it)) }
        estimate?.let { put("field_estimate_fen", Value.Number(it)) }
    }

    /** As items of a draft: the line as it is typed, blanks and all, and the photo beside it. */
    fun items(): List<DraftItem> = listOfNotNull(
        DraftItem("lines", fields() + ("name" to Value.Text(name))),
        photo?.let { DraftItem("photos", mapOf("item" to Value.Text(it))) },
    )

    /** The keypad of [money] with what is there. */
    fun keypad(money: Boolean): Keypad {
        val value = if (money) estimate else quantity
        val most = if (money) MOST_FEN else MOST_COUNT
        val typed = when {
            value == null -> ""
            !money -> "$value"
            value % 100 == 0L -> "${value / 100}"
            else -> "${value / 100}.${(value % 100).toString().padStart(2, '0')}"
        }
        return Keypad(money, most, typed)
    }

    companion object {
        private const val MOST_FEN = 9_000_000_000_000_000
        private const val MOST_COUNT = 1_000_000L

        /** The form that [items] of a draft describe. */
        fun of(items: List<DraftItem>): LineForm {
            val line = items.firstOrNull { it.collection == "lines" }?.fields.orEmpty()
            fun text(name: String) = (line[name] as? Value.Text)?.value
            fun number(name: String) = (line[name] as? Value.Number)?.value
            val photo = items.firstOrNull { it.collection == "photos" }?.fields?.get("item") as? Value.Text
            return LineForm(
                text("name").orEmpty(), text("measure"), text("custodian_kind"),
                number("quantity"), number("field_estimate_fen"), photo?.value,
            )
        }
    }
}
