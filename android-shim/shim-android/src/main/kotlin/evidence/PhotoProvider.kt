/*
 * The hole in the wall through which the camera app puts its photo into ours: so that it never lies in a
 * gallery or on shared storage. Nobody may look through it but who was given that one photo, for the time
 * being.
 */
package cn.lastmile.shim.evidence

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/** Called by the system, on its binder threads. */
class PhotoProvider : ContentProvider() {
    override fun onCreate(): Boolean = true

    override fun getType(uri: Uri): String = "image/jpeg"

    /** Throws [FileNotFoundException] for anything but a photo that waits to be taken or kept. */
    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(photo(uri), ParcelFileDescriptor.parseMode(mode))

    /** Name and size, which some cameras ask for. */
    override fun query(
        uri: Uri,
        projection: Array<out String>?,
        selection: String?,
        arguments: Array<out String>?,
        order: String?,
    ): Cursor {
        val photo = photo(uri)
        val columns = projection ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        val row = columns.map {
            when (it) {
                OpenableColumns.DISPLAY_NAME -> photo.name
                OpenableColumns.SIZE -> photo.length()
                else -> null
            }
        }
        return MatrixCursor(columns, 1).apply { addRow(row) }
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = throw UnsupportedOperationException()

    override fun update(
        uri: Uri,
        values: ContentValues?,
        selection: String?,
        arguments: Array<out String>?,
    ): Int = throw UnsupportedOperationException()

    override fun delete(uri: Uri, selection: String?, arguments: Array<out String>?): Int =
        throw UnsupportedOperationException()

    private fun photo(uri: Uri): File {
        val id = uri.pathSegments.singleOrNull() ?: throw FileNotFoundException("no photo")
        return CameraRoll.photo(checkNotNull(context), id) ?: throw FileNotFoundException("no photo")
    }

    companion object {
        /** The address of the photo of [shot]. */
        fun uriOf(context: Context, shot: Shot): Uri =
            Uri.Builder().scheme("content").authority("${context.packageName}.lastmile.photos")
                .appendPath(shot.id).build()
    }
}
