/*
 * The only activity: a stack of places, drawn one at a time. It decides nothing about records; what a press does is
 * in [Shows], what is in the middle of being done in [Session].
 */
package cn.lastmile.officer.host

import android.app.Activity
import android.app.ActivityManager
import android.content.BroadcastReceiver
import android.content.ComponentCallbacks2
import android.content.Context
import android.content.Intent
import android.content.IntentFilter
import android.os.Bundle
import android.os.Handler
import android.os.Looper
import android.view.WindowManager
import android.widget.ScrollView
import cn.lastmile.officer.look.Corner
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.PAGE
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.frame
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.field.troubleOf
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.launch

class OfficerActivity : Activity() {
    private val life = SupervisorJob()
    private val scope = CoroutineScope(life + MainLoop)
    private val main = Handler(Looper.getMainLooper())
    private var places = listOf<Place>(Place.Today)
    private var drawnAt: Place? = null
    private var notice: Words? = null
    private var shot: Shooting? = null
    private var cameBack = false
    private lateinit var shows: Shows

    internal val look by lazy { Look(this) }
    internal val allowed by lazy { Allowed(this) }

    /** Off from when the system asked for memory until the app is shown anew. */
    internal var pictures = true
        private set

    /** Where the person is. */
    val place: Place get() = places.last()

    /** What is under way; a test waits for it. */
    val work: Job get() = life

