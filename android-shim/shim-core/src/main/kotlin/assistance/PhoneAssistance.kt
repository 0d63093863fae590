/* Requests for help over the open core. */
package cn.lastmile.shim.assistance

import cn.lastmile.core.Assistance
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.shown

/**
 * Requests in [core]. [gateway] is the number of the court's text gateway as the app was given it, null when there
 * is none: then no text goes by itself, and the person is told to call.
 */
class PhoneAssistance(private val core: FieldCore, private val gateway: () -> String?) : AssistanceDesk {
    override fun standing(request: String): Standing = core.now { standingOf(it.assistance(request)) }

    override suspend fun contact(request: String): Standing = core.ask {
        it.sync()
        standingOf(it.assistance(request))
    }

    override suspend fun textMessage(request: String): TextMessage? {
        val number = gateway() ?: return null
        return core.ask { it.assistanceTexts(request).signed }?.let { TextMessage(number, it) }
    }

    override suspend fun texted(request: String) =
        core.ask { it.noteTextSent(request, it.deviceMs(), null) }
}

/** What the background needs of the core's account. A text that went counts until the court has the request. */
fun standingOf(known: Assistance): Standing = Standing(
    delivered = known.hop !in setOf("phone", "sms"),
    texted = known.hop == "sms",
    over = known.hop == "over",
    line = known.headline.shown,
)
