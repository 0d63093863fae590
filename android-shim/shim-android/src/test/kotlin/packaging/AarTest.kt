/* What is in the package that an app takes: checked after packaging, see the pom. */
package cn.lastmile.shim.packaging

import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.ByteArrayInputStream
import java.io.File
import java.util.zip.ZipFile
import java.util.zip.ZipInputStream

class AarTest {
    private val aar = ZipFile(File(System.getProperty("aar")))
    private val names = aar.entries().asSequence().map { it.name }.toSet()

    private fun bytes(name: String) = aar.getInputStream(aar.getEntry(name)).readBytes()
    private fun text(name: String) = String(bytes(name))

    private fun namesIn(jar: String): List<String> =
        ZipInputStream(ByteArrayInputStream(bytes(jar))).use { zip ->
            generateSequence { zip.nextEntry }.map { it.name }.toList()
        }

    @Test
    fun `everything an AAR has`() {
        val needed = setOf(
            "AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt", "jni/", "libs/shim-core.jar",
        )
        assertEquals(emptySet<String>(), needed - names)
        assertTrue("res/xml/lastmile_data_extraction_rules.xml" in names)
    }

    @Test
    fun `the manifest says whose it is and for which systems`() {
        val manifest = text("AndroidManifest.xml")
        assertTrue(manifest.contains("package=\"cn.lastmile.shim\""))
        assertTrue(manifest.contains("android:minSdkVersion=\"28\""))
    }

    @Test
    fun `every resource has its line, and every line its resource`() {
        val listed = text("R.txt").trim().lines().map { it.split(" ").drop(1).take(2).joinToString("/") }
        val there = names.filter { it.startsWith("res/") && !it.endsWith("/") }
            .map { it.removePrefix("res/").removeSuffix(".xml") }
        assertEquals(there.sorted(), listed.sorted())
    }

    @Test
    fun `our classes, and nobody else's`() {
        val classes = namesIn("classes.jar").filter { it.endsWith(".class") }
        assertTrue("cn/lastmile/shim/keys/KeystoreKeys.class" in classes)
        assertEquals(emptyList<String>(), classes.filterNot { it.startsWith("cn/lastmile/") })
        val all = classes + namesIn("libs/shim-core.jar")
        assertFalse("what stands in for others is for tests", all.any { "androidx" in it || "testkit" in it })
        assertTrue("cn/lastmile/shim/keys/DeviceSigner.class" in all)
    }

    @Test
    fun `what is called by name keeps its name`() {
        val rules = text("proguard.txt")
        assertTrue(rules.contains("-keep class com.sun.jna.** { *; }"))
        assertTrue(rules.contains("-keep class cn.lastmile.core.** { *; }"))
    }
}
