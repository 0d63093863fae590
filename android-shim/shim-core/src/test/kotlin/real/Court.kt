/* A real court: a copy of the day's, as it was in the morning, served by a process of the real server. */
package cn.lastmile.shim.real

import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.COPY_ATTRIBUTES
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit.SECONDS

/** Serves from [dir]. Its clock shows [clockMs], milliseconds since 1970; null: the machine's. */
class Court(private val dir: File, clockMs: Long?) : AutoCloseable {
    private val data = File(dir, "court").also { copy(File(Built.day, "court"), it) }
    private val clock = File(dir, "clock")
    private val passphrase = File(dir, "passphrase").apply {
        writeText("lastmile demonstration\n")
        Files.setPosixFilePermissions(toPath(), PosixFilePermissions.fromString("rw-------"))
    }
    private var process: Process? = null

    /** Where it listens; the same after [restart]. */
    var url: String = ""
        private set

    init {
        clockMs?.let(::setClock)
        start("127.0.0.1:0")
    }

    /** Sets its clock; whoever reads sees the old or the new time. */
    fun setClock(ms: Long) {
        val half = File(dir, "clock.part").apply { writeText("$ms") }
        Files.move(half.toPath(), clock.toPath(), ATOMIC_MOVE)
    }

    private fun start(address: String) {
        val arguments = mutableListOf("serve", "--data", "$data", "--listen", address, "--lang", "en")
        if (clock.exists()) arguments += listOf("--clock-file", "$clock")
        val started = program(arguments).redirectError(File(dir, "server.log")).start()
        // One line says that it listens; its end says that it does not.
        val line = started.inputStream.bufferedReader().readLine() ?: error(File(dir, "server.log").readText())
        url = line.trim().substringAfterLast(' ')
        process = started
    }

    /** SIGKILL. */
    fun kill() {
        process?.destroyForcibly()?.waitFor()
        process = null
    }

    /** Begins again at the same address. */
    fun restart() {
        kill()
        start(url.substringAfter("http://"))
    }

    /** Runs a command of the server on this court; gives what it says. */
    fun command(vararg arguments: String): String {
        val run = program(arguments.toList() + listOf("--data", "$data", "--lang", "en")).redirectErrorStream(true).start()
        val said = run.inputStream.bufferedReader().readText()
        check(run.waitFor(60, SECONDS) && run.exitValue() == 0) { said }
        return said
    }

    /** A code for [person], as an administrator hands it over and it is typed from the sheet. */
    fun code(person: String): String = command("enrol", "add", "--person", person, "--server-url", url)
        .lines().filter { it.matches(Regex("  [0-9A-Z-]+")) }.joinToString("-") { it.trim() }

    private fun program(arguments: List<String>) = ProcessBuilder(listOf("${Built.server}") + arguments).apply {
        environment()["LASTMILE_PASSPHRASE_FILE"] = "$passphrase"
        environment()["RUST_LOG"] = "error"
    }

    override fun close() = kill()

    /** With permissions: keys that others may read are refused. */
    private fun copy(from: File, to: File) = Files.walk(from.toPath()).use { paths ->
        paths.forEach { Files.copy(it, to.toPath().resolve(from.toPath().relativize(it)), COPY_ATTRIBUTES) }
    }
}
