/* Why a record cannot be finalised, in sentences: differences, rules that block, who may, and with which key. */
package cn.lastmile.officer.desk

import cn.lastmile.core.Phone
import cn.lastmile.core.Severity
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Stage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.show.missingLine
import cn.lastmile.shim.words.Words

/** Everything that stands in the way of [shown] now, what a person settles first; empty when nothing does. */
internal fun blocksOf(phone: Phone, shown: ShownRecord): List<MissingLine> {
    val me = phone.signedIn()
    val open = shown.conflicts.size
    val own = listOfNotNull(
        Words("有分歧,待确定:${open}处", "differs, to be settled: $open").takeIf { open > 0 },
        Said.notHandler.takeIf { me?.person != shown.handler },
        Said.noFinger.takeIf { me?.mayFinalise != true },
    ).map { MissingLine("", it, emptyList(), null, true) }
    val rules = phone.checkRules(shown.record, Stage.FINALISE).missing.filter { it.severity == Severity.BLOCK }
    return own + rules.map(::missingLine)
}
