/* A call for help as a text message: which words go to whom. */
package cn.lastmile.officer.desk

import cn.lastmile.core.AssistanceTexts
import cn.lastmile.core.Phone

/** [body] for [number]; null: no number is known that gets text messages, and the person says who does. */
data class CallText(val number: String?, val body: String)

/** Signed words are the gateway's alone: no person can read them. [people] are numbers of those who help, best first. */
internal fun callText(texts: AssistanceTexts, people: List<String>): CallText {
    val gateway = texts.gateway
    val signed = texts.signed
    return if (gateway != null && signed != null) CallText(gateway, signed)
    else CallText(people.firstOrNull(MOBILE::matches), texts.plain)
}

/** Duty telephones for the call [record]: the station's, then those of its case. */
internal fun helpersOf(phone: Phone, record: String): List<String> {
    val station = phone.assistance(record).todo.firstOrNull { it.code == "call_station" }?.number
    val case = phone.caseInfo(phone.record(record).caseNo).dutyPhones.map { it.phone }
    return listOfNotNull(station) + case
}

/** A text to a landline is lost, and nobody hears of it. */
private val MOBILE = Regex("""(\+?86[ -]?)?1[3-9]\d{9}""")
