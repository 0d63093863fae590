/*
 * The native library below the bindings: loaded once per process, and held against the Kotlin that was made
 * for it. A library of another version would misread memory, so it is refused before the first call.
 */
package cn.lastmile.shim.field

import cn.lastmile.core.uniffiEnsureInitialized
import cn.lastmile.shim.words.Trouble
import cn.lastmile.shim.words.Words
import java.nio.file.Files
import java.nio.file.Path

/** Where the bindings look for a library that does not lie on the usual path. */
private const val OVERRIDE = "uniffi.component.lastmile_ffi.libraryOverride"

/** The library cannot be used; the app cannot start. Nothing on disk was touched. */
sealed class LibraryTrouble(
    override val code: String,
    override val words: Words,
    cause: Throwable?,
) : Exception(code, cause), Trouble {
    /** There is none for this device, or it cannot be loaded. */
    class Missing(cause: Throwable?) : LibraryTrouble(
        "library_missing",
        Words("应用安装不完整,请重新安装。已记录的内容不受影响。", "The app is not complete: install it again. What was recorded is safe."),
        cause,
    )

    /** It is of another version than the Kotlin that calls it. */
    class Changed(cause: Throwable?) : LibraryTrouble(
        "library_changed",
        Words(
            "应用的两部分版本不一致,已停止启动。请重新安装完整的应用;已记录的内容不受影响。",
            "Two parts of the app are of different versions, so it does not start. Install the whole app again; " +
                "what was recorded is safe.",
        ),
        cause,
    )
}

/** Loads and checks the library. */
object CoreLibrary {
    private var outcome: LibraryTrouble? = null
    private var checked = false

    /**
     * Loads the library, [file] where one is given and else the app's own, and compares its contract and the
     * checksum of every function with these bindings. Some 100 ms the first time, nothing after: a process has
     * one library, and a refusal stays. Any thread. Throws [LibraryTrouble].
     */
    @Synchronized
    fun check(file: Path? = null) {
        if (!checked) {
            outcome = load(file)
            checked = true
        }
        outcome?.let { throw it }
    }

    private fun load(file: Path?): LibraryTrouble? {
        if (file != null) {
            if (!Files.isReadable(file)) return LibraryTrouble.Missing(null)
            System.setProperty(OVERRIDE, file.toAbsolutePath().toString())
        }
        // An initialiser that fails throws an Error, not an Exception: everything is caught here.
        return try {
            uniffiEnsureInitialized()
            null
        } catch (failed: Throwable) {
            val causes = generateSequence(failed) { it.cause }
            val absent = causes.any { it.message.orEmpty().startsWith("Unable to load library") }
            if (absent) LibraryTrouble.Missing(failed) else LibraryTrouble.Changed(failed)
        }
    }
}
