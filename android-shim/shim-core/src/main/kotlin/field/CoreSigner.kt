/* A key of the device as the core wants it. */
package cn.lastmile.shim.field

import cn.lastmile.core.KeyException
import cn.lastmile.core.KeyInfo
import cn.lastmile.core.Signer
import cn.lastmile.shim.keys.DeviceSigner
import cn.lastmile.shim.keys.KeyTrouble
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * Gives [key] to the core. Signing happens on a thread that may block: key stores do, for as long as the person
 * takes. Troubles of the key reach the core by name; whatever else is thrown, as a failure.
 */
class CoreSigner(private val key: DeviceSigner) : Signer {
    override fun key(): KeyInfo = naming { KeyInfo(key.key.spki, key.key.protection.code) }

    override suspend fun sign(message: ByteArray): ByteArray =
        withContext(Dispatchers.IO) { naming { key.sign(message) } }

    private inline fun <T> naming(action: () -> T): T = try {
        action()
    } catch (trouble: KeyTrouble) {
        throw when (trouble) {
            is KeyTrouble.NotAuthenticated -> KeyException.NotAuthenticated()
            is KeyTrouble.KeyInvalidated -> KeyException.Invalidated()
            is KeyTrouble.Locked -> KeyException.Locked()
            is KeyTrouble.Unavailable -> KeyException.Unavailable()
        }
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: Exception) {
        throw KeyException.Failed()
    }
}
