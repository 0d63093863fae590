/* Plain forms, and what can be begun in a case: what their pages show and do. */
package cn.lastmile.officer.host

import android.view.View
import cn.lastmile.officer.desk.BEGIN_ONSITE
import cn.lastmile.officer.desk.Entered
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Page
import cn.lastmile.officer.look.Weight
import cn.lastmile.officer.screens.BeginDoings
import cn.lastmile.officer.screens.EntryDoings
import cn.lastmile.officer.screens.beginPage
import cn.lastmile.officer.screens.entryPage
import cn.lastmile.officer.words.Said
import cn.lastmile.shim.words.Words

internal class EntryShows(private val screen: OfficerActivity, private val owner: DeskOwner) {
    private val look: Look get() = screen.look

    /** The kinds that can be begun in the case of [at]. */
    suspend fun begin(at: Place.Begin, notice: Words?): Page {
        val doings = BeginDoings(
            begin = { screen.go(Place.Entry(it)) },
            act = { screen.go(Place.Act(it)) },
            back = { screen.back() },
        )
        return look.beginPage(owner.desk().beginnings(at.case), doings, notice)
    }

    /** The form of [at]. */
    suspend fun page(at: Place.Entry, notice: Words?): Page {
        val form = at.form
        val session = owner.session()
        session.draftFailed = { screen.say(it) }
        val sheet = owner.desk().sheet(form)
        val changed = { field: String, text: String, redraw: Boolean ->
            session.keepEntry(form, field, text)
            if (redraw) screen.say(null)
        }
        val doings = EntryDoings(
            changed = changed,
            time = { field -> screen.doing { changed(field, owner.desk().now(), true) } },
            save = { screen.doing { save(form) } },
            act = { screen.go(Place.Act(it)) },
            // Nothing of a record that is not there yet is anywhere else: whoever gives it up says so here.
            drop = { drop(form) }.takeIf { form is FormId.Begin },
            back = { screen.back() },
        )
        val said = notice ?: owner.desk().caution(null, form)
        return look.entryPage(sheet, session.entry(form, sheet.typed), doings, said)
    }

    private suspend fun save(form: FormId) = owner.session().endEntry(form) { typed ->
        val entered = owner.desk().enter(form, typed)
        when (form) {
            is FormId.Step -> screen.back(said(Said.entryKept, entered))
            is FormId.Aside -> screen.back(said(Said.asideKept, entered))
            is FormId.Begin -> screen.arrive(Place.Act(entered.record), said(Said.begun, entered))
        }
    }

    private fun said(done: Words, entered: Entered) =
        entered.mark.words.let { Words("${done.zh} · ${it.zh}", "${done.en} · ${it.en}") }

    private fun drop(form: FormId) {
        screen.doing {
            owner.session().endEntry(form) { owner.desk().dropEntry(form) }
            screen.back(Said.dropped)
        }
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
