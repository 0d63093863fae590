/* Lists that the core gives by the page, whole: what is not on the first page is not left out without a word. */
package cn.lastmile.officer.desk

import cn.lastmile.core.CaseLine
import cn.lastmile.core.Phone
import cn.lastmile.core.RecordLine

/** Entries of a page. */
private const val PAGE = 50u

/** All cases of the person signed in, by number. */
internal fun Phone.allCases(): List<CaseLine> = whole { after -> cases(after, PAGE).let { it.cases to it.next } }

/** All records of [caseNo] that the person signed in may see, most recently changed first. */
internal fun Phone.allRecords(caseNo: String): List<RecordLine> =
    whole { after -> records(caseNo, after, PAGE).let { it.records to it.next } }

private inline fun <T> whole(page: (String?) -> Pair<List<T>, String?>): List<T> = buildList {
    var after: String? = null
    do {
        val (entries, next) = page(after)
        addAll(entries)
        after = next
    } while (after != null)
}
