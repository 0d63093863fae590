/* What the person allowed this app, and what is said where something is not allowed: what still works comes first. */
package cn.lastmile.officer.host

import android.Manifest.permission.ACCESS_COARSE_LOCATION
import android.Manifest.permission.ACCESS_FINE_LOCATION
import android.Manifest.permission.SEND_SMS
import android.app.ActivityManager
import android.app.admin.DevicePolicyManager
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager.PERMISSION_GRANTED
import android.provider.MediaStore
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

/** Asked anew each time: it may be taken away at any moment. */
internal class Allowed(private val context: Context) {
    private fun has(permission: String) = context.checkSelfPermission(permission) == PERMISSION_GRANTED

    /**
     * Why no photo can be taken; null when one can. The phone's camera app takes them, so this app asks for no leave
     * of its own; an administrator may have switched the camera off.
     */
    fun cameraTrouble(): Words? = when {
        context.getSystemService(DevicePolicyManager::class.java)?.getCameraDisabled(null) == true -> Said.noCamera
        takers().isEmpty() -> Said.noCameraApp
        else -> null
    }

    /** The same while the phone is locked to this app: a managed phone starts only what its administrator named. */
    fun lockedCameraTrouble(lockTask: Int): Words? = cameraTrouble() ?: Said.cameraLocked.takeIf {
        val policy = context.getSystemService(DevicePolicyManager::class.java)
        val named = takers().any { policy?.isLockTaskPermitted(it.activityInfo.packageName) == true }
        lockTask == ActivityManager.LOCK_TASK_MODE_LOCKED && !named
    }

    private fun takers() = context.packageManager.queryIntentActivities(Intent(MediaStore.ACTION_IMAGE_CAPTURE), 0)

    /** What a call for help cannot do on this phone. */
    fun callWarnings(): List<Words> = listOfNotNull(
        Said.noPlace.takeIf { !has(ACCESS_FINE_LOCATION) && !has(ACCESS_COARSE_LOCATION) },
        Said.noSms.takeIf { !has(SEND_SMS) },
    )

    /** To be asked for at the first start. */
    val wanted = arrayOf(ACCESS_FINE_LOCATION, ACCESS_COARSE_LOCATION, SEND_SMS)
}
