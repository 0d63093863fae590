/* Which of two fixes counts. */
package cn.lastmile.shim.position

import cn.lastmile.shim.field.CorePositions
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import cn.lastmile.core.Fix as CoreFix

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
    fun `the core gets the newest fix with its age, and no pretended one`() {
        var newest: Fix? = old
        val source = object : PositionSource {
            override fun newest() = newest
            override fun start() = Unit
            override fun stop() = Unit
        }
        val positions = CorePositions(source) { 72_999 }
        val expected = CoreFix(23.0288, 113.1429, 8.0, true, 12u, 1_773_709_500_000)
        assertEquals(expected, positions.newest())
        newest = old.copy(mocked = true)
        assertNull(positions.newest())
        newest = null
        assertNull(positions.newest())
    }

    @Test
    fun `age is by the clock nobody can set`() {
        assertEquals(12L, old.ageS(72_999))
        assertEquals(0L, old.ageS(1))
    }
}
