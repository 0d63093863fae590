/*
 * Registering, for the first time or anew. New keys are made beside those in use, which are given up only when the
 * court has certified the new ones, that is on the disk, and nothing waits for a signature of theirs: a mistyped or used
 * code costs nothing.
 */
package cn.lastmile.officer.host

import cn.lastmile.core.CodeInfo
import cn.lastmile.core.Enrolled
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.keys.DeviceSigner
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words

/** What registering asks of the phone and of the court. */
internal interface RegisteringParts {
    /** What the code says, from memory. Throws `LastmileException` for one that cannot be read. */
    fun read(code: String): CodeInfo

    /** Whether a key that finalises can be made: one that asks the person. */
    fun canAsk(): Boolean

    suspend fun signer(name: String, use: KeyUse): DeviceSigner?
    suspend fun create(name: String, use: KeyUse): DeviceSigner
    suspend fun forget(name: String)

    /** Has the court at [url] certify the keys. */
    suspend fun enrol(code: String, url: String, everyday: DeviceSigner, finalising: DeviceSigner?): Enrolled
}

/** The code is another court's, and this phone holds records of its own. */
class OtherCourt : Exception("other_court"), Trouble {
    override val code = "other_court"
    override val words = Words(
        "这是其他法院的登记码。本机存有本院的记录,不能改登记到其他法院。",
        "The code is another court's. This phone holds records of its own court and cannot change over.",
    )
}

internal class Registrar(private val kept: Registrations, private val parts: RegisteringParts) {
    /** Registers with [code]. Whatever it throws, the registration before is in force; the code can be tried again. */
    suspend fun register(code: String): Registration {
        val slip = parts.read(code)
        val before = kept.now()
        if (before != null && before.court != slip.court) throw OtherCourt()
        // Keys belong to their code: when the answer was lost the court gives it again for the same keys alone.
        val name = "self.${slip.number}"
        val asks = parts.canAsk()
        kept.attempt(name)
        val everyday = key(name, KeyUse.RECORD)
        val finalising = if (asks) key(name, KeyUse.FINALISE) else null
        val enrolled = try {
            parts.enrol(code, slip.url, everyday, finalising)
        } catch (failed: Exception) {
            // Made before the person's fingerprints changed: they will never sign, and are made anew next time.
            // Those of a registration sign everyday changes all the same, and stay.
            val spare = name != before?.keys && name !in before?.former.orEmpty()
            if (spare && troubleOf(failed).code == "key_invalidated") parts.forget(name)
            throw failed
        }
        val certified = before?.former.orEmpty() + listOfNotNull(before).associate { it.keys to it.device }
        val former = kept.attempted().associateWith { "" } + certified - name
        val next = Registration(name, slip.url, enrolled.person, enrolled.roles.toSet(), enrolled.deviceFile, former)
        kept.keep(next)
        return next
    }

    private suspend fun key(name: String, use: KeyUse) = parts.signer(name, use) ?: parts.create(name, use)

    /**
     * Gives up the keys of former registrations that were never certified, or that [done] says nothing can wait for.
     * Cut off, it goes on the next time; throws `KeyTrouble`.
     */
    suspend fun giveUpFormer(done: suspend (String) -> Boolean) {
        val now = kept.now() ?: return
        val over = now.former.filter { (name, device) -> device.isEmpty() || done(name) }.keys
        if (over.isEmpty()) return
        over.forEach { parts.forget(it) }
        kept.keep(now.copy(former = now.former - over))
    }
}
