/* Stand-ins for the monitors that Robolectric's instrumentation makes; see InstrumentationRegistry.kt. */
package androidx.test.internal.runner.lifecycle

import android.app.Activity
import android.app.Application
import androidx.test.runner.lifecycle.ActivityLifecycleCallback
import androidx.test.runner.lifecycle.ActivityLifecycleMonitor
import androidx.test.runner.lifecycle.ApplicationLifecycleMonitor
import androidx.test.runner.lifecycle.ApplicationStage
import androidx.test.runner.lifecycle.Stage

/** Remembers the stage of each activity, weakly, and tells the callbacks. */
class ActivityLifecycleMonitorImpl : ActivityLifecycleMonitor {
    private val stages = java.util.WeakHashMap<Activity, Stage>()
    private val callbacks = mutableListOf<ActivityLifecycleCallback>()

    /** Called by Robolectric's instrumentation, on the main thread. */
    fun signalLifecycleChange(stage: Stage, activity: Activity) {
        stages[activity] = stage
        callbacks.toList().forEach { it.onActivityLifecycleChanged(activity, stage) }
    }

    override fun addLifecycleCallback(callback: ActivityLifecycleCallback) {
        callbacks += callback
    }

    override fun removeLifecycleCallback(callback: ActivityLifecycleCallback) {
        callbacks -= callback
    }

    override fun getLifecycleStageOf(activity: Activity): Stage =
        requireNotNull(stages[activity]) { "an activity that was never created" }

    override fun getActivitiesInStage(stage: Stage): Collection<Activity> =
        stages.filterValues { it == stage }.keys.toList()
}

/** Is told of the application's stages and forgets them. */
class ApplicationLifecycleMonitorImpl : ApplicationLifecycleMonitor {
    /** Called by Robolectric's instrumentation around `Application.onCreate`. */
    @Suppress("UNUSED_PARAMETER") // the signature is Robolectric's
    fun signalLifecycleChange(application: Application, stage: ApplicationStage) = Unit
}
