/* What each place shows, and what a press there does: the joints between desk, session and screens. */
package cn.lastmile.officer.host

import cn.lastmile.core.Value
import cn.lastmile.officer.desk.Desk
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.otherValue
import cn.lastmile.officer.look.Corner
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.screens.ActDoings
import cn.lastmile.officer.screens.LeaveDoings
import cn.lastmile.officer.screens.LineDoings
import cn.lastmile.officer.screens.ListDoings
import cn.lastmile.officer.screens.Settling
import cn.lastmile.officer.screens.TodayDoings
import cn.lastmile.officer.screens.actPage
import cn.lastmile.officer.screens.conflictPage
import cn.lastmile.officer.screens.finalisePage
import cn.lastmile.officer.screens.leavePage
import cn.lastmile.officer.screens.linePage
import cn.lastmile.officer.screens.linesOf
import cn.lastmile.officer.screens.listPage
import cn.lastmile.officer.screens.missingPage
import cn.lastmile.officer.screens.todayPage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.show.MissingLine
import cn.lastmile.shim.words.Words
import kotlinx.coroutines.CancellationException

internal class Shows(private val screen: OfficerActivity, private val owner: DeskOwner) {
    private val look: Look get() = screen.look
    private val voice = lazy { Voice(screen) }
    private val calls = CallShows(screen, owner) { voice.value }
    private val entries = EntryShows(screen, owner)
    private val signing = SigningShows(screen, owner) { voice.value }
    private val doors = DoorShows(screen)
    private val crew = CrewShows(screen, owner)

    /** Whether the crew's page would show something else now. */
    fun crewMoved(): Boolean = crew.moved

    /** The screen is gone. */
    fun close() {
        if (voice.isInitialized()) voice.value.close()
    }

    private suspend fun desk(): Desk = owner.desk()
    private suspend fun session(): Session = owner.session()

    /** The page of [at] now. */
    suspend fun page(at: Place, notice: Words?): Page = when (at) {
        Place.Today -> look.todayPage(desk().today(), crew.line(), former(), todayDoings(), notice)
        Place.Leave -> leave(notice)
        Place.Register -> doors.anew(notice)
        Place.Crew -> crew.page(notice)
        is Place.Act -> look.actPage(desk().act(at.record), actDoings(at.record), notice)
        is Place.Missing -> missing(at, notice)
        is Place.Goods -> look.listPage(desk().list(at.record), listDoings(at.record), notice, screen.pictures)
        is Place.Line -> line(at.record, notice)
        is Place.Begin -> entries.begin(at, notice)
        is Place.Entry -> entries.page(at, notice)
        is Place.Conflicts -> conflicts(at.record, notice)
        is Place.Signing -> signing.page(at.record, notice)
        is Place.Call -> calls.page(at.act, notice)
        is Place.Assistance -> calls.sent(at.record, notice)
    }

    /** The red button at [at]: it says what will be sent while it is held, and never sends a second call. */
    suspend fun corner(at: Place): Corner {
        val open = desk().openCall()
        if (open != null) {
            val follow = { screen.go(Place.Assistance(open)) }
            return Corner(Said.help, emptyList(), follow, follow)
        }
        val plan = session().call ?: desk().plan(at.about)
        val preview = listOf(Said.willSend) + linesOf(plan, calls.situations)
        if (at is Place.Call) return Corner(Said.hold, preview, { screen.say(Said.holdIt) }, calls::send)
        return Corner(Said.help, preview, { screen.go(Place.Call(at.about)) }, { calls.send(at.about) })
    }

    /** While nobody is signed in, the door; else what went wrong. */
    fun doorOrTrouble(failed: Exception, notice: Words?): Page = doors.doorOrTrouble(failed, notice)

    /** While nothing is open: the button calls. */
    fun bareCorner() = Corner(Said.help, emptyList(), { calls.dial("110") }, { calls.dial("110") })

    private suspend fun leave(notice: Words?): Page {
        val facts = factsOf(screen)
        // A phone that knows its printer is not told better.
        val tried = { doing(null) { desk().printerTried() } }.takeIf { facts.printerReady == null }
        val register = { screen.go(Place.Register) }.takeIf { registering != null }
        return look.leavePage(
            desk().leave(facts), LeaveDoings(::contact, tried, allow(), register) { screen.back() }, notice,
        )
    }

    /** Does [action] and says [said]. */
    private fun doing(said: Words?, action: suspend () -> Unit) {
        screen.doing {
            action()
            screen.say(said)
        }
    }

    /** What this phone may not do yet can be allowed before leaving; null when all of it is. */
    private fun allow(): (() -> Unit)? {
        if (screen.allowed.callWarnings().isEmpty()) return null
        return { screen.requestPermissions(screen.allowed.wanted, 2) }
    }

    private fun contact() = doing(null) { desk().contact() }

    private fun todayDoings() = TodayDoings(
        act = { screen.go(Place.Act(it)) },
        conflicts = { screen.go(Place.Conflicts(it)) },
        draft = { draft -> placeOf(draft)?.let(screen::go) },
        begin = { screen.go(Place.Begin(it)) },
        first = { caseNo -> doing(null) { desk().goFirst(caseNo) } },
        leave = { screen.go(Place.Leave) },
        contact = ::contact,
        crew = { screen.go(Place.Crew) },
        former = {
            screen.doing {
                registering?.confirmFormer()
                screen.say(Said.sealedFormer.takeIf { former() == 0 })
            }
        },
    )

    private val registering get() = screen.application as? Registering

    private suspend fun former(): Int = registering?.waitsForFormer() ?: 0

