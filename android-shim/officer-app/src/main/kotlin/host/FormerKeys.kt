/*
 * Keys of the registrations before. Work that was acknowledged may wait for a signature of theirs and of no other key:
 * they sign at every start, and when the person says so; they go when nothing waits any more, or when they are gone.
 */
package cn.lastmile.officer.host

import cn.lastmile.core.KeyException
import cn.lastmile.core.LastmileException
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.keys.KeyUse
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext

internal class FormerKeys(
    private val kept: Registrations,
    private val registrar: Registrar,
    private val parts: RegisteringParts,
) {
    private val all: Map<String, String> get() = kept.now()?.former.orEmpty()

    /** Changes without a signature, while a former key may have some of them if the person is asked; else 0. */
    suspend fun waiting(core: FieldCore): Int {
        if (all.isEmpty()) return 0
        val unsigned = core.ask { it.backlog().unsigned }.toInt()
        return if (unsigned > 0 && all.keys.any { asks(it) }) unsigned else 0
    }

    /** Without its everyday key nobody can sign in with the one that asks. */
    private suspend fun asks(name: String) =
        standing(name, KeyUse.FINALISE) == Standing.ASKS && standing(name, KeyUse.RECORD) != Standing.GONE

    /**
     * Signs what needs no finger and gives up what is not needed any more; asks nobody. [signIn] signs the person in
     * with the keys in force: a core knows the keys of whoever signed in, so the former ones sign in first, for a moment.
     */
    suspend fun settle(core: FieldCore, signIn: suspend () -> Unit) {
        if (all.isEmpty()) return
        handIn(core, signIn)
        core.signAll()
        giveUp(core)
    }

    /** Has [core] know the former keys, until it is locked. Nobody is signed in when [signIn] throws. */
    suspend fun handIn(core: FieldCore, signIn: suspend () -> Unit) = withContext(NonCancellable) {
        try {
            for ((name, device) in all) if (device.isNotEmpty()) handIn(core, name, device)
            signIn()
        } catch (failed: Exception) {
            // Never on with the keys of a registration that is over.
            core.ask { it.lock() }
            throw failed
        }
    }

    private suspend fun handIn(core: FieldCore, name: String, device: String) = try {
        val everyday = parts.signer(name, KeyUse.RECORD)
        val finalising = parts.signer(name, KeyUse.FINALISE)
        if (everyday != null) core.ask { it.signIn(device, CoreSigner(everyday), finalising?.let(::CoreSigner)) }
        Unit
    } catch (_: KeyTrouble) {
        // It is kept, and tried again at the next start.
    } catch (_: LastmileException) {
        // The same.
    }

    /** Gives up those that nothing waits for, or that are gone for good. */
    suspend fun giveUp(core: FieldCore) {
        val signed = core.ask { it.backlog().unsigned } == 0uL
        try {
            registrar.giveUpFormer { name -> signed || KeyUse.entries.all { standing(name, it) == Standing.GONE } }
        } catch (_: KeyTrouble) {
            // They stay; the next start tries again.
        }
    }

    private enum class Standing { GONE, ASKS, OTHER }

    /** Outside of a press nobody is asked: a key that would ask says so. */
    private suspend fun standing(name: String, use: KeyUse): Standing = try {
        if (parts.signer(name, use)?.sign(ByteArray(0)) == null) Standing.GONE else Standing.OTHER
    } catch (_: KeyTrouble.KeyInvalidated) {
        Standing.GONE
    } catch (_: KeyTrouble.NotAuthenticated) {
        Standing.ASKS
    } catch (_: KeyTrouble) {
        Standing.OTHER
    }
}

/** Signs until nothing more gets signed; what no key here signs now goes on waiting. */
internal suspend fun FieldCore.signAll() = try {
    do {
        val signed = ask { it.signPending(MOST_SIGNED) }
    } while (signed > 0u)
} catch (_: LastmileException.Key) {
    // A finger was refused, or a key is gone; the screens count what waits.
} catch (_: KeyException) {
    // The same.
}

private const val MOST_SIGNED = 200u
