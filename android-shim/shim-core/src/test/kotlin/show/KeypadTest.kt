/* Numbers typed with gloves. */
package cn.lastmile.shim.show

import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Test

class KeypadTest {
    private fun type(pad: Keypad, keys: String) = keys.fold(pad) { now, key ->
        now.press(if (key == '.') Key.Point else if (key == '<') Key.Back else Key.Digit(key.digitToInt()))
    }

    private val money = Keypad(money = true, most = 100_000_000_00)

    @Test
    fun `money is typed in yuan and kept in fen`() {
        assertEquals("¥186,400", type(money, "186400").shown)
        assertEquals(18_640_050L, type(money, "186400.5").value)
        assertEquals("¥0.05", type(money, ".05").shown)
        assertEquals(5L, type(money, ".05").value)
        assertEquals("¥—", money.shown)
        assertNull(money.value)
    }

    @Test
    fun `a press that cannot be is refused and changes nothing`() {
        val full = type(money, "12.34")
        assertEquals(full.typed, full.press(Key.Digit(5)).typed)
        assertNotNull(full.press(Key.Digit(5)).refused)
        assertEquals("12.34", type(full, ".").typed)
        val count = Keypad(money = false, most = 9_999)
        assertEquals("9999", type(count, "99999").typed)
        assertNotNull(type(count, "9.").refused)
        val huge = Keypad(money = true, most = Long.MAX_VALUE)
        assertNotNull("no overflow", type(huge, "9".repeat(18)).refused)
    }

    @Test
    fun `back and clear take back`() {
        assertEquals("12", type(Keypad(false, 9_999), "123<").typed)
        assertEquals("5", type(Keypad(false, 9_999), "05").typed)
        assertNull(type(money, "12").press(Key.Clear).value)
        assertEquals("", type(money, "<<").typed)
    }

    @Test
    fun `money as people read it`() {
        assertEquals("¥186,400.00", moneyOf(18_640_000))
        assertEquals("¥0.07", moneyOf(7))
        assertEquals("-¥1,000.00", moneyOf(-100_000))
        assertEquals("-¥92,233,720,368,547,758.08", moneyOf(Long.MIN_VALUE))
    }
}
