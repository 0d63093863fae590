/* What Cargo built, and the day in Nanhai as the Rust demonstration plays it: made once per build of the server. */
package cn.lastmile.shim.real

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import java.io.File
import java.util.concurrent.TimeUnit.SECONDS

object Built {
    private val module = File(System.getProperty("lastmile.bindings")).parentFile.parentFile.parentFile

    /** The repository. */
    val root: File = module.parentFile.parentFile

    /** The library the bindings were made from. */
    val library: File by lazy { File(File(System.getProperty("lastmile.bindings"), "library.path").readText()) }

    /** The real server. */
    val server: File by lazy {
        System.getenv("LASTMILE_SERVER_BIN")?.let(::File)
            ?: File(System.getenv("CARGO_TARGET_DIR") ?: "$root/target", "debug/lastmile-server")
    }

    /** A folder below `target` that belongs to [name] alone, empty. */
    fun folder(name: String): File = File(module, "target/real/$name").apply {
        deleteRecursively()
        mkdirs()
    }

    /** `script.json`, `court/` and `photos/` of the day. */
    val day: File by lazy {
        val day = File(module, "target/day")
        val script = File(day, "script.json")
        if (script.lastModified() <= server.lastModified()) {
            day.deleteRecursively()
            val log = File(module, "target/day.log")
            val demo = ProcessBuilder("$server", "demo", "--dir", "${folder("demo")}", "--script", "$day")
                .directory(root).redirectErrorStream(true).redirectOutput(log).start()
            check(demo.waitFor(120, SECONDS) && demo.exitValue() == 0) { log.readText() }
        }
        day
    }

    val script: JsonObject by lazy { Json.parseToJsonElement(File(day, "script.json").readText()).jsonObject }
}
