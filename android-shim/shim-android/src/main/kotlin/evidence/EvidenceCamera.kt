/*
 * Taking a photo with the phone's own camera app. The system may end our process while the camera runs, so
 * everything that matters is on the disk before it starts, and whoever comes back picks it up from there.
 */
package cn.lastmile.shim.evidence

import android.content.ClipData
import android.content.Context
import android.content.Intent
import android.provider.MediaStore
import kotlinx.coroutines.CancellationException

/**
 * An activity calls [begin], starts [intentFor] with `startActivityForResult`, and calls [finish] when it
 * comes back, whatever the result code: some cameras say "cancelled" and have written the photo. The app
 * also calls [finishAll] at its start, once nobody's camera runs.
 */
class EvidenceCamera(
    private val context: Context,
    private val roll: CameraRoll,
    private val sink: EvidenceSink,
) {
    /** See [CameraRoll.begin]. */
    fun begin(record: String, context: String): Shot = roll.begin(record, context)

    /**
     * What starts the camera for [shot]. Has no taker on a phone without a camera app: ask the package
     * manager.
     */
    fun intentFor(shot: Shot): Intent {
        val uri = PhotoProvider.uriOf(context, shot)
        return Intent(MediaStore.ACTION_IMAGE_CAPTURE)
            .putExtra(MediaStore.EXTRA_OUTPUT, uri)
            .addFlags(Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION)
            .apply { clipData = ClipData.newRawUri(null, uri) }
    }

    /**
     * The camera came back from [shot]. True when there is a photo, now in the vault. See [CameraRoll.keep].
     */
    suspend fun finish(shot: Shot): Boolean {
        context.revokeUriPermission(PhotoProvider.uriOf(context, shot), WRITE)
        return roll.keep(shot, sink)
    }

    /**
     * Everything that a crash left behind; gives the shots that had a photo. Goes on after one that fails.
     */
    suspend fun finishAll(): List<Shot> = roll.open().filter { shot ->
        try {
            finish(shot)
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (_: Exception) {
            // It is still here for the next start.
            false
        }
    }

    private companion object {
        const val WRITE = Intent.FLAG_GRANT_WRITE_URI_PERMISSION or Intent.FLAG_GRANT_READ_URI_PERMISSION
    }
}
