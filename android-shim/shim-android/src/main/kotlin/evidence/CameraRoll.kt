/*
 * Photos between camera and vault: files of this app alone, each with a note of what it belongs to. A file
 * goes only when the core says that it has it, or when the camera wrote nothing into it. Until then it lies
 * unsealed, since another app writes it: keep it short.
 */
package cn.lastmile.shim.evidence

import android.content.Context
import cn.lastmile.shim.files.syncDirectory
import cn.lastmile.shim.files.writeDurably
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import kotlinx.coroutines.withContext
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.IOException
import java.util.UUID

/** One per process. Off the main thread. */
class CameraRoll(context: Context) {
    private val directory = directoryOf(context)
    private val keeping = Mutex()

    /**
     * A new shot for [record], with the app's own [context] (at most 4,096 characters). Its note is durable
     * when this returns; its photo is an empty file. Throws [IOException].
     */
    fun begin(record: String, context: String): Shot {
        require(context.length <= MAX_CONTEXT) { "context of ${context.length} characters" }
        val shot = Shot(UUID.randomUUID().toString().replace("-", ""), record, context)
        val note = ByteArrayOutputStream()
        DataOutputStream(note).use {
            it.writeUTF(shot.record)
            it.writeUTF(shot.context)
        }
        writeDurably(noteOf(shot.id), note.toByteArray())
        photoOf(shot.id).createNewFile()
        return shot
    }

    /** Shots whose photo is not in the vault yet, oldest first: after a crash, or while the camera runs. */
    fun open(): List<Shot> = directory.listFiles().orEmpty()
        .filter { it.extension == NOTE }
        .sortedBy { it.lastModified() }
        .mapNotNull(::read)

    /**
     * Gives the photo of [shot] to [sink] and deletes it afterwards; false, and the shot is forgotten, when
     * the camera wrote nothing. A photo that is half written is evidence too: it is kept as it is. Throws
     * what [sink] throws; the photo is then still here.
     */
    suspend fun keep(shot: Shot, sink: EvidenceSink): Boolean = keeping.withLock {
        withContext(Dispatchers.IO) {
            val photo = photoOf(shot.id)
            val taken = photo.length() > 0
            if (taken) photo.inputStream().use { sink.keep(shot, it) }
            forget(shot)
            taken
        }
    }

    /** The photo first: a note without photo is an empty shot, a photo without note would belong nowhere. */
    private fun forget(shot: Shot) {
        val photo = photoOf(shot.id)
        if (photo.delete() || !photo.exists()) noteOf(shot.id).delete()
        syncDirectory(directory)
    }

    private fun read(note: File): Shot? = try {
        DataInputStream(note.inputStream().buffered()).use {
            Shot(note.nameWithoutExtension, it.readUTF(), it.readUTF())
        }
    } catch (_: IOException) {
        null
    }

    private fun photoOf(id: String) = File(directory, "$id.$PHOTO")
    private fun noteOf(id: String) = File(directory, "$id.$NOTE")

    internal companion object {
        const val MAX_CONTEXT = 4_096
        private const val NOTE = "shot"
        private const val PHOTO = "jpg"
        private val name = Regex("[0-9a-f]{32}")

        fun directoryOf(context: Context) = File(context.noBackupFilesDir, "lastmile/camera")

        /**
         * The photo that [id] stands for, if it is one that was begun and not kept; never a path of
         * another's making.
         */
        fun photo(context: Context, id: String): File? {
            if (!name.matches(id)) return null
            return File(directoryOf(context), "$id.$PHOTO").takeIf { it.isFile }
        }
    }
}