    private fun actDoings(record: String) = ActDoings(
        step = { code ->
            when (code) {
                "lines" -> screen.go(Place.Goods(record))
                "signatures" -> screen.go(Place.Signing(record))
                else -> screen.go(Place.Missing(record, code))
            }
        },
        missing = { screen.go(Place.Missing(record, null)) },
        conflicts = { screen.go(Place.Conflicts(record)) },
        list = { screen.go(Place.Goods(record)) },
        sign = { screen.go(Place.Signing(record)) },
        basics = { screen.go(Place.Entry(record, "set")) },
        back = { screen.back() },
    )

    private suspend fun missing(at: Place.Missing, notice: Words?): Page {
        val view = desk().act(at.record)
        val finalise = {
            screen.doing {
                screen.say(if (desk().finalise(at.record)) Said.finalisedNow else Said.unsealed)
            }
            Unit
        }
        val aside = { line: MissingLine -> screen.go(Place.Entry(FormId.Aside(at.record, line.rule, line.item))) }
        if (at.step == "finalised") return look.finalisePage(view, finalise, aside, { screen.back() }, notice)
        val acts = listOfNotNull(stepAction(at)) + entries.buttons(at.record, at.step)
        return look.missingPage(view, at.step, acts, aside, notice) { screen.back() }
    }

    private fun stepAction(at: Place.Missing) = when (at.step) {
        "credentials" -> look.button(Said.showCards, Weight.MAIN) {
            screen.doing {
                desk().shown(at.record)
                screen.back(Said.shownNow)
            }
        }
        else -> null
    }

    private fun listDoings(record: String) = ListDoings(
        add = { screen.go(Place.Line(record)) },
        shoot = {
            screen.go(Place.Line(record))
            shoot(record)
        },
        conflicts = { screen.go(Place.Conflicts(record)) },
        back = { screen.back() },
    )

    private suspend fun line(record: String, notice: Words?): Page {
        val session = session()
        session.draftFailed = { screen.say(it) }
        val doings = LineDoings(
            changed = { form, redraw ->
                session.keepLine(record, form)
                if (redraw) screen.say(null)
            },
            pad = {
                session.pad = it
                screen.say(null)
            },
            shoot = { shoot(record) },
            save = { screen.doing { saveLine(record) } },
            back = {
                session.pad = null
                screen.back()
            },
        )
        session.line(record)
        val said = notice ?: desk().caution(record, null)
        return look.linePage({ session.lineNow(record) }, desk().words, session.pad, doings, said)
    }

    private suspend fun saveLine(record: String) {
        if (session().line(record).name.isBlank()) return screen.say(Said.nameLine)
        session().endLine(record) { form ->
            val added = desk().addLine(record, form)
            val (said, mark) = (if (added.photo) Said.lineSaved else Said.lineWithoutPhoto) to added.mark.words
            screen.back(Words("${said.zh} · ${mark.zh}", "${said.en} · ${mark.en}"))
        }
    }

    private fun shoot(record: String) {
        screen.allowed.cameraTrouble()?.let { return screen.say(it) }
        screen.doing {
            val (shot, camera) = owner.photos.begin(record, ShotFor.LINE)
            screen.shoot(shot, camera)
        }
    }

    /** Whether the desk is open; what keeps it shut is said where the page is drawn. */
    suspend fun isOpen(): Boolean = try {
        session()
        true
    } catch (cancelled: CancellationException) {
        throw cancelled
    } catch (_: Exception) {
        false
    }

    /**
     * Where the phone is held, when [at] is not it: in signing mode, whatever way somebody came back into the app.
     * A call for help is possible from anywhere.
     */
    suspend fun heldAt(at: Place): Place? {
        val held = session().signing?.takeIf { !it.left }?.let { Place.Signing(it.record) } ?: return null
        return held.takeIf { at != held && at !is Place.Call && at !is Place.Assistance }
    }

    /** The camera came back, or the app began anew while it ran. */
    suspend fun photographed(taken: Shooting) {
        val hash = owner.photos.finish(taken.id)
        if (taken.use == ShotFor.PRINT) return signing.photographed(taken.record, hash)
        if (hash == null) return screen.say(Said.cameraGaveNothing)
        val record = taken.record
        val session = session()
        session.keepLine(record, session.line(record).copy(photo = hash))
        screen.say(Said.hasPhoto)
    }

    private fun settled(notice: Words?): Page {
        val back = look.button(Said.back) { screen.back() }
        return Page(Said.attention, look.body(Said.nothingWaits), listOf(back), notice = notice)
    }

    private suspend fun conflicts(record: String, notice: Words?): Page {
        val session = session()
        val view = desk().list(record).conflicts.firstOrNull()
            ?: return settled(notice)
        val changed = { now: Settling, redraw: Boolean ->
            session.settling = now
            if (redraw) screen.say(null)
        }
        val settle = {
            val now = session.settling
            val code = now.code
            when {
                code == null -> screen.say(Said.chooseFirst)
                now.reason.isBlank() -> screen.say(Said.needReason)
                else -> {
                    screen.doing {
                        desk().settle(record, view.decide(code, now.reason, otherOf(view.target, now.other)))
                        session.settling = Settling()
                        screen.say(Said.settled)
                    }
                    Unit
                }
            }
        }
        return look.conflictPage(view, { session.settling }, changed, settle, { screen.back() }, notice)
    }

    /** What was typed for 另填, as the field has it: money in yuan, numbers, words. Null when it is none of these. */
    private suspend fun otherOf(target: String, typed: String): Value? {
        val field = desk().words.field("lines", target.substringAfterLast('/'))
        return otherValue(field?.kind, typed)
    }
}
