/* Which of two fixes counts. */
package cn.lastmile.shim.position

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test

class PositionsTest {
    private val old = Fix(23.0288, 113.1429, 8.0, true, 1_773_709_500_000, 60_000)

    @Test
    fun `a fresh accurate fix is not replaced by a coarse one`() {
        assertFalse(isBetter(old.copy(accuracyM = 900.0, gnss = false, elapsedMs = 70_000), old))
        assertFalse(isBetter(old.copy(accuracyM = null, elapsedMs = 70_000), old))
        assertTrue(isBetter(old.copy(accuracyM = 8.0, elapsedMs = 61_000), old))
    }

    @Test
    fun `a coarse fix replaces a stale one, an older one never`() {
        assertTrue(isBetter(old.copy(accuracyM = 900.0, elapsedMs = 90_000), old))
        assertFalse(isBetter(old.copy(accuracyM = 1.0, elapsedMs = 59_999), old))
        assertTrue(isBetter(old, null))
    }

    @Test
    fun `a pretended fix never replaces a real one`() {
        val pretended = old.copy(mocked = true, accuracyM = 1.0, elapsedMs = 900_000)
        assertFalse(isBetter(pretended, old))
        assertTrue(isBetter(old, pretended))
    }

    @Test
    fun `age is by the clock nobody can set`() {
        assertEquals(12L, old.ageS(72_999))
        assertEquals(0L, old.ageS(1))
    }
}
