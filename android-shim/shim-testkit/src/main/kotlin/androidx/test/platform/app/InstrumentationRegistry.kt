/*
 * Stand-ins for the few types of `androidx.test:monitor` that Robolectric 4.16 links against. The
 * originals are served by Google's repository only, which this build does without; these have the same
 * names and signatures and code of our own, hold what they are given, and call nobody back that a test
 * of ours does not need. They are on the test class path only and are never published. What Espresso
 * would ask for (idling resources, UI controllers) is left out: nothing loads it here.
 */
package androidx.test.platform.app

import android.app.Instrumentation
import android.os.Bundle

/** Holds the instrumentation of the running test, which Robolectric registers and takes back. */
object InstrumentationRegistry {
    private var instrumentation: Instrumentation? = null

    /** Called by Robolectric before each test, and with null after it. */
    @JvmStatic
    @Suppress("UNUSED_PARAMETER") // the signature is Robolectric's
    fun registerInstance(instance: Instrumentation?, arguments: Bundle) {
        instrumentation = instance
    }

    /** The instrumentation of the running test. Throws [IllegalStateException] outside one. */
    @JvmStatic
    fun getInstrumentation(): Instrumentation =
        checkNotNull(instrumentation) { "no test runs under Robolectric" }
}
