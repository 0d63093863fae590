/* Stand-in for the monitor of intents; see InstrumentationRegistry.kt. */
package androidx.test.internal.runner.intent

import android.content.Intent
import androidx.test.runner.intent.IntentMonitor

/** Is told of every intent and forgets it. */
class IntentMonitorImpl : IntentMonitor {
    /** Called by Robolectric for every intent that starts an activity. */
    @Suppress("UNUSED_PARAMETER") // the signature is Robolectric's
    fun signalIntent(intent: Intent) = Unit
}
