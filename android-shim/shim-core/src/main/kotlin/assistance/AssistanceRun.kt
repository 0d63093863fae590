/*
 * One request for help, from the press of the button to its end: does what [nextStep] says. Contacts and text
 * messages run beside each other, so that one that hangs does not hold up the other; what is known changes
 * in one place only, the loop.
 */
package cn.lastmile.shim.assistance

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.job
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull

/**
 * [nowMs] gives milliseconds since boot. [told] hears every change of what the person should see, on the
 * coroutine's thread, the first one before anything is tried.
 */
class AssistanceRun(
    private val request: String,
    private val desk: AssistanceDesk,
    private val texts: TextSender,
    private val nowMs: () -> Long,
    private val policy: AssistancePolicy = AssistancePolicy(),
    private val told: (AssistanceNotice) -> Unit,
) {
    private sealed interface Event {
        data class Contacted(val reached: Boolean, val standing: Standing?) : Event
        data class Texted(val text: Text) : Event
    }

    /** What became of a text message; [NONE]: there is no number that one could go to. */
    private enum class Text { SENT, FAILED, NONE }

    private val events = Channel<Event>(Channel.UNLIMITED)
    private lateinit var facts: AssistanceFacts
    private var shown: AssistanceNotice? = null

    /**
     * Returns when the request is over. Cancelling it stops everything; the record itself is safe. Once
     * only.
     */
    suspend fun run() = coroutineScope {
        facts = AssistanceFacts(startedMs = nowMs(), standing = desk.standing(request))
        while (true) {
            show()
            when (val step = nextStep(facts, nowMs(), policy)) {
                AssistanceStep.End -> break
                AssistanceStep.Contact -> {
                    facts = facts.copy(contactUnderWay = true)
                    launch { events.send(contact()) }
                }
                AssistanceStep.Text -> {
                    facts = facts.copy(textUnderWay = true)
                    launch { events.send(Event.Texted(text())) }
                }
                is AssistanceStep.Wait -> await(step.untilMs)?.let(::learn)
            }
        }
        coroutineContext.job.children.forEach { it.cancel() }
    }

    private fun show() {
        val notice = AssistanceNotice.of(facts)
        if (notice != shown) told(notice)
        shown = notice
    }

    private suspend fun await(untilMs: Long?): Event? =
        if (untilMs == null) events.receive() else withTimeoutOrNull(untilMs - nowMs()) { events.receive() }

    private fun learn(event: Event) {
        facts = when (event) {
            is Event.Contacted -> facts.copy(
                contactUnderWay = false,
                contactEndedMs = nowMs(),
                failures = if (event.reached) 0 else facts.failures + 1,
                standing = event.standing?.let { it.copy(texted = it.texted || facts.standing.texted) }
                    ?: facts.standing,
            )
            is Event.Texted -> facts.copy(
                textUnderWay = false,
                textEndedMs = nowMs(),
                textFailures = if (event.text == Text.FAILED) facts.textFailures + 1 else 0,
                noGateway = event.text == Text.NONE,
                standing = if (event.text == Text.SENT) facts.standing.copy(texted = true) else facts.standing,
            )
        }
    }

    /** After a contact that failed the store is asked: another one may have got through, and what is known ages. */
    private suspend fun contact(): Event {
        val answer = attempt { desk.contact(request) }
        return Event.Contacted(answer != null, answer ?: attempt { desk.standing(request) })
    }

    private suspend fun text(): Text = attempt {
        val message = desk.textMessage(request) ?: return@attempt Text.NONE
        texts.send(message)
        // The network has it; that it cannot be noted down must not send it again while we run.
        attempt { desk.texted(request) }
        Text.SENT
    } ?: Text.FAILED

    /** Whatever fails here must not end the run: the next try may succeed, and the screen tells the truth. */
    private suspend fun <T> attempt(action: suspend () -> T): T? = try {
        action()
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: Exception) {
        null
    }
}
