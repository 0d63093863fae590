/*
 * Destroying this phone's copy, after the core has offered what was pending, destroyed its own records by
 * order of the court, and handed its report in. First the keys: without them the rest is noise. Cut off
 * anywhere, it goes on at the next start.
 */
package cn.lastmile.shim.wipe

import android.app.NotificationManager
import android.content.Context
import cn.lastmile.shim.files.syncDirectory
import cn.lastmile.shim.files.writeDurably
import cn.lastmile.shim.keys.KeystoreKeys
import cn.lastmile.shim.sync.SyncJobs
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException

/**
 * [files]: the app's own files and directories that hold data of the court; of a store all of them (`StoreAt.files`),
 * for the log beside it holds the newest records. The shim's are known here.
 */
class PhoneWipe(private val context: Context, private val keys: KeystoreKeys, private val files: List<File>) {
    private val mark = File(context.noBackupFilesDir, "lastmile.wipe")

    /** Whether one was begun and not ended: then the app calls [run] before anything else. */
    val isPending: Boolean get() = mark.exists()

    /**
     * Does it all; false when a file would not go, to be tried again at the next start. The core must be
     * closed. A full disk does not stop it. Throws [cn.lastmile.shim.keys.KeyTrouble] when the key store does not let its keys go now.
     */
    suspend fun run(): Boolean = withContext(Dispatchers.IO) {
        try {
            writeDurably(mark, byteArrayOf(1))
        } catch (_: IOException) {
            // No room even for the mark: what goes now need not be remembered.
        }
        SyncJobs(context).cancelAll()
        keys.destroyAll()
        val own = listOf(File(context.noBackupFilesDir, "lastmile"))
        val gone = (own + files).map(File::deleteRecursively).all { it }
        context.getSystemService(NotificationManager::class.java)?.cancelAll()
        DIARIES.forEach { context.deleteSharedPreferences(it) }
        if (gone) {
            mark.delete()
            // A mark that came back with a power cut would destroy what is recorded after this.
            syncDirectory(context.noBackupFilesDir)
        }
        gone
    }

    private companion object {
        val DIARIES = listOf("lastmile.sync.diary", "lastmile.key.levels")
    }
}
