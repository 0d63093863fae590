/*
 * The manifest as the system will read it: components that exist, closed to others, and no backup of
 * anything.
 */
package cn.lastmile.shim.packaging

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element
import org.w3c.dom.NodeList
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

class ManifestTest {
    private val android = "http://schemas.android.com/apk/res/android"
    private val manifest = read("src/main/AndroidManifest.xml")

    private fun read(path: String): Element =
        DocumentBuilderFactory.newInstance().apply { isNamespaceAware = true }
            .newDocumentBuilder().parse(File(path)).documentElement

    private fun NodeList.elements() = (0 until length).map { item(it) as Element }
    private fun all(tag: String, within: Element = manifest) = within.getElementsByTagName(tag).elements()
    private fun Element.value(name: String): String = getAttributeNS(android, name)

    private val components get() = listOf("service", "provider", "activity", "receiver").flatMap(::all)

    @Test
    fun `every component exists and no other app may start it`() {
        assertTrue(components.size >= 3)
        for (component in components) {
            val name = component.value("name")
            Class.forName(name, false, javaClass.classLoader)
            assertEquals(name, "false", component.value("exported"))
        }
    }

    @Test
    fun `nothing goes into a backup or to another phone`() {
        val application = all("application").single()
        assertEquals("false", application.value("allowBackup"))
        assertEquals("false", application.value("fullBackupContent"))
        assertEquals("@xml/lastmile_data_extraction_rules", application.value("dataExtractionRules"))
        val rules = read("src/main/res/xml/lastmile_data_extraction_rules.xml")
        val domains = setOf("root", "file", "database", "sharedpref", "external")
        for (way in listOf("cloud-backup", "device-transfer")) {
            val excluded = all("exclude", all(way, rules).single())
            assertEquals(way, domains, excluded.map { it.getAttribute("domain") }.toSet())
            assertTrue(excluded.all { it.getAttribute("path") == "." })
        }
        assertEquals(0, all("include", rules).size)
    }

    @Test
    fun `what the system asks of the components`() {
        val byName = components.associateBy { it.value("name").substringAfterLast('.') }
        val jobs = byName.getValue("SyncJobService")
        assertEquals("android.permission.BIND_JOB_SERVICE", jobs.value("permission"))
        assertEquals("location|dataSync", byName.getValue("AssistanceService").value("foregroundServiceType"))
        val permissions = all("uses-permission").map { it.value("name").substringAfterLast('.') }
        val needed = listOf(
            "FOREGROUND_SERVICE_LOCATION", "FOREGROUND_SERVICE_DATA_SYNC", "RECEIVE_BOOT_COMPLETED",
            "POST_NOTIFICATIONS", "SEND_SMS",
        )
        assertEquals(emptyList<String>(), needed - permissions.toSet())
        val provider = byName.getValue("PhotoProvider")
        assertEquals("\${applicationId}.lastmile.photos", provider.value("authorities"))
        assertEquals("true", provider.value("grantUriPermissions"))
    }

    @Test
    fun `a tablet without telephone may have the app`() =
        assertTrue(all("uses-feature").all { it.value("required") == "false" })
}
