/*
 * 签名模式: the phone in somebody else's hand, locked to one document. Only that document is shown, only what was read
 * back can be signed, and only the officer's PIN leads out.
 */
package cn.lastmile.shim.show

import cn.lastmile.core.ReadBack
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words

/** What the mode does not allow. */
sealed class SigningTrouble(override val code: String, override val words: Words) : Exception(code), Trouble {
    /** Another document, or another part of the app. */
    class Locked : SigningTrouble(
        "signing_locked",
        Words("签名模式只能查看当前文书。", "Only this document can be seen while signing."),
    )

    /** It has not been read to the person yet, to its end. */
    class NotRead : SigningTrouble(
        "signing_not_read",
        Words("请先阅看或听读全文,再签名。", "Read it, or hear it read, to its end before signing."),
    )

    /** The record changed since it was read. */
    class Changed : SigningTrouble(
        "signing_changed",
        Words("文书内容有变动,请重新宣读后再签名。", "The document has changed: read it again before signing."),
    )

    /** The PIN is not the officer's. */
    class WrongPin : SigningTrouble(
        "signing_pin",
        Words("口令不正确,仍在签名模式。", "The PIN is wrong; still in signing mode."),
    )
}

/** Where the mode is. */
enum class SigningState { READING, SIGNING, LEFT }

/**
 * Signing mode for [record] as it was read back in [read]. Immutable: every step gives the next state.
 * [reached] is the last line that was on the screen or read aloud, counted from 1; [signed] counts those who signed.
 */
data class SigningMode(
    val record: String,
    val read: ReadBack,
    val reached: Int = 0,
    val signed: Int = 0,
    val left: Boolean = false,
) {
    val state: SigningState
        get() = when {
            left -> SigningState.LEFT
            reached >= read.lines.size -> SigningState.SIGNING
            else -> SigningState.READING
        }

    /** What the screen shows in large type, and what a voice reads. */
    val lines: List<String> get() = read.lines

    /** The buttons of the mode, in their order; empty while it is being read. */
    val hands: List<Words>
        get() = if (state != SigningState.SIGNING) emptyList() else listOf(
            Words("手写签名", "sign"),
            Words("按指印(拍照并由见证人确认)", "fingerprint, photographed, with a witness"),
            Words("拒绝签名(说明理由)", "refuses to sign, with the reason"),
        )

    /** Line [number], counted from 1, was shown or read; lines before it were, too. */
    fun reading(number: Int): SigningMode {
        check(!left) { "the mode was left" }
        return copy(reached = maxOf(reached, number.coerceIn(0, read.lines.size)))
    }

    /** May [wanted] be shown? Throws [SigningTrouble.Locked] for every other document. */
    fun show(wanted: String) {
        if (!left && wanted != record) throw SigningTrouble.Locked()
    }

    /**
     * The content to hand to `Phone.signRecord`, when the record still is what was read: [now] is what it reads now.
     * Throws [SigningTrouble.NotRead], [SigningTrouble.Changed].
     */
    fun content(now: ReadBack): String {
        if (state != SigningState.SIGNING) throw SigningTrouble.NotRead()
        if (now.content != read.content) throw SigningTrouble.Changed()
        return read.content
    }

    /** After a signature or a refusal was recorded: the next person reads from the beginning. */
    fun signed(): SigningMode = copy(signed = signed + 1, reached = 0)

    /** After the record changed: what it reads [now], from the beginning. */
    fun readAgain(now: ReadBack): SigningMode = copy(read = now, reached = 0)

    /**
     * Leaves with the officer's [pin], checked by [opens] (`Phone.unlock`). Throws [SigningTrouble.WrongPin] and stays;
     * troubles of [opens] go through.
     */
    suspend fun leave(pin: String, opens: suspend (String) -> Boolean): SigningMode {
        if (!opens(pin)) throw SigningTrouble.WrongPin()
        return copy(left = true)
    }
}
