/* Times and money as screens show them: Beijing time whatever the phone is set to, money with its grouping. */
package cn.lastmile.shim.show

import java.time.Instant
import java.time.ZoneId
import java.time.format.DateTimeFormatter

private val BEIJING: ZoneId = ZoneId.of("Asia/Shanghai")
private val CLOCK = DateTimeFormatter.ofPattern("HH:mm").withZone(BEIJING)
private val DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(BEIJING)
private val DATE = DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(BEIJING)

/** `09:05` for [ms] since 1970. */
fun clockOf(ms: Long): String = CLOCK.format(Instant.ofEpochMilli(ms))

/** `2026-03-16 09:05` for [ms] since 1970. */
fun dayOf(ms: Long): String = DAY.format(Instant.ofEpochMilli(ms))

/** `09:05` for a moment of the day of [nowMs], else `2026-03-16 09:05`. */
fun momentOf(ms: Long, nowMs: Long): String {
    val moment = Instant.ofEpochMilli(ms)
    val today = DATE.format(moment) == DATE.format(Instant.ofEpochMilli(nowMs))
    return (if (today) CLOCK else DAY).format(moment)
}

/** `¥186,400.00` for [fen]. */
fun moneyOf(fen: Long): String {
    val sign = if (fen < 0) "-" else ""
    // The smallest Long has no positive twin; BigInteger has.
    val whole = fen.toBigInteger().abs()
    val (yuan, rest) = whole.divideAndRemainder(100.toBigInteger())
    val grouped = yuan.toString().reversed().chunked(3).joinToString(",").reversed()
    return "$sign¥$grouped.${rest.toString().padStart(2, '0')}"
}
