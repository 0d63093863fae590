/* A real court: a copy of the day's, served by a process of the real server. */
package cn.lastmile.officer.real

import java.io.File
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.COPY_ATTRIBUTES
import java.nio.file.attribute.PosixFilePermissions

/** Serves a copy of [from] out of [dir]; its clock shows what [setClock] said last. */
class Court(private val server: File, from: File, private val dir: File, clockMs: Long) : AutoCloseable {
    private val data = File(dir, "court")
    private val clock = File(dir, "clock")
    private val process: Process

    /** Where it listens. */
    val url: String

    init {
        // With permissions: keys that others may read are refused.
        Files.walk(from.toPath()).use { paths ->
            paths.forEach { Files.copy(it, data.toPath().resolve(from.toPath().relativize(it)), COPY_ATTRIBUTES) }
        }
        val passphrase = File(dir, "passphrase").apply { writeText("lastmile demonstration\n") }
        Files.setPosixFilePermissions(passphrase.toPath(), PosixFilePermissions.fromString("rw-------"))
        setClock(clockMs)
        val serve = listOf("$server", "serve", "--data", "$data", "--listen", "127.0.0.1:0", "--lang", "en")
        process = ProcessBuilder(serve + listOf("--clock-file", "$clock")).redirectError(File(dir, "server.log")).apply {
            environment()["LASTMILE_PASSPHRASE_FILE"] = "$passphrase"
            environment()["RUST_LOG"] = "error"
        }.start()
        // One line says that it listens; its end says that it does not.
        val line = process.inputStream.bufferedReader().readLine() ?: error(File(dir, "server.log").readText())
        url = line.trim().substringAfterLast(' ')
    }

    /** Sets its clock; whoever reads sees the old or the new time. */
    fun setClock(ms: Long) {
        val half = File(dir, "clock.part").apply { writeText("$ms") }
        Files.move(half.toPath(), clock.toPath(), ATOMIC_MOVE)
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}
