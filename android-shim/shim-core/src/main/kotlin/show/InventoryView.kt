/*
 * 清单: a card for each line, photo first. Struck lines stay, struck through, with the reason; what two people
 * wrote differently is never shown as one value.
 */
package cn.lastmile.shim.show

import cn.lastmile.core.ShownCollection
import cn.lastmile.core.ShownItem
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Value
import cn.lastmile.shim.words.Words

/**
 * A card. [number] counts from 1 in the order lines were made, struck ones too, so that a number never moves.
 * [photos] are hashes (hexadecimal) for thumbnails. A value that is contested is null here and [contested] is set:
 * open the conflict instead.
 */
data class InventoryCard(
    val item: String,
    val number: Int,
    val photos: List<String>,
    val name: Words,
    val measure: Words?,
    val quantity: String?,
    val custodian: Words?,
    val estimate: String?,
    val struck: Boolean,
    val struckReason: String?,
    val contested: Boolean,
)

/** The list, and how many lines stand. */
data class InventoryView(val cards: List<InventoryCard>, val standing: Int)

/** The list in [collection] of a record: `lines` of a seizure, `moved_items` of an eviction. */
fun inventoryOf(record: ShownRecord, words: FormWords, collection: String = "lines"): InventoryView {
    val lines = record.collections.firstOrNull { it.name == collection }?.items.orEmpty()
    val contested = record.conflicts.map { it.target }
    val cards = lines.mapIndexed { at, line ->
        card(record, words, collection, at + 1, line, contested.any { it.startsWith("$collection/${line.item}") })
    }
    return InventoryView(cards, cards.count { !it.struck })
}

private fun card(
    record: ShownRecord,
    words: FormWords,
    collection: String,
    number: Int,
    line: ShownItem,
    contested: Boolean,
): InventoryCard {
    fun shown(name: String): Words? = line.fields.single(name)?.let { words.text(collection, name, it, record.names) }
    val target = "$collection/${line.item}"
    return InventoryCard(
        item = line.item,
        number = number,
        photos = photosOf(record, target),
        name = shown("name") ?: Words("名称待确定", "name to be settled"),
        measure = shown("measure"),
        quantity = shown("quantity")?.zh?.let { it + (line.fields.text("unit") ?: "") },
        // Somebody this phone has no name for is called by what they are: 人民法院, not `court`.
        custodian = line.fields.text("custodian")?.let(record.names::get)?.let(::same) ?: shown("custodian_kind")
            ?: shown("custodian"),
        estimate = shown("field_estimate_fen")?.zh,
        struck = line.struck,
        struckReason = record.of("strikes").firstOrNull { it.fields.text("item") == target }?.fields?.text("reason"),
        contested = contested,
    )
}

private fun photosOf(record: ShownRecord, target: String): List<String> = record.of("photos")
    .filter { !it.struck && it.fields.text("item") == target }
    .mapNotNull { it.fields.single("hash") as? Value.Bytes }
    .map { hash -> hash.value.joinToString("") { "%02x".format(it) } }

private fun ShownRecord.of(name: String): List<ShownItem> =
    collections.firstOrNull { it.name == name }?.let(ShownCollection::items).orEmpty()
