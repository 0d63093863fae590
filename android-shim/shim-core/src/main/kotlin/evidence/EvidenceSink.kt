/*
 * Where a photo goes after the camera: into the phone's sealed vault. A [Shot] says what it belongs to, and
 * is written down before the camera starts, since the system may end our process while it runs.
 */
package cn.lastmile.shim.evidence

import java.io.InputStream

/**
 * A photo asked for. [id] names its file (32 lower-case hexadecimal digits); [record] is the record's id;
 * [context] is the app's own text about it (verb, purpose, item), at most 4,096 characters, given back as is.
 */
data class Shot(val id: String, val record: String, val context: String)

/** The core's side. */
fun interface EvidenceSink {
    /**
     * Keeps [photo] to its end for [shot] and returns only when it is durable; the camera's file is deleted
     * after that and never before. Off the main thread. Whatever it throws leaves the file where it is. The
     * same shot may come twice when power failed in between: keeping by hash makes that one original.
     */
    suspend fun keep(shot: Shot, photo: InputStream)
}
