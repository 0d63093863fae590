/* Texts in the person's language. */
package cn.lastmile.shim.words

import org.junit.Assert.assertEquals
import org.junit.Assert.assertThrows
import org.junit.Test
import java.util.Locale

class WordsTest {
    @Test
    fun `every kind of Chinese gets Chinese, everybody else English`() {
        val words = Words("已存本机", "on this phone")
        assertEquals("已存本机", words.of(Locale.forLanguageTag("zh-Hans-CN")))
        assertEquals("已存本机", words.of(Locale.TRADITIONAL_CHINESE))
        assertEquals("on this phone", words.of(Locale.FRENCH))
    }

    @Test
    fun `no text in one language only`() {
        assertThrows(IllegalArgumentException::class.java) { Words("已存本机", " ") }
    }
}
