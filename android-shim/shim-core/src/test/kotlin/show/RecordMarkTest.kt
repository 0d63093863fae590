/* The words for state, exactly, and the word that is never said. */
package cn.lastmile.shim.show

import cn.lastmile.core.FileStanding
import cn.lastmile.core.Standing
import cn.lastmile.shim.words.Words
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Test

class RecordMarkTest {
    private val digest = "194ae0d5949c0011"

    @Test
    fun `the words are those of the table`() {
        assertEquals(Mark(Sign.HOLLOW_DOT, Words("已存本机", "on this phone")), markOf(Standing.ON_THIS_PHONE))
        assertEquals(Mark(Sign.HALF_DOT, Words("已到法院", "with the court")), markOf(Standing.WITH_COURT))
        assertEquals(Mark(Sign.FULL_DOT, Words("回执已核验", "receipt verified")), markOf(Standing.RECEIPTED))
        val reason = Words("已定稿,不能再改", "finalised already")
        val held = markOf(Standing.ATTENTION, reason)
        assertEquals(Mark(Sign.SQUARE, Words("待处理:已定稿,不能再改", "needs attention: finalised already")), held)
        assertEquals(Words("有分歧,待确定", "differs, to be settled"), differsMark.words)
        assertEquals(Mark(Sign.LOCK, Words("已定稿", "finalised"), "194ae0d5"), finalisedMark(digest))
        assertEquals("原件待上传", markOf(FileStanding.PENDING).words.zh)
        assertEquals("照片校验不符,待重传", markOf(FileStanding.DIFFERS).words.zh)
    }

    @Test
    fun `what needs somebody comes first`() {
        fun signs(standing: Standing, conflicts: Int, digest: String?) = marksOf(standing, conflicts, digest).map { it.sign }
        assertEquals(listOf(Sign.SPLIT, Sign.HOLLOW_DOT), signs(Standing.ON_THIS_PHONE, 2, null))
        assertEquals(listOf(Sign.SQUARE, Sign.SPLIT, Sign.LOCK), signs(Standing.ATTENTION, 1, digest))
        assertEquals(listOf(Sign.FULL_DOT, Sign.LOCK), signs(Standing.RECEIPTED, 0, digest))
        assertNull(marksOf(Standing.RECEIPTED, 0, null).single().digest)
    }

    @Test
    fun `nothing ever says synced`() {
        val all = Standing.entries.map { markOf(it) } + FileStanding.entries.map { markOf(it) } + differsMark
        for (mark in all) {
            assertFalse("$mark", mark.words.zh.contains("同步") || mark.words.en.contains("sync"))
        }
    }
}
