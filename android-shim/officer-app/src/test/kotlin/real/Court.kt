/* A real court: a copy of the day's, served by a process of the real server. */
package cn.lastmile.officer.real

import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.COPY_ATTRIBUTES
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit.SECONDS

/** Serves a copy of [from] out of [dir]; its clock shows what [setClock] said last, the machine's with null. */
class Court(private val server: File, from: File, private val dir: File, clockMs: Long?) : AutoCloseable {
    private val data = File(dir, "court")
    private val clock = File(dir, "clock")
    private val passphrase = File(dir, "passphrase")
    private val process: Process

    /** Where it listens. */
    val url: String

    init {
        // With permissions: keys that others may read are refused.
        Files.walk(from.toPath()).use { paths ->
            paths.forEach { Files.copy(it, data.toPath().resolve(from.toPath().relativize(it)), COPY_ATTRIBUTES) }
        }
        passphrase.writeText("lastmile demonstration\n")
        Files.setPosixFilePermissions(passphrase.toPath(), PosixFilePermissions.fromString("rw-------"))
        clockMs?.let(::setClock)
        val time = if (clockMs == null) emptyList() else listOf("--clock-file", "$clock")
        val serve = program(listOf("serve", "--listen", "127.0.0.1:0") + time)
        process = serve.redirectError(File(dir, "server.log")).start()
        // One line says that it listens; its end says that it does not.
        val line = process.inputStream.bufferedReader().readLine() ?: error(File(dir, "server.log").readText())
        url = line.trim().substringAfterLast(' ')
    }

    /** Sets its clock; whoever reads sees the old or the new time. */
    fun setClock(ms: Long) {
        val half = File(dir, "clock.part").apply { writeText("$ms") }
        Files.move(half.toPath(), clock.toPath(), ATOMIC_MOVE)
    }

    /** A code for [person], as an administrator hands it over and it is typed from the slip. */
    fun code(person: String): String {
        val add = listOf("enrol", "add", "--person", person, "--server-url", url)
        val run = program(add).redirectErrorStream(true).start()
        val said = run.inputStream.bufferedReader().readText()
        check(run.waitFor(60, SECONDS) && run.exitValue() == 0) { said }
        return said.lines().filter { it.matches(Regex("  [0-9A-Z-]+")) }.joinToString("-") { it.trim() }
    }

    private fun program(arguments: List<String>) =
        ProcessBuilder(listOf("$server") + arguments + listOf("--data", "$data", "--lang", "en")).apply {
            environment()["LASTMILE_PASSPHRASE_FILE"] = "$passphrase"
            environment()["RUST_LOG"] = "error"
        }

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}
