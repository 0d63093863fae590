/*
 * The order in which the day's cases are visited, as the officer put it. Kept as fingerprints of the case numbers,
 * so that none lies outside the encrypted store.
 */
package cn.lastmile.officer.desk

import android.content.Context
import java.security.MessageDigest

/** The order of this phone. */
class Route(context: Context) {
    private val kept = context.getSharedPreferences("officer.route", Context.MODE_PRIVATE)

    private fun order() = kept.getString("order", "").orEmpty().split(',').filter { it.isNotEmpty() }

    /** Puts [caseNo] before all others. */
    fun first(caseNo: String) {
        val mark = caseMark(caseNo)
        kept.edit().putString("order", (listOf(mark) + (order() - mark)).joinToString(",")).apply()
    }

    /** [cases] in order; those never put anywhere come last, as they came. */
    fun <T> sorted(cases: List<T>, number: (T) -> String): List<T> {
        val order = order()
        return cases.sortedBy { order.indexOf(caseMark(number(it))).let { at -> if (at < 0) Int.MAX_VALUE else at } }
    }
}

/** What stands for [caseNo] wherever a case must not be told by name: 16 hexadecimal digits. */
internal fun caseMark(caseNo: String): String = MessageDigest.getInstance("SHA-256").digest(caseNo.toByteArray())
    .take(8).joinToString("") { "%02x".format(it) }
