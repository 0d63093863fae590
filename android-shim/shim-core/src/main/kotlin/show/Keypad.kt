/* The large keypad for numbers, for gloves: what each press makes of what is there. Pure; the screen only draws it. */
package cn.lastmile.shim.show

import cn.lastmile.shim.words.Words

/** A key of the pad. */
sealed interface Key {
    /** 0 to 9. */
    data class Digit(val digit: Int) : Key {
        init {
            require(digit in 0..9) { "a digit has one figure" }
        }
    }

    /** The decimal point; only where money is typed. */
    data object Point : Key

    /** Takes the last press back. */
    data object Back : Key

    /** Takes everything back. */
    data object Clear : Key
}

/**
 * A number being typed. Money is typed in yuan and kept in fen; everything else is whole. [most] is the largest value
 * the field takes, in fen for money. A press that would go beyond it, or type a third decimal, changes nothing and
 * [refused] says why.
 */
data class Keypad(
    val money: Boolean,
    val most: Long,
    val typed: String = "",
    val refused: Words? = null,
) {
    /** The value, fen for money; null while nothing is typed. */
    val value: Long? get() = valueOf(typed)

    /** As the screen shows it while typing. */
    val shown: String
        get() = when {
            typed.isEmpty() -> if (money) "¥—" else "—"
            !money -> typed
            else -> "¥" + grouped(typed.substringBefore('.')) + if ('.' in typed) "." + typed.substringAfter('.') else ""
        }

    /** After [key]. */
    fun press(key: Key): Keypad = when (key) {
        is Key.Digit -> taking(if (typed == "0") "${key.digit}" else typed + key.digit)
        Key.Point -> when {
            !money -> copy(refused = Words("此处只填整数", "whole numbers only"))
            '.' in typed -> copy(refused = null)
            else -> taking(typed.ifEmpty { "0" } + ".")
        }
        Key.Back -> copy(typed = typed.dropLast(1), refused = null)
        Key.Clear -> copy(typed = "", refused = null)
    }

    private fun taking(text: String): Keypad {
        if (text.substringAfter('.', "").length > 2) return copy(refused = Words("只到分", "two decimals at most"))
        // A text without a value is a number too large for any field.
        val value = valueOf(text) ?: return copy(refused = tooLarge)
        return if (value > most) copy(refused = tooLarge) else copy(typed = text, refused = null)
    }

    private fun valueOf(text: String): Long? {
        if (text.isEmpty()) return null
        if (!money) return text.toLongOrNull()
        val yuan = text.substringBefore('.').toLongOrNull() ?: return null
        val fen = text.substringAfter('.', "").padEnd(2, '0').toLong()
        return if (yuan > (Long.MAX_VALUE - fen) / 100) null else yuan * 100 + fen
    }

    private companion object {
        val tooLarge = Words("数字过大,请核对", "the number is too large: check it")

        fun grouped(digits: String) = digits.reversed().chunked(3).joinToString(",").reversed()
    }
}
