/* Stand-ins for the lifecycle of activities; see InstrumentationRegistry.kt. */
package androidx.test.runner.lifecycle

import android.app.Activity

/** Where an activity stands, in the order of its life. */
enum class Stage { PRE_ON_CREATE, CREATED, STARTED, RESUMED, PAUSED, STOPPED, RESTARTED, DESTROYED }

/** Told of every change of stage, on the main thread. */
fun interface ActivityLifecycleCallback {
    /** [activity] has just reached [stage]. */
    fun onActivityLifecycleChanged(activity: Activity, stage: Stage)
}

/** Knows the stage of every activity of the running test. */
interface ActivityLifecycleMonitor {
    /** Calls [callback] from now on. */
    fun addLifecycleCallback(callback: ActivityLifecycleCallback)

    /** Ends what [addLifecycleCallback] began. */
    fun removeLifecycleCallback(callback: ActivityLifecycleCallback)

    /** Throws [IllegalArgumentException] for an activity that was never seen. */
    fun getLifecycleStageOf(activity: Activity): Stage

    /** Every activity that stands at [stage]. */
    fun getActivitiesInStage(stage: Stage): Collection<Activity>
}

/** Holds the monitor that Robolectric registers. */
object ActivityLifecycleMonitorRegistry {
    private var monitor: ActivityLifecycleMonitor? = null

    /** Called by Robolectric when a test begins. */
    @JvmStatic
    fun registerInstance(instance: ActivityLifecycleMonitor) {
        monitor = instance
    }

    /** Throws [IllegalStateException] outside a test. */
    @JvmStatic
    fun getInstance(): ActivityLifecycleMonitor = checkNotNull(monitor) { "no test runs under Robolectric" }
}
