/* Photos from the phone's camera app to the desk, whatever happens to either on the way. */
package cn.lastmile.officer.host

import android.content.Context
import android.content.Intent
import cn.lastmile.officer.desk.Desk
import cn.lastmile.shim.evidence.CameraRoll
import cn.lastmile.shim.evidence.EvidenceCamera
import cn.lastmile.shim.evidence.EvidenceSink
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.util.concurrent.ConcurrentHashMap

/** One per process; [desk] keeps what comes. */
class Photos(context: Context, desk: suspend () -> Desk) {
    private val roll = CameraRoll(context)
    private val hashes = ConcurrentHashMap<String, String>()

    /** Keeps a photo and remembers its hash by the shot's id. */
    val sink = EvidenceSink { shot, photo -> hashes[shot.id] = desk().keepPhoto(photo) }
    private val camera = EvidenceCamera(context, roll, sink)

    /** Id of a new shot of [record], durable, and what starts the camera for it. */
    suspend fun begin(record: String): Pair<String, Intent> = withContext(Dispatchers.IO) {
        val shot = camera.begin(record, "line")
        shot.id to camera.intentFor(shot)
    }

    /** The hash of the photo of shot [id]; null when the camera wrote nothing, or the shot is not known. */
    suspend fun finish(id: String): String? {
        val shot = withContext(Dispatchers.IO) { roll.open() }.firstOrNull { it.id == id } ?: return hashes.remove(id)
        return if (camera.finish(shot)) hashes.remove(id) else null
    }

    /** At the start of the app: what a killed app or camera left behind, as record and hash. */
    suspend fun finishAll(): List<Pair<String, String>> =
        camera.finishAll().mapNotNull { shot -> hashes.remove(shot.id)?.let { shot.record to it } }
}
