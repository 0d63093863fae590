/* Where the activity finds the desk: the application object, since nobody constructs an activity. */
package cn.lastmile.officer.host

import cn.lastmile.officer.desk.Desk

/** Implemented by the app's `Application`. */
interface DeskOwner {
    /** The desk, opened if it is not open. Throws troubles of keys and store, [NotRegistered], [PinWanted]. */
    suspend fun desk(): Desk

    /** What the person is in the middle of, for as long as the process lives. */
    suspend fun session(): Session

    val photos: Photos

    /** Keeps the phones of a crew alike, when it is switched on. */
    val crew: Crew
}
