/* Two builds, one set of versions: Gradle's table says what the pom says. */
package cn.lastmile.shim.packaging

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

class VersionsTest {
    private val pom = shim("pom.xml").readText()
    private val gradle = shim("gradle/libs.versions.toml").readText()

    private fun inPom(name: String) = Regex("<$name>([^<]+)</$name>").find(pom)!!.groupValues[1]
    private fun inGradle(name: String) = Regex("""(?m)^$name = "([^"]+)"""").find(gradle)!!.groupValues[1]

    @Test
    fun `the same versions`() {
        for (name in listOf("kotlin", "coroutines", "jna")) {
            assertEquals(name, inPom("$name.version"), inGradle(name))
        }
        assertEquals(inPom("android.minSdk"), inGradle("minSdk"))
    }

    @Test
    fun `what Gradle compiles against can be tested by hand`() {
        val profile = pom.substringAfter("<id>android-16</id>").substringBefore("</profile>")
        assertTrue(profile, profile.contains("<android.sdk>${inGradle("compileSdk")}</android.sdk>"))
    }

    @Test
    fun `the oldest system is the same everywhere`() {
        val script = project("scripts/build-android.sh").readText()
        assertTrue(script.contains("--platform ${inPom("android.minSdk")} "))
    }

    @Test
    fun `both builds have the same modules and rules`() {
        val modules = Regex("<module>([^<]+)</module>").findAll(pom).map { it.groupValues[1] }.toSet()
        val included = Regex("\":([a-z-]+)\"").findAll(shim("settings.gradle.kts").readText())
        assertEquals(modules - "shim-testkit", included.map { it.groupValues[1] }.toSet())
        assertTrue(shim("shim-android/build.gradle.kts").readText().contains("consumer-rules.pro"))
    }

    @Test
    fun `what was not built here says so`() {
        for (file in listOf(shim("settings.gradle.kts"), project("scripts/build-android.sh"))) {
            assertTrue(file.path, file.readText().contains(Regex("has not\\s+(//\\s+)?been run")))
        }
    }
}
