/* What a person typed into one field, as the field has it. */
package cn.lastmile.officer.desk

import cn.lastmile.core.FieldKind
import cn.lastmile.core.Value
import java.math.BigDecimal

/**
 * [typed] as a value of [kind]: money in yuan with at most two decimals, numbers whole, everything else words. Null
 * when it is none of these, so that the screen asks again.
 */
fun otherValue(kind: FieldKind?, typed: String): Value? {
    val text = typed.trim().ifEmpty { return null }
    return when (kind) {
        is FieldKind.Money -> try {
            Value.Number(BigDecimal(text.replace(",", "").removePrefix("¥")).movePointRight(2).longValueExact())
        } catch (_: ArithmeticException) {
            null
        } catch (_: NumberFormatException) {
            null
        }
        is FieldKind.Number -> text.toLongOrNull()?.let { Value.Number(it) }
        else -> Value.Text(text)
    }
}
