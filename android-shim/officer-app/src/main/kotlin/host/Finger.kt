/*
 * The dialogue for fingerprint or face over whatever screen of the app is shown. It opens while a press of the person
 * is being done and at no other time: a job in the background that comes upon the finalising key leaves it alone.
 */
package cn.lastmile.officer.host

import android.app.Activity
import android.app.Application
import android.hardware.biometrics.BiometricManager
import android.os.Build
import android.os.Bundle
import cn.lastmile.officer.desk.Asking
import cn.lastmile.shim.keys.BiometricPresence
import cn.lastmile.shim.keys.KeyTrouble
import cn.lastmile.shim.keys.KeyUse
import cn.lastmile.shim.keys.KeystoreKeys
import cn.lastmile.shim.keys.Presence
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import java.security.Signature

/** The phone could ask for a fingerprint or face, and knows none yet. */
class NobodyKnown : Exception("no_fingerprint"), Trouble {
    override val code = "no_fingerprint"
    override val words = Words(
        "本机还没有录入指纹或人脸。请先到系统设置里录入,再登记本机。",
        "This phone knows no fingerprint or face yet. Add one in the system's settings, then register the phone.",
    )
}

/** One per process, of [app]; [name] is what the keys in use are called, null when there are none. */
internal class Finger(private val app: Application, private val keys: KeystoreKeys, private val name: () -> String?) :
    Presence, Asking, Application.ActivityLifecycleCallbacks {
    @Volatile
    private var screen: Activity? = null

    @Volatile
    private var what: Words? = null

    init {
        app.registerActivityLifecycleCallbacks(this)
    }

    override suspend fun confirm(signature: Signature) {
        val shown = screen ?: throw KeyTrouble.NotAuthenticated()
        val words = what ?: throw KeyTrouble.NotAuthenticated()
        BiometricPresence(shown, words).confirm(signature)
    }

    override suspend fun ready() {
        // A signature is begun and given up: a key that is gone says so before anything is written.
        val gaveUp = Presence { throw KeyTrouble.NotAuthenticated() }
        try {
            name()?.let { keys.signer(it, KeyUse.FINALISE, gaveUp)?.sign(ByteArray(0)) }
        } catch (_: KeyTrouble.NotAuthenticated) {
            // It would have asked: the key works.
        }
    }

    override suspend fun <T> during(what: Words, action: suspend () -> T): T {
        this.what = what
        try {
            return action()
        } finally {
            this.what = null
        }
    }

    /** Whether this phone can ask at all. Throws [NobodyKnown] when it could, and has nobody to compare with. */
    fun canAsk(): Boolean {
        // Before Android 11 nobody says how strong a sensor is; making the key finds out.
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return true
        val sensors = app.getSystemService(BiometricManager::class.java) ?: return false
        return when (sensors.canAuthenticate(BiometricManager.Authenticators.BIOMETRIC_STRONG)) {
            BiometricManager.BIOMETRIC_SUCCESS -> true
            BiometricManager.BIOMETRIC_ERROR_NONE_ENROLLED -> throw NobodyKnown()
            BiometricManager.BIOMETRIC_ERROR_HW_UNAVAILABLE -> throw KeyTrouble.Unavailable()
            else -> false
        }
    }

    override fun onActivityStarted(activity: Activity) {
        screen = activity
    }

    override fun onActivityStopped(activity: Activity) {
        if (screen === activity) screen = null
    }

    override fun onActivityCreated(activity: Activity, state: Bundle?) = Unit
    override fun onActivityResumed(activity: Activity) = Unit
    override fun onActivityPaused(activity: Activity) = Unit
    override fun onActivitySaveInstanceState(activity: Activity, state: Bundle) = Unit
    override fun onActivityDestroyed(activity: Activity) = Unit
}