    private val clock = object : BroadcastReceiver() {
        override fun onReceive(context: Context, intent: Intent) = say(Said.clockMoved)
    }

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
        places = state?.getStringArrayList(PLACES)?.map(Place::of) ?: places
        shot = state?.getString(SHOT)?.let(Shooting::of)
        cameBack = state?.getBoolean(CAME_BACK) ?: false
        shows = Shows(this, application as DeskOwner)
        drawOpening()
    }

    override fun onStart() {
        super.onStart()
        val changed = IntentFilter(Intent.ACTION_TIME_CHANGED).apply { addAction(Intent.ACTION_TIMEZONE_CHANGED) }
        // Only the system sends these.
        registerReceiver(clock, changed)
    }

    override fun onStop() {
        unregisterReceiver(clock)
        super.onStop()
    }

    override fun onResume() {
        super.onResume()
        refresh()
    }

    override fun onSaveInstanceState(state: Bundle) {
        super.onSaveInstanceState(state)
        // Places are ids of records: nothing of a case leaves the encrypted store.
        state.putStringArrayList(PLACES, ArrayList(places.map { it.written() }))
        state.putString(SHOT, shot?.written())
        state.putBoolean(CAME_BACK, cameBack)
    }

    override fun onDestroy() {
        main.removeCallbacksAndMessages(null)
        life.cancel()
        shows.close()
        super.onDestroy()
    }

    @Suppress("DEPRECATION")
    override fun onTrimMemory(level: Int) {
        super.onTrimMemory(level)
        if (level >= ComponentCallbacks2.TRIM_MEMORY_RUNNING_LOW && pictures) {
            pictures = false
            say(Said.lowMemory)
        }
    }

    @Deprecated("what systems before 13 call")
    override fun onBackPressed() {
        // Out of signing mode leads only the PIN.
        if (place is Place.Signing) return
        @Suppress("DEPRECATION")
        if (places.size > 1) back() else super.onBackPressed()
    }

    @Deprecated("as the framework has it without androidx")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        // Whatever the result says: some cameras say "cancelled" and have written the photo.
        cameBack = shot != null
        doing { pickUp() }
    }

    /** Takes the photo that came back, once there is a desk for it: the PIN may be asked for first. */
    private suspend fun pickUp() {
        val taken = shot?.takeIf { cameBack && shows.isOpen() } ?: return
        shot = null
        cameBack = false
        shows.photographed(taken)
    }

    override fun onRequestPermissionsResult(request: Int, wanted: Array<out String>, given: IntArray) {
        super.onRequestPermissionsResult(request, wanted, given)
        refresh()
    }

    /** Goes to [next]. */
    internal fun go(next: Place) {
        notice = null
        places = if (places.last() == next) places else places + next
        refresh()
    }

    /** Goes to [next] from 今日, with [said] to be shown there: what led here is done. */
    internal fun arrive(next: Place, said: Words) {
        notice = said
        places = listOf(Place.Today, next)
        refresh()
    }

    /** One place back, with [said] to be shown there. */
    internal fun back(said: Words? = null) {
        notice = said
        places = if (places.size > 1) places.dropLast(1) else listOf(Place.Today)
        refresh()
    }

    /** Shows [words] on the place where the person is. */
    internal fun say(words: Words?) {
        notice = words
        refresh()
    }

    /** Starts the camera for [next]; it comes back to [Shows.photographed]. False: it did not start, and why is said. */
    internal fun shoot(next: Shooting, camera: Intent): Boolean {
        val trouble = try {
            @Suppress("DEPRECATION")
            startActivityForResult(camera, CAMERA)
            null
        } catch (_: SecurityException) {
            Said.noCamera
        } catch (_: android.content.ActivityNotFoundException) {
            Said.noCameraApp
        }
        shot = next.takeIf { trouble == null }
        cameBack = false
        trouble?.let(::say)
        return trouble == null
    }

    /**
     * Keeps the phone on this app while somebody else has it in hand. Phones that are not managed ask the person
     * first, and some refuse; the mode is locked inside the app in any case.
     */
    internal fun pin(on: Boolean) = try {
        if (on) startLockTask() else stopLockTask()
    } catch (_: RuntimeException) {
        // Locked inside the app all the same.
    }

    /**
     * Lets the camera app in while the phone is kept on this one. A managed phone is locked for good: its administrator
     * names the camera's package beside this app's in `setLockTaskPackages`, or the system does not start it. On any
     * other phone the screen is merely pinned, and a pinned screen lets no other app in: it is let go for the photo,
     * and [pin] is called again when the camera is back. Inside the app signing mode stays locked throughout.
     */
    internal fun unpinForCamera() {
        if (lockTask == ActivityManager.LOCK_TASK_MODE_PINNED) pin(false)
    }

    /** An `ActivityManager.LOCK_TASK_MODE_*`. */
    internal val lockTask: Int
        get() = getSystemService(ActivityManager::class.java)?.lockTaskModeState ?: ActivityManager.LOCK_TASK_MODE_NONE

    /** Does [action], then draws anew; what goes wrong is said and loses nothing. */
    internal fun doing(action: suspend () -> Unit): Job = scope.launch {
        try {
            action()
        } catch (cancelled: CancellationException) {
            throw cancelled
        } catch (failed: Exception) {
            say(troubleOf(failed).words)
        }
    }

    /** Reads anew what the place shows. */
    internal fun refresh() {
        main.removeCallbacksAndMessages(null)
        scope.launch {
            val at = place
            try {
                val held = shows.heldAt(at)
                if (held != null) return@launch go(held)
                val page = shows.page(at, notice)
                if (at == place) draw(at, page, shows.corner(at))
                if (cameBack) doing { pickUp() }
                follow(at)
            } catch (cancelled: CancellationException) {
                throw cancelled
            } catch (failed: Exception) {
                draw(at, shows.doorOrTrouble(failed, notice), shows.bareCorner())
            }
        }
    }

    /** Looks again by itself; at the crew's page only when something happened, since somebody may be typing there. */
    private fun follow(at: Place) {
        when (at) {
            is Place.Assistance -> main.postDelayed({ refresh() }, FOLLOW_MS)
            Place.Crew -> main.postDelayed({ if (shows.crewMoved()) say(null) else if (place == at) follow(at) }, CREW_MS)
            else -> Unit
        }
    }

    private fun drawOpening() = draw(place, Page(Said.opening, look.body(Said.opening)), shows.bareCorner())

    private fun draw(at: Place, page: Page, corner: Corner) {
        val scrolled = if (drawnAt == at) window.decorView.findViewWithTag<ScrollView>(PAGE)?.scrollY ?: 0 else 0
        drawnAt = at
        setContentView(look.frame(page, corner))
        if (scrolled > 0) window.decorView.findViewWithTag<ScrollView>(PAGE)?.let { it.post { it.scrollTo(0, scrolled) } }
    }

    private companion object {
        const val PLACES = "places"
        const val SHOT = "shot"
        const val CAME_BACK = "came-back"
        const val CAMERA = 1
        const val FOLLOW_MS = 5_000L
        const val CREW_MS = 1_000L
    }
}
