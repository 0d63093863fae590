/* The officer's fingerprint or face, as the desk needs it: asked for while a press of theirs is done, never else. */
package cn.lastmile.officer.desk

import cn.lastmile.shim.words.Words

/** Who can ask the person at the phone. */
interface Asking {
    /** Whether the key that finalises still works; asks nobody. Throws `KeyTrouble`. */
    suspend fun ready()

    /** Does [action]; while it runs, a key may ask the person to confirm [what]. */
    suspend fun <T> during(what: Words, action: suspend () -> T): T
}
