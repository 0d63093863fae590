/* Another JVM with this test's classes: to be killed, or to load another library. */
package cn.lastmile.shim.real

import java.io.File

/**
 * Runs `main` of the file class [main] with [arguments] in a JVM with [options], started [through] another command where
 * there is one; its errors go to [log].
 */
class Child(
    main: String,
    log: File,
    vararg arguments: String,
    options: List<String> = emptyList(),
    through: List<String> = emptyList(),
) : AutoCloseable {
    private val process = ProcessBuilder(
        through + listOf(
            "${System.getProperty("java.home")}/bin/java", "-Xmx256m", *options.toTypedArray(),
            "-Dlastmile.bindings=${System.getProperty("lastmile.bindings")}",
            "-cp", System.getProperty("surefire.test.class.path") ?: System.getProperty("java.class.path"),
            "cn.lastmile.shim.real.$main",
        ) + arguments,
    ).redirectError(log).start()

    private val lines = process.inputStream.bufferedReader()

    /** The next line it says; null at its end. */
    fun next(): String? = lines.readLine()

    /** SIGKILL, then everything it still said. */
    fun kill(): List<String> {
        // By its handle: `Process.destroyForcibly` would throw away what still lies in the pipe.
        process.toHandle().destroyForcibly()
        process.waitFor()
        // A line without its end was never said.
        return lines.readText().let { it.substringBeforeLast('\n', "").lines().filter(String::isNotEmpty) }
    }

    override fun close() {
        process.destroyForcibly().waitFor()
    }
}
