/* What the core says went wrong, as everything else here says it: a stable code and words in both languages. */
package cn.lastmile.shim.field

import cn.lastmile.core.LastmileException
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import cn.lastmile.core.Words as CoreWords

/** The core's text as a screen's. */
val CoreWords.shown: Words get() = Words(zh, en)

private class Said(override val code: String, override val words: Words) : Trouble

/** Code and words of what the core refused or could not do. */
val LastmileException.trouble: Trouble
    get() = when (this) {
        is LastmileException.Refused -> Said(code, said.shown)
        is LastmileException.RulesBlock -> Said(code, said.shown)
        is LastmileException.SignedOut -> Said(code, said.shown)
        is LastmileException.Pin -> Said(code, said.shown)
        is LastmileException.Key -> Said(code, said.shown)
        is LastmileException.NotHere -> Said(code, said.shown)
        is LastmileException.Network -> Said(code, said.shown)
        is LastmileException.NotBelieved -> Said(code, said.shown)
        is LastmileException.Store -> Said(code, said.shown)
        is LastmileException.Input -> Said(code, said.shown)
    }

/**
 * Code and words of anything thrown on the way to the core, for the one place where an app shows failures. What
 * nobody foresaw is `internal`: the store is as it was before the call.
 */
fun troubleOf(thrown: Throwable): Trouble = when (thrown) {
    is Trouble -> thrown
    is LastmileException -> thrown.trouble
    else -> internal
}

private val internal: Trouble = Said(
    "internal",
    Words("应用内部错误,已记录的内容不受影响。请重试;仍不行请联系技术人员。", "The app failed; what was recorded is safe. Try again, or ask support."),
)
