/* The app on a stage: a real phone behind it, a finger in front of it, and pictures of what it shows. */
package cn.lastmile.officer.stage

import android.app.Application
import android.os.Bundle
import android.os.Looper
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import cn.lastmile.officer.desk.Asking
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.OFFICER
import cn.lastmile.officer.desk.PhoneDesk
import cn.lastmile.officer.desk.PrinterTrial
import cn.lastmile.officer.desk.Route
import cn.lastmile.officer.host.Crew
import cn.lastmile.officer.host.DeskOwner
import cn.lastmile.officer.host.OfficerActivity
import cn.lastmile.officer.host.Photos
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.host.Session
import cn.lastmile.officer.look.CORNER
import cn.lastmile.officer.look.HOLD_MS
import cn.lastmile.officer.look.NOTICE
import cn.lastmile.officer.real.RealDay
import cn.lastmile.officer.real.SetClock
import cn.lastmile.shim.crew.CrewState
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.DeviceParts
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.StoreAt
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.position.Fix
import cn.lastmile.shim.position.PositionSource
import cn.lastmile.shim.testkit.picture
import cn.lastmile.shim.testkit.writePng
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.robolectric.Robolectric
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.shadows.ShadowLooper
import java.io.File
import java.time.Duration

/** An application whose desk a test gives. */
class TestApp : Application(), DeskOwner {
    var theDesk: Desk? = null
    private var now: Session? = null

    override val photos by lazy { Photos(this) { desk() } }
    override var crew: Crew = SetCrew()
    override suspend fun desk(): Desk = checkNotNull(theDesk)
    override suspend fun session(): Session = now ?: Session(desk()).also { now = it }

    /** As after the end of the process: nothing that lived in memory is left. */
    fun forget() {
        now?.close()
        now = null
    }

    val work get() = now?.work
}

/** Crew's phones as a test has them. */
class SetCrew(override var state: CrewState? = null) : Crew {
    val visited = mutableListOf<PeerAddress>()
    var own = listOf("192.168.43.1:48110")

    override fun addresses() = own
    override suspend fun on() {
        state = CrewState()
    }
    override suspend fun resume() = Unit
    override fun off() {
        state = null
    }
    override fun visit(door: PeerAddress) {
        visited += door
    }
}

/** Where the phone is; null: not known. */
class SetPositions(var fix: Fix?) : PositionSource {
    override fun newest() = fix
    override fun start() = Unit
    override fun stop() = Unit
}

/** Keys of the JDK ask nobody. */
object NoFinger : Asking {
    override suspend fun ready() = Unit
    override suspend fun <T> during(what: Words, action: suspend () -> T): T = action()
}

/** The officer's phone on a copy of the morning's store in [dir]. */
class OpenPhone(val app: TestApp, private val dir: File) : AutoCloseable {
    val clock = SetClock(RealDay.nowMs, RealDay.nowMs - 3_600_000)
    val positions = SetPositions(Fix(22.8335, 112.985, 12.0, true, RealDay.nowMs, 0))
    lateinit var core: FieldCore
        private set
    lateinit var desk: PhoneDesk
        private set
    val alarms = mutableListOf<String>()
    private var roles = setOf(OFFICER)

    init {
        start()
    }

    private fun start() {
        val store = StoreAt(File(dir, "P1.db").toPath(), ByteArray(32) { 7 }, RealDay.installation(), RealDay.deviceFile)
        core = FieldCore.start(store, DeviceParts(clock, library = RealDay.library.toPath()))
        val keys = { listOf(CoreSigner(RealDay.key)) }
        runBlocking { core.ask { it.signIn(RealDay.deviceFile, CoreSigner(RealDay.key), null) } }
        desk = PhoneDesk(core, Route(app), PrinterTrial(app), positions, { keys() }, NoFinger, roles) { alarms += it }
        app.theDesk = desk
    }

    /** The battery dies, the phone starts again: only the disk is left. */
    fun dieAndStart() {
        app.forget()
        core.close()
        start()
    }

    /** The same for a person of other roles. */
    fun startAs(roles: Set<String>) {
        this.roles = roles
        dieAndStart()
    }

    override fun close() {
        app.forget()
        core.close()
    }
}

