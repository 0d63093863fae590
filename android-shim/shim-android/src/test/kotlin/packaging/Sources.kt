/* The files of the build, read as texts. Tests run in their module's directory. */
package cn.lastmile.shim.packaging

import java.io.File

/** A file of android-shim. */
internal fun shim(path: String) = File("..", path)

/** A file of the whole project. */
internal fun project(path: String) = File("../..", path)
