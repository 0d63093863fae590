/* Requests for help over the open core. */
package cn.lastmile.shim.assistance

import cn.lastmile.core.Assistance
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Phone
import cn.lastmile.core.PositionSource
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.shown
import cn.lastmile.shim.words.Words

/**
 * Requests in [core]. The text goes to the gateway that the court's pack names; where it names none, no text goes by
 * itself, and the person is told to call. [positions] says where the crew is, for the court while a request is open;
 * without it the court has the place of the request alone.
 */
class PhoneAssistance(
    private val core: FieldCore,
    private val positions: PositionSource? = null,
) : AssistanceDesk {
    override fun standing(request: String): Standing = core.now { standingOf(it.assistance(request)) }

    override suspend fun contact(request: String): Standing = core.ask {
        it.sync()
        val standing = standingOf(it.assistance(request))
        if (standing.delivered && !standing.over) tell(it)
        standing
    }

    /** A position that does not get through is followed by the next one; the request has gone. */
    private suspend fun tell(phone: Phone) {
        val fix = positions?.newest() ?: return
        try {
            phone.tellPositions(listOf(fix))
        } catch (_: LastmileException) {
            return
        }
    }

    override suspend fun textMessage(request: String): TextMessage? {
        val texts = core.ask { it.assistanceTexts(request) }
        val number = texts.gateway ?: return null
        return TextMessage(number, texts.signed ?: throw TextTrouble.NotSigned())
    }

    override suspend fun texted(request: String) =
        core.ask { it.noteTextSent(request, it.deviceMs(), null) }
}

/** What the background needs of the core's account. A text that went counts until the court has the request. */
fun standingOf(known: Assistance): Standing = Standing(
    delivered = known.hop !in setOf("phone", "sms"),
    texted = known.hop == "sms",
    over = known.hop == "over",
    line = aged(known.headline.shown, known.stale?.shown),
    alone = known.alarm,
)

/** A sentence that may no longer be true says how old it is. */
private fun aged(line: Words, stale: Words?): Words =
    if (stale == null) line else Words("${line.zh}(${stale.zh})", "${line.en} (${stale.en})")
