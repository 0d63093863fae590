/*
 * A disk of a few megabytes for one test: a file system in memory, mounted where only the processes of the test see it,
 * so that the kernel itself says that it is full. Gone with this process, however that ends.
 */
package cn.lastmile.shim.real

import org.junit.AssumptionViolatedException
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.util.concurrent.TimeUnit.SECONDS

/** One that shows at [dir] to processes started [through] it. */
class SmallDisk private constructor(private val holder: Process, private val enter: List<String>, val dir: File) :
    AutoCloseable {
    /** What stands before the command of a process that is to see the disk. */
    val through: List<String> get() = listOf("nsenter", "--target", "${holder.pid()}") + enter + "--"

    /** What lies at [dir], as this process reaches it: for the files themselves, not for what SQLite opens. */
    val outside = File("/proc/${holder.pid()}/root$dir")

    private val ballast = File(outside, "ballast")

    /** Fills it up to the last [left] bytes, while others write. */
    fun fill(left: Long) = RandomAccessFile(ballast, "rw").use { file ->
        val piece = ByteArray(64 shl 10)
        var size = piece.size
        file.seek(file.length())
        while (size > 0) {
            try {
                file.write(piece, 0, size)
            } catch (_: IOException) {
                size /= 4
            }
        }
        file.setLength((file.length() - left).coerceAtLeast(0))
    }

    /** Takes what [fill] brought away again. */
    fun makeRoom() = check(ballast.delete()) { "the ballast is not there" }

    override fun close() {
        holder.destroyForcibly().waitFor()
    }

    companion object {
        /** For root in the one way, for everybody else in the other, where the system lets them. */
        private val ways = listOf(listOf("--mount"), listOf("--mount", "--map-root-user"))

        /**
         * One of [megabytes] over the folder [dir]. Where the system allows none the test was not run, and says so. In CI
         * that is a failure, unless the container forbids it: no change of ours could mend that.
         */
        fun of(dir: File, megabytes: Int): SmallDisk {
            val refusals = ways.map { way ->
                when (val tried = mounted(way, dir, megabytes)) {
                    is Tried.Mounted -> return tried.disk
                    is Tried.Refused -> tried.said
                }
            }
            val said = "a full disk was NOT tested: it takes root, or user namespaces (unshare --mount --map-root-user)"
            val forbidden = refusals.all { "not permitted" in it || "denied" in it }
            if (System.getenv("CI") == "true" && !forbidden) throw AssertionError("$said: $refusals")
            throw AssumptionViolatedException(said)
        }

        private sealed interface Tried {
            class Mounted(val disk: SmallDisk) : Tried
            class Refused(val said: String) : Tried
        }

        private fun mounted(way: List<String>, dir: File, megabytes: Int): Tried {
            val mount = "mount -t tmpfs -o size=${megabytes}m none \"$1\" && echo mounted && exec cat"
            val command = listOf("unshare") + way + listOf("sh", "-c", mount, "sh", "$dir")
            val holder = try {
                ProcessBuilder(command).redirectErrorStream(true).start()
            } catch (missing: IOException) {
                return Tried.Refused("${missing.message}")
            }
            val said = holder.inputStream.bufferedReader().readLine()
            if (said != "mounted") {
                holder.destroyForcibly().waitFor(10, SECONDS)
                return Tried.Refused(said.orEmpty())
            }
            val enter = if (way.size == 1) way else listOf("--mount", "--user", "--preserve-credentials")
            return Tried.Mounted(SmallDisk(holder, enter, dir))
        }
    }
}
