/*
 * The words for where a record stands. One table for every screen, so that none claims more than is known: there
 * is no word for "all is well everywhere".
 */
package cn.lastmile.shim.show

import cn.lastmile.core.FileStanding
import cn.lastmile.core.Standing
import cn.lastmile.shim.words.Words

/** The sign beside the words; shape carries the meaning, colour never alone. */
enum class Sign { HOLLOW_DOT, HALF_DOT, FULL_DOT, SQUARE, SPLIT, LOCK, CAMERA }

/** [sign] and [words], and for a finalised record the first eight characters of its digest in [digest]. */
data class Mark(val sign: Sign, val words: Words, val digest: String? = null)

/** Hollow, half, full dot, or a square with the [reason] (`待处理:…`; without one, only that it needs somebody). */
fun markOf(standing: Standing, reason: Words? = null): Mark = when (standing) {
    Standing.ON_THIS_PHONE -> Mark(Sign.HOLLOW_DOT, Words("已存本机", "on this phone"))
    Standing.WITH_COURT -> Mark(Sign.HALF_DOT, Words("已到法院", "with the court"))
    Standing.RECEIPTED -> Mark(Sign.FULL_DOT, Words("回执已核验", "receipt verified"))
    Standing.ATTENTION -> Mark(
        Sign.SQUARE,
        if (reason == null) Words("待处理", "needs attention")
        else Words("待处理:${reason.zh}", "needs attention: ${reason.en}"),
    )
}

/** The lock, for content of [contentDigest] (hexadecimal). */
fun finalisedMark(contentDigest: String): Mark =
    Mark(Sign.LOCK, Words("已定稿", "finalised"), contentDigest.take(8))

/** Both values stand until a person settles it. */
val differsMark: Mark = Mark(Sign.SPLIT, Words("有分歧,待确定", "differs, to be settled"))

/**
 * Every mark of a record, what needs somebody first: conflicts, where it stands, the lock. [contentDigest] only when
 * it is finalised.
 */
fun marksOf(standing: Standing, conflicts: Int, contentDigest: String?, reason: Words? = null): List<Mark> {
    val stands = markOf(standing, reason)
    val open = listOfNotNull(differsMark.takeIf { conflicts > 0 })
    val lock = listOfNotNull(contentDigest?.let(::finalisedMark))
    return if (standing == Standing.ATTENTION) listOf(stands) + open + lock else open + stands + lock
}

/** On the photo itself. */
fun markOf(standing: FileStanding): Mark {
    val words = when (standing) {
        FileStanding.LOST -> Words("原件缺失,待处理", "original missing, needs attention")
        FileStanding.DIFFERS -> Words("照片校验不符,待重传", "differs, send again")
        FileStanding.PENDING -> Words("原件待上传", "original pending")
        FileStanding.UPLOADING -> Words("原件上传中", "original on its way")
        FileStanding.WITH_COURT -> Words("原件已到法院", "original with the court")
        FileStanding.RECEIPTED -> Words("原件回执已核验", "original: receipt verified")
    }
    return Mark(Sign.CAMERA, words)
}
