/*
 * The key of the phone's encrypted store: 32 random bytes, wrapped by a key of Android's key store, in one
 * small file. When it cannot be unwrapped nothing is deleted, ever: what fails for a moment is tried again,
 * and what fails for good is set aside by the app, after the person was told.
 *
 * The wrapping key asks for nobody's fingerprint, since a request for help must go out, and the store must
 * open, while the phone lies locked in a pocket.
 */
package cn.lastmile.shim.keys

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import cn.lastmile.shim.files.moveDurably
import cn.lastmile.shim.files.writeDurably
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File
import java.security.Key
import java.security.KeyStore
import java.security.SecureRandom
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.spec.GCMParameterSpec

/** The store's key is gone for good; the store's files are as they were. */
class DatabaseKeyLost(cause: Throwable? = null) : Exception("database_key_lost", cause), Trouble {
    override val code: String = "database_key_lost"
    override val words: Words = Words(
        "本机数据的密钥已失效,无法打开。数据文件已原样保留,请勿卸载应用,联系管理员重新登记本机;已到法院的记录会重新下载。",
        "The key of this phone's data is gone and the data cannot be opened. The files are kept as they are: " +
            "do not uninstall the app. Ask the administrator to register this phone again; what the court " +
            "has comes back.",
    )
}

/** One per process; [keys] takes the turns. */
class DatabaseKey(context: Context, private val keys: KeystoreKeys) {
    private val directory = File(context.noBackupFilesDir, "lastmile")

    /** The wrapped key. In the directory that no backup takes: elsewhere it could not be unwrapped. */
    val file: File = File(directory, "database.key")

    /**
     * The key, 32 bytes; the caller overwrites them after use. Made when there is none and [storeExists] is
     * false. Throws [DatabaseKeyLost] when the key of an existing store is gone, [KeyTrouble] when it
     * cannot be had now, [java.io.IOException].
     */
    suspend fun open(storeExists: Boolean): ByteArray = withContext(Dispatchers.IO) {
        when {
            file.exists() -> file.readBytes().let { wrapped -> keys.patiently { unwrap(it, wrapped) } }
            storeExists -> throw DatabaseKeyLost()
            else -> make()
        }
    }

    /**
     * Moves the wrapped key and [files] (the store's own, `StoreAt.files`, whatever of them exists) into a new directory of
     * the quarantine and gives it, so that [open] can begin anew and experts have what there was.
     */
    suspend fun setAside(files: List<File>): File = withContext(Dispatchers.IO) {
        val quarantine = File(directory, "quarantine")
        val next = 1 + (quarantine.list().orEmpty().mapNotNull { it.toIntOrNull() }.maxOrNull() ?: 0)
        val shelf = File(quarantine, next.toString())
        // The key goes last: cut off before, the store is still known to be one whose key is lost.
        for (file in files + file) if (file.exists()) moveDurably(file, File(shelf, file.name))
        shelf
    }

    /**
     * Each key gets a wrapping key of its own, so that one set aside can still be unwrapped, should that
     * help.
     */
    private suspend fun make(): ByteArray {
        val random = SecureRandom()
        val id = ByteArray(ID_BYTES).also(random::nextBytes)
        val key = ByteArray(KEY_BYTES).also(random::nextBytes)
        try {
            val wrapped = keys.patiently { store ->
                val cipher = Cipher.getInstance(CIPHER)
                cipher.init(Cipher.ENCRYPT_MODE, store.getKey(aliasOf(id), null) ?: generate(aliasOf(id)))
                cipher.updateAAD(MAGIC + id)
                MAGIC + id + cipher.iv + cipher.doFinal(key)
            }
            writeDurably(file, wrapped)
        } catch (failed: Exception) {
            // Of no use to anybody: there is no store that it opens.
            key.fill(0)
            throw failed
        }
        return key
    }

    private fun unwrap(store: KeyStore, wrapped: ByteArray): ByteArray {
        val ours = wrapped.size == FILE_BYTES && wrapped.copyOf(MAGIC.size).contentEquals(MAGIC)
        if (!ours) throw DatabaseKeyLost()
        val id = wrapped.copyOfRange(MAGIC.size, HEAD_BYTES)
        val nonce = GCMParameterSpec(TAG_BITS, wrapped, HEAD_BYTES, NONCE_BYTES)
        val sealedFrom = HEAD_BYTES + NONCE_BYTES
        return try {
            val wrappingKey = store.getKey(aliasOf(id), null) ?: throw DatabaseKeyLost()
            Cipher.getInstance(CIPHER).run {
                init(Cipher.DECRYPT_MODE, wrappingKey, nonce)
                updateAAD(wrapped, 0, HEAD_BYTES)
                doFinal(wrapped, sealedFrom, wrapped.size - sealedFrom)
            }
        } catch (wrong: AEADBadTagException) {
            throw DatabaseKeyLost(wrong)
        } catch (gone: KeyPermanentlyInvalidatedException) {
            throw DatabaseKeyLost(gone)
        }
    }

    private fun generate(alias: String): Key {
        val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(alias, purposes)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BYTES * 8)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, PROVIDER).run {
            init(spec)
            generateKey()
        }
    }

    private fun aliasOf(id: ByteArray) =
        "${ALIAS_PREFIX}database." + id.joinToString("") { "%02x".format(it) }

    private companion object {
        const val CIPHER = "AES/GCM/NoPadding"
        const val ID_BYTES = 8
        const val KEY_BYTES = 32
        const val NONCE_BYTES = 12
        const val TAG_BITS = 128

        /** The file: this, the wrapping key's id, nonce, sealed key and tag. */
        val MAGIC = "lmdbkey1".toByteArray()
        val HEAD_BYTES = MAGIC.size + ID_BYTES
        val FILE_BYTES = HEAD_BYTES + NONCE_BYTES + KEY_BYTES + TAG_BITS / 8
    }
}
