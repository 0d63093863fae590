/* Files that are there after a power cut: written beside, forced to the disk, renamed into place. */
package cn.lastmile.shim.files

import java.io.File
import java.io.FileOutputStream
import java.io.IOException
import java.nio.channels.FileChannel
import java.nio.file.Files
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardOpenOption.READ

/**
 * Puts [bytes] into [file], durable when it returns; before that the old content stands untouched. Makes the
 * directory. Throws [IOException]. Off the main thread.
 */
fun writeDurably(file: File, bytes: ByteArray) {
    val directory = file.absoluteFile.parentFile ?: throw IOException("no directory")
    Files.createDirectories(directory.toPath())
    val part = File(directory, file.name + ".part")
    FileOutputStream(part).use {
        it.write(bytes)
        it.fd.sync()
    }
    moveDurably(part, file)
}

/** Renames [from] to [to], durable when it returns; replaces what stood there. Throws [IOException]. */
fun moveDurably(from: File, to: File) {
    val directory = to.absoluteFile.parentFile ?: throw IOException("no directory")
    Files.createDirectories(directory.toPath())
    Files.move(from.toPath(), to.toPath(), ATOMIC_MOVE)
    syncDirectory(directory)
}

/**
 * Forces what was made, renamed or removed in [directory] to the disk. A system that does not let a directory be
 * opened keeps renames in order by itself, a few seconds late: what was there before or after is whole all the same.
 */
fun syncDirectory(directory: File) {
    try {
        FileChannel.open(directory.toPath(), READ).use { it.force(true) }
    } catch (_: IOException) {
        return
    }
}
