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

/** What a photo is taken for: the line of a list, or somebody's fingerprint under a record. */
enum class ShotFor(val code: String) {
    LINE("line"),
    PRINT("print"),
}

/** A shot that was begun, as one word of text after the other, so that it survives the end of the process. */
data class Shooting(val id: String, val record: String, val use: ShotFor) {
    fun written(): String = "$id $record ${use.code}"

    companion object {
        /** Null for what another version wrote. */
        fun of(text: String): Shooting? {
            val words = text.split(' ').takeIf { it.size == 3 } ?: return null
            return ShotFor.entries.firstOrNull { it.code == words[2] }?.let { Shooting(words[0], words[1], it) }
        }
    }
}

/** A photo that was left behind: its shot and its hash. */
data class Found(val shot: Shooting, val hash: String)

/** One per process; [desk] keeps what comes. */
class Photos(private val context: Context, desk: suspend () -> Desk) {
    private val roll = CameraRoll(context)
    private val hashes = ConcurrentHashMap<String, String>()

    /** Keeps a photo and remembers its hash by the shot's id. */
    val sink = EvidenceSink { shot, photo -> hashes[shot.id] = desk().keepPhoto(photo) }
    private val camera = EvidenceCamera(context, roll, sink)

    /** A new shot for [record], durable, and what starts the camera for it. */
    suspend fun begin(record: String, use: ShotFor): Pair<Shooting, Intent> = withContext(Dispatchers.IO) {
        val shot = camera.begin(record, use.code)
        Shooting(shot.id, record, use) to camera.intentFor(shot)
    }

    /** The hash of the photo of shot [id]; null when the camera wrote nothing, or the shot is not known. */
    suspend fun finish(id: String): String? {
        val shot = withContext(Dispatchers.IO) { roll.open() }.firstOrNull { it.id == id } ?: return hashes.remove(id)
        return if (camera.finish(shot)) hashes.remove(id) else null
    }

    /**
     * At the start of the app, while [opened] is not everybody's yet: what a killed app or camera left behind. Whoever
     * began a shot and asks with [finish] afterwards gets its hash all the same.
     */
    suspend fun finishAll(opened: Desk): List<Found> {
        val own = Photos(context) { opened }
        return own.camera.finishAll().mapNotNull { shot ->
            val use = ShotFor.entries.firstOrNull { it.code == shot.context } ?: ShotFor.LINE
            own.hashes.remove(shot.id)?.let { hash ->
                hashes[shot.id] = hash
                Found(Shooting(shot.id, shot.record, use), hash)
            }
        }
    }
}
