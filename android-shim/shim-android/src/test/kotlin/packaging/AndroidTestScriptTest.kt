/* `make test` on other people's machines: what scripts/android-test.sh makes of a Maven that cannot, or does not, work. */
package cn.lastmile.shim.packaging

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import java.io.File

class AndroidTestScriptTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val unreachable = "Could not transfer artifact x:y from/to central: Connect timed out"
    private val absent = "Cannot access central in offline mode and the artifact x:y has not been downloaded"

    /** Runs the script with a Maven on Java [java] that says [online], or [offline] with `-o`; blank is success. */
    private fun run(online: String, offline: String = absent, java: String = "17.0.1", ci: Boolean = false): Pair<Int, String> {
        val maven = File(folder.root, "mvn")
        maven.writeText(
            """
            #!/bin/sh
            case " $* " in
            *" -v "*) echo "Java version: $java, vendor: any"; exit 0 ;;
            *" -o "*) said="$offline" ;;
            *) said="$online" ;;
            esac
            [ -z "${'$'}said" ] || { echo "${'$'}said"; exit 1; }
            """.trimIndent(),
        )
        maven.setExecutable(true)
        // In a project of its own: what this one's tests left behind is not asked.
        val script = project("scripts/android-test.sh").copyTo(File(folder.root, "scripts/android-test.sh"), overwrite = true)
        val process = ProcessBuilder("sh", script.path).redirectErrorStream(true)
        process.environment()["PATH"] = "${folder.root}:${System.getenv("PATH")}"
        process.environment()["CI"] = "$ci"
        val running = process.start()
        val said = running.inputStream.bufferedReader().readText()
        return running.waitFor() to said
    }

    @Test
    fun `a Maven that finds its way, by whatever mirror or proxy, is enough`() = assertEquals(0 to "", run(online = ""))

    @Test
    fun `a test that this machine cannot run is named`() {
        File(folder.root, "android-shim/shim-core/target/surefire-reports").mkdirs()
        File(folder.root, "android-shim/shim-core/target/surefire-reports/TEST-a.xml")
            .writeText("<testcase name=\"a\">\n    <skipped message=\"a full disk was NOT tested: why\"/>\n  </testcase>")
        val named = 0 to "android-shim: a full disk was NOT tested: why\n"
        assertEquals(named, run(online = ""))
        assertEquals(named, run(online = unreachable, offline = ""))
    }

    @Test
    fun `without a network what was downloaded once is enough`() =
        assertEquals(0 to "", run(online = unreachable, offline = ""))

    @Test
    fun `without network and copy it says so, and fails in CI alone`() {
        val (end, said) = run(online = unreachable)
        assertEquals(0, end)
        assertTrue(said, said.startsWith("android-shim was NOT tested: ") && said.lines().size == 2)
        assertEquals(1, run(online = unreachable, ci = true).first)
        assertEquals(0, run(online = "", java = "11.0.2").first)
        assertEquals(1, run(online = "", java = "11.0.2", ci = true).first)
    }

    @Test
    fun `tests that fail are never taken for a missing network`() {
        assertEquals(1 to "There are test failures.\n", run(online = "There are test failures."))
        assertEquals(1 to "There are test failures.\n", run(online = unreachable, offline = "There are test failures."))
    }
}