/** The activity, at [start]. */
class Stage(private val app: Application, start: Place = Place.Today, state: Bundle? = null) : AutoCloseable {
    private val controller: ActivityController<OfficerActivity> =
        Robolectric.buildActivity(OfficerActivity::class.java).let { if (state == null) it.setup() else it.setup(state) }
    val screen: OfficerActivity get() = controller.get()

    init {
        settle()
        if (start != Place.Today) go(start)
    }

    fun go(place: Place) {
        screen.go(place)
        settle()
    }

    /** Until nothing is under way. */
    fun settle() {
        val deadline = System.nanoTime() + 30_000_000_000
        while (true) {
            shadowOf(Looper.getMainLooper()).idle()
            val open = screen.work.children.toList() + (app as? TestApp)?.work?.children?.toList().orEmpty()
            if (open.none { it.isActive }) break
            check(System.nanoTime() < deadline) { "something does not end" }
            runBlocking { open.forEach { withTimeoutOrNull<Unit>(20) { it.join() } } }
        }
        shadowOf(Looper.getMainLooper()).idle()
    }

    val root: ViewGroup get() = checkNotNull(screen.findViewById<ViewGroup>(android.R.id.content))

    /** Every text on the page, seen or not. */
    val texts: List<String> get() = root.all().filterIsInstance<TextView>().filter { it.isVisible() }.map { "${it.text}" }

    /** The amber line. */
    val notice: String? get() = root.findViewWithTag<TextView>(NOTICE)?.text?.toString()

    fun shows(part: String) = texts.any { part in it }

    /** Presses the view, or the card around it, that shows [words]. */
    fun press(words: String) {
        fun button(view: View) = generateSequence(view) { it.parent as? View }.firstOrNull { it.isClickable }
        val all = root.all().filterIsInstance<TextView>().filter { it.isVisible() && button(it) != null }
        val view = all.firstOrNull { "${it.text}" == words } ?: all.firstOrNull { words in it.text }
        checkNotNull(view?.let(::button)) { "no $words among $texts" }.performClick()
        settle()
    }

    /** Presses the button below the label [words]. */
    fun pressBelow(words: String) {
        val label = root.all().filterIsInstance<TextView>().first { "${it.text}" == words }
        (label.parent as ViewGroup).all().first { it.isClickable }.performClick()
        settle()
    }

    fun type(field: String, text: String) {
        root.all().filterIsInstance<EditText>().first { it.contentDescription == field }.setText(text)
        settle()
    }

    /** Holds the corner's button for [ms]. */
    fun holdCorner(ms: Long = HOLD_MS + 100) {
        val corner = root.findViewWithTag<View>(CORNER)
        val down = MotionEvent.obtain(0, 0, MotionEvent.ACTION_DOWN, 5f, 5f, 0)
        val up = MotionEvent.obtain(0, ms, MotionEvent.ACTION_UP, 5f, 5f, 0)
        corner.dispatchTouchEvent(down)
        ShadowLooper.idleMainLooper(ms, java.util.concurrent.TimeUnit.MILLISECONDS)
        corner.dispatchTouchEvent(up)
        settle()
    }

    /** Turns the phone: the activity is made anew from what it saved. */
    fun recreate() {
        controller.recreate()
        settle()
    }

    fun pause() = controller.pause().stop()
    fun resume() {
        controller.start().resume()
        settle()
    }

    /** What the system keeps for the next start of the process. */
    fun saved(): Bundle = Bundle().also { controller.pause().stop().saveInstanceState(it) }

    fun later(time: Duration) {
        ShadowLooper.idleMainLooper(time.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        settle()
    }

    /** A picture of the whole screen under `target/officer-app-shots`. */
    fun picture(name: String) {
        val metrics = screen.resources.displayMetrics
        root.picture(metrics.widthPixels, metrics.heightPixels).writePng(File("target/officer-app-shots/$name.png"))
    }

    override fun close() {
        controller.destroy()
        settle()
    }
}

/** This view and everything in it. */
fun View.all(): List<View> =
    listOf(this) + if (this is ViewGroup) (0 until childCount).flatMap { getChildAt(it).all() } else emptyList()

/** Neither it nor anything around it is gone. */
fun View.isVisible(): Boolean = generateSequence<View>(this) { it.parent as? View }.all { it.visibility == View.VISIBLE }
