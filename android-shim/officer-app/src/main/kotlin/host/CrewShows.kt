/* The page of the crew's phones, and its line on the day's page: what they show and do. */
package cn.lastmile.officer.host

import android.os.SystemClock
import cn.lastmile.officer.desk.ColleagueForm
import cn.lastmile.officer.desk.DraftLine
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.screens.CrewDoings
import cn.lastmile.officer.screens.CrewView
import cn.lastmile.officer.screens.crewPage
import cn.lastmile.officer.words.CrewSaid
import cn.lastmile.shim.crew.CrewState
import cn.lastmile.shim.peer.PeerAddress
import cn.lastmile.shim.peer.PeerTrouble
import cn.lastmile.shim.show.clockOf
import cn.lastmile.shim.words.Words

internal class CrewShows(private val screen: OfficerActivity, private val owner: DeskOwner) {
    private var drawn: CrewState? = null

    /** Whether the page would show something else now. */
    val moved: Boolean get() = owner.crew.state != drawn

    suspend fun page(notice: Words?): Page {
        val (desk, session, crew) = Triple(owner.desk(), owner.session(), owner.crew)
        drawn = crew.state
        val doings = CrewDoings(
            switch = { on -> screen.doing { if (on) crew.on() else crew.off(); screen.say(null) } },
            typed = { session.door = it },
            connect = { connect(session) },
            takeOver = { screen.doing { takeOver(it) } },
            back = { screen.back() },
        )
        val view = CrewView(drawn, ::metAt, crew.addresses(), session.door, desk.colleagues())
        return screen.look.crewPage(view, doings, notice)
    }

    /** How it stands, for the day's page: the crew's phones first, then what of theirs is unfinished. */
    suspend fun line(): Words {
        val state = owner.crew.state
        val mate = state?.mates?.firstOrNull()
        val link = when {
            state == null -> CrewSaid.isOff
            mate == null -> CrewSaid.nobody
            else -> CrewSaid.met(mate.name, metAt(mate.metMs), mate.draftsThere)
        }
        val open = owner.desk().colleagues().count { !it.taken && it.line != null }
        return if (open == 0) link else CrewSaid.unfinished(link, open)
    }

    private fun connect(session: Session) {
        try {
            owner.crew.visit(PeerAddress.parse(session.door))
            screen.say(CrewSaid.connecting)
        } catch (wrong: PeerTrouble.Address) {
            screen.say(wrong.words)
        }
    }

    private suspend fun takeOver(form: ColleagueForm) {
        val photo = owner.desk().takeOver(form)
        val line = form.line ?: return
        owner.session().forget(line)
        placeOf(line)?.let { screen.go(it) }
        screen.say(if (photo) CrewSaid.taken else CrewSaid.takenPhotoStays)
    }

    private fun metAt(sinceBootMs: Long): String =
        clockOf(System.currentTimeMillis() - (SystemClock.elapsedRealtime() - sinceBootMs))
}

/** Where a draft is gone on with. */
internal fun placeOf(draft: DraftLine): Place? {
    val (form, record) = draft.form to draft.record
    return if (form != null) Place.Entry(form) else record?.let(Place::Line)
}
