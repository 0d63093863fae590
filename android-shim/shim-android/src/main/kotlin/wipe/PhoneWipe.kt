/*
 * Destroying this phone's copy, after the core has offered what was pending, destroyed its own records by
 * order of the court, and handed its report in. First the keys: without them the rest is noise. Cut off
 * anywhere, it goes on at the next start.
 */
package cn.lastmile.shim.wipe

import android.app.NotificationManager
import android.content.Context
import cn.lastmile.shim.field.FieldCore
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
 * for the log beside it holds the newest records. The shim's are known here. [rested] waits until nobody writes to a
 * store any more, and says whether that is so.
 */
class PhoneWipe(
    private val context: Context,
    private val keys: KeystoreKeys,
    private val files: List<File>,
    private val rested: () -> Boolean = { FieldCore.rested(LONGEST_CALL_MS) },
) {
    private val mark = File(context.noBackupFilesDir, "lastmile.wipe")

    /** Whether one was begun and not ended: then the app calls [run] before anything else. */
    val isPending: Boolean get() = mark.exists()

    /**
     * Does it all; false when a file would not go, or a call of the core that was closed before this did not end in
     * time and may have left something behind it: to be done again at the next start. A full disk does not stop it.
     * Seconds, or the two minutes that such a call takes at most. Throws [cn.lastmile.shim.keys.KeyTrouble] when the
     * key store does not let its keys go now.
     */
    suspend fun run(): Boolean = withContext(Dispatchers.IO) {
        try {
            writeDurably(mark, byteArrayOf(1))
        } catch (_: IOException) {
            // No room even for the mark: what goes now need not be remembered.
        }
        SyncJobs(context).cancelAll()
        keys.destroyAll()
        val quiet = rested()
        val own = listOf(File(context.noBackupFilesDir, "lastmile"))
        val gone = (own + files).map(File::deleteRecursively).all { it } && quiet
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
        /** A request ends within 90 s, what it brought is taken in within seconds, milliseconds. */
        const val LONGEST_CALL_MS = 120_000L

        val DIARIES = listOf("lastmile.sync.diary", "lastmile.key.levels")
    }
}
