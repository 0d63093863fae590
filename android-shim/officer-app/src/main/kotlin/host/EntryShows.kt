/* Forms of steps: what their pages show and do. */
package cn.lastmile.officer.host

import android.view.View
import cn.lastmile.officer.desk.BEGIN_ONSITE
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.screens.EntryDoings
import cn.lastmile.officer.screens.entryPage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

internal class EntryShows(private val screen: OfficerActivity, private val owner: DeskOwner) {
    private val look: Look get() = screen.look

    /** The form of [at]. */
    suspend fun page(at: Place.Entry, notice: Words?): Page {
        val session = owner.session()
        session.draftFailed = { screen.say(it) }
        val sheet = owner.desk().sheet(at.record, at.verb)
        val changed = { field: String, text: String, redraw: Boolean ->
            session.keepEntry(at.record, at.verb, field, text)
            if (redraw) screen.say(null)
        }
        val doings = EntryDoings(
            changed = changed,
            time = { field -> screen.doing { changed(field, owner.desk().now(), true) } },
            save = { screen.doing { save(at) } },
            back = { screen.back() },
        )
        return look.entryPage(sheet, session.entry(at.record, at.verb, sheet.typed), doings, notice)
    }

    private suspend fun save(at: Place.Entry) = owner.session().endEntry(at.record, at.verb) { typed ->
        val mark = owner.desk().enter(at.record, at.verb, typed)
        screen.back(Words("${Said.entryKept.zh} · ${mark.words.zh}", "${Said.entryKept.en} · ${mark.words.en}"))
    }

    /** The buttons of the step [code] of [record]; an on-site record that is there is opened, not begun again. */
    suspend fun buttons(record: String, code: String?): List<View> {
        if (code == null) return emptyList()
        val onsite = if (code == "onsite") owner.desk().onsite(record) else null
        val open = onsite?.let { look.button(Said.openOnSite, Weight.MAIN) { screen.go(Place.Act(it)) } }
        val forms = owner.desk().forms(record, code).filter { open == null || it.verb != BEGIN_ONSITE }
        return listOfNotNull(open) + forms.map { form ->
            look.button(form.label, Weight.MAIN) { screen.go(Place.Entry(record, form.verb)) }
        }
    }
}
