/* Screens can be drawn and looked at here: an activity starts, and its Chinese text has its own glyphs. */
package cn.lastmile.shim

import android.app.Activity
import android.os.Bundle
import android.widget.TextView
import cn.lastmile.shim.testkit.picture
import cn.lastmile.shim.testkit.pixels
import cn.lastmile.shim.testkit.writePng
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.GraphicsMode
import java.io.File

@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class RenderingTest {
    class Sheet : Activity() {
        lateinit var text: TextView

        override fun onCreate(state: Bundle?) {
            super.onCreate(state)
            text = TextView(this).apply { setBackgroundColor(0xffffffff.toInt()) }
            setContentView(text)
        }
    }

    @Test
    fun `two characters look different, one looks the same twice`() {
        val sheet = Robolectric.buildActivity(Sheet::class.java).setup().get()
        fun pixels(text: String): List<Int> {
            sheet.text.text = text
            return sheet.text.picture(200, 60).pixels()
        }
        assertEquals(pixels("查封"), pixels("查封"))
        assertNotEquals("a missing glyph is the same box for every character", pixels("查封"), pixels("扣押"))
        sheet.text.text = "已到法院 ¥186,400.00 · with the court"
        sheet.text.picture(480, 60).writePng(File("target/pictures/text.png"))
    }
}
