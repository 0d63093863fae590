/* Stand-ins for the lifecycle of the application; see InstrumentationRegistry.kt. */
package androidx.test.runner.lifecycle

/** Where the application stands. */
enum class ApplicationStage { PRE_ON_CREATE, CREATED }

/** Marks a monitor; nothing here asks one. */
interface ApplicationLifecycleMonitor

/** Takes the monitor that Robolectric registers. */
object ApplicationLifecycleMonitorRegistry {
    /** Called by Robolectric when a test begins. */
    @JvmStatic
    @Suppress("UNUSED_PARAMETER") // the signature is Robolectric's
    fun registerInstance(instance: ApplicationLifecycleMonitor) = Unit
}
