/* Stand-ins for the watching and stubbing of intents; see InstrumentationRegistry.kt. */
package androidx.test.runner.intent

import android.app.Instrumentation.ActivityResult
import android.content.Intent

/** Marks a monitor; nothing here asks one, tests read the shadows' lists of started intents. */
interface IntentMonitor

/** Takes the monitor that Robolectric registers. */
object IntentMonitorRegistry {
    /** Called by Robolectric when a test begins. */
    @JvmStatic
    @Suppress("UNUSED_PARAMETER") // the signature is Robolectric's
    fun registerInstance(instance: IntentMonitor) = Unit
}

/** Answers an intent in place of the activity it would start. */
fun interface IntentStubber {
    /** Null: let the intent go its way. */
    fun getActivityResultForIntent(intent: Intent): ActivityResult?
}

/** Never holds a stubber, so that every intent goes its way. */
object IntentStubberRegistry {
    /** Always false. */
    @JvmStatic
    fun isLoaded(): Boolean = false

    /** Throws [IllegalStateException]: ask [isLoaded] first. */
    @JvmStatic
    fun getInstance(): IntentStubber = error("no intents are stubbed here")
}
