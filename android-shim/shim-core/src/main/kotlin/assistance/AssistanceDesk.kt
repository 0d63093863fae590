/*
 * What a request for help needs from the rest of the phone: the core that sends it and knows how it stands,
 * and a radio for the text message that goes when no data gets through.
 */
package cn.lastmile.shim.assistance

import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words

/**
 * How a request stands, as far as this phone knows. [delivered]: the court's server has it. [texted]: its
 * text message was handed to the network. [over]: closed or withdrawn. [line] is the core's own sentence
 * about it (who has it now, how old that is), when it has one. [alone]: no person is known to have it, which a
 * server that has it does not change: nobody may be at the console.
 */
data class Standing(
    val delivered: Boolean,
    val texted: Boolean,
    val over: Boolean,
    val line: Words? = null,
    val alone: Boolean = !delivered,
)

/** One text message: [number] as dialled, [text] at most 160 characters of GSM 03.38. */
data class TextMessage(val number: String, val text: String)

/** The core's side. Any thread. */
interface AssistanceDesk {
    /** As the store has it; milliseconds. */
    fun standing(request: String): Standing

    /**
     * One contact with the court: [request] goes first, then where the crew is, and answers come back.
     * Anything thrown means that nothing is known to have arrived. May hang as long as the road does.
     */
    suspend fun contact(request: String): Standing

    /**
     * The signed message for [request], made anew each time; null when the court has no gateway, so that none will ever
     * go. Throws [TextTrouble.NotSigned].
     */
    suspend fun textMessage(request: String): TextMessage?

    /** Notes durably that the network took the message, so that no restart sends it again. */
    suspend fun texted(request: String)
}

/** Sends text messages. */
fun interface TextSender {
    /** Returns when the network took all of [message]. Throws [TextTrouble]. */
    suspend fun send(message: TextMessage)
}

/** A text message did not go. The person should call. */
sealed class TextTrouble(override val code: String, override val words: Words) : Exception(code), Trouble {
    /** The app may not send; the person can do it in the messages app. */
    class NotPermitted : TextTrouble(
        "text_not_permitted",
        Words("未授予短信权限,请手动发送短信或拨打110。", "Sending texts is not allowed; send it by hand or call 110."),
    )

    /** The phone's key does not sign now; the next try may succeed. */
    class NotSigned : TextTrouble(
        "text_not_signed",
        Words("本机密钥暂时不能签名,短信未发出,请立即拨打110。", "The key does not sign now and no text went; call 110 now."),
    )

    /** No network, no card, or the network refused. [number] is Android's result code, for the log. */
    class NotSent(val number: Int) : TextTrouble(
        "text_not_sent",
        Words("短信未能发出,请立即拨打110。", "The text message could not be sent; call 110 now."),
    )
}
