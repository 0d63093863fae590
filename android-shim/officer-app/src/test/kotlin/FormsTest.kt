/* What is kept as text or as values comes back as it was, and the manifest names what exists. */
package cn.lastmile.officer

import cn.lastmile.core.FieldKind
import cn.lastmile.core.Value
import cn.lastmile.officer.desk.FormId
import cn.lastmile.officer.desk.LineForm
import cn.lastmile.officer.desk.otherValue
import cn.lastmile.officer.host.Place
import cn.lastmile.officer.host.OfficerActivity
import cn.lastmile.officer.host.OfficerApp
import cn.lastmile.officer.host.Shooting
import cn.lastmile.officer.host.ShotFor
import cn.lastmile.shim.show.Key
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class FormsTest {
    @Test
    fun `every place comes back from its text`() {
        val places = listOf(
            Place.Today, Place.Leave, Place.Act("a1"), Place.Missing("a1", null), Place.Missing("a1", "seals"),
            Place.Goods("a1"), Place.Line("a1"),
            Place.Entry("a1", "add_seal"), Place.Entry(FormId.Begin("0f", "seizure", "7")),
            Place.Begin("0f"), Place.Register,
            Place.Entry(FormId.Aside("a1", "R-SEZ-10", "lines/01J")), Place.Entry(FormId.Aside("a1", "R-GEN-01", null)),
            Place.Conflicts("a1"), Place.Signing("a1"), Place.Call(null),
            Place.Call("a1"), Place.Assistance("a1"),
        )
        assertEquals(places, places.map { Place.of(it.written()) })
        assertEquals("what a later version wrote", Place.Today, Place.of("map a1"))
        assertEquals(Place.Today, Place.of("form begin:0f"))
        assertEquals(Place.Today, Place.of(""))
        val shots = ShotFor.entries.map { Shooting("s1", "a1", it) }
        assertEquals(shots, shots.map { Shooting.of(it.written()) })
        assertNull(Shooting.of("s1 a1"))
    }

    @Test
    fun `a draft of a line comes back as it was typed`() {
        val forms = listOf(
            LineForm(), LineForm("半截 "), LineForm("铣床", "seal", "court", 2, 18_640_005, "ab".repeat(32)),
        )
        assertEquals(forms, forms.map { LineForm.of(it.items()) })
        assertEquals(mapOf("name" to Value.Text("半截")), LineForm(" 半截 ").fields())
    }

    @Test
    fun `the keypad goes on from what is there`() {
        assertEquals("¥186,400.05", LineForm(estimate = 18_640_005).keypad(true).shown)
        val next = LineForm(quantity = 2).keypad(false).press(Key.Digit(5))
        assertEquals(25L, next.value)
        assertNull(LineForm().keypad(true).value)
    }

    @Test
    fun `what is typed as another value is money to the fen, a number, or words`() {
        assertEquals(Value.Number(9_250_000), otherValue(FieldKind.Money, "¥92,500"))
        assertEquals(Value.Number(5), otherValue(FieldKind.Money, " 0.05"))
        assertNull(otherValue(FieldKind.Money, "0.005"))
        assertNull(otherValue(FieldKind.Money, "九万"))
        assertNull(otherValue(FieldKind.Money, "1e30"))
        assertEquals(Value.Number(7), otherValue(FieldKind.Number(0, 9), "7"))
        assertEquals(Value.Text("原地"), otherValue(null, "原地 "))
        assertNull(otherValue(null, "  "))
    }

    @Test
    fun `the manifest names what exists and asks for no camera`() {
        val manifest = File("src/main/AndroidManifest.xml").readText()
        assertTrue(manifest.contains(""""${OfficerApp::class.java.name}""""))
        assertTrue(manifest.contains(""""${OfficerActivity::class.java.name}""""))
        assertFalse(manifest.contains("permission.CAMERA"))
    }
}
