/*
 * What Android's key store throws, in the shim's words. Phones differ in what they throw for the same
 * thing, so causes are looked through, and whatever is not known to be final counts as passing.
 */
package cn.lastmile.shim.keys

import android.os.Build
import android.security.KeyStoreException
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.UserNotAuthenticatedException

/**
 * The trouble that [failure] stands for. [deviceLocked]: whether the phone is locked now, since the key store
 * says of a locked phone and of a person who was not asked the same.
 */
internal fun troubleOf(failure: Throwable, deviceLocked: Boolean): KeyTrouble {
    val causes = generateSequence(failure) { it.cause }.take(MAX_CAUSES).toList()
    causes.filterIsInstance<KeyTrouble>().firstOrNull()?.let { return it }
    return when {
        causes.any { it is KeyPermanentlyInvalidatedException } -> KeyTrouble.KeyInvalidated(failure)
        causes.any(::asksForPerson) ->
            if (deviceLocked) KeyTrouble.Locked(failure) else KeyTrouble.NotAuthenticated(failure)
        else -> KeyTrouble.Unavailable(failure)
    }
}

private fun asksForPerson(cause: Throwable): Boolean = when {
    cause is UserNotAuthenticatedException -> true
    Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU -> false
    else -> cause is KeyStoreException && cause.requiresUserAuthentication()
}

/** Exceptions that name each other as cause in a circle exist. */
private const val MAX_CAUSES = 10
