/*
 * What a person sees of a request for help while the app is not on the screen. It claims only what is known.
 */
package cn.lastmile.shim.assistance

import cn.lastmile.shim.words.Words

/**
 * [code] is stable; [urgent] while nobody is known to have it and the person should call; [title] in large,
 * [line] below it.
 */
data class AssistanceNotice(val code: String, val urgent: Boolean, val title: Words, val line: Words) {
    /** Nothing more comes of it. */
    val isOver: Boolean get() = code == OVER

    companion object {
        private const val OVER = "assistance_over"

        private val saved = Words("已离线保存,尚未送达公安!", "Saved, NOT delivered to the police!")
        private val call = Words("请立即拨打110。本机正在继续尝试发送。", "Call 110 now. This phone keeps trying to send it.")
        private val texted = Words(
            "已发出求助短信,对方是否收到尚不知道。请拨打110确认。",
            "A text message went out; whether anybody has it is not known. Call 110 to be sure.",
        )
        private val noText = Words("短信也未能发出。请立即拨打110。", "The text message failed as well. Call 110 now.")
        private val delivered = Words("求助已送达法院", "The court has the request")
        private val unheard = Words("尚无人接警。请拨打110。", "No dispatcher is known to have it. Call 110.")
        private val waiting = Words("请保持电话畅通。", "Keep the telephone free.")
        private val over = Words("求助已结束", "The request is over")
        private val thanks = Words("位置已停止上报。", "The position is no longer sent.")

        /** Before anything was tried: the record is safe, nobody has it. */
        val unknown = AssistanceNotice("assistance_saved", true, saved, call)

        /** For what is known. */
        fun of(facts: AssistanceFacts): AssistanceNotice {
            val standing = facts.standing
            return when {
                standing.over -> AssistanceNotice(OVER, false, over, thanks)
                standing.delivered && standing.alone ->
                    AssistanceNotice("assistance_unheard", true, delivered, standing.line ?: unheard)
                standing.delivered ->
                    AssistanceNotice("assistance_delivered", false, delivered, standing.line ?: waiting)
                standing.texted -> AssistanceNotice("assistance_texted", true, saved, texted)
                facts.textFailures > 0 -> AssistanceNotice("assistance_not_texted", true, saved, noText)
                else -> unknown
            }
        }
    }
}
