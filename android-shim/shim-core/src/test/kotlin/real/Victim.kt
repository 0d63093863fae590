/* What is killed: a phone that works without a pause and says each thing only after the core acknowledged it. */
package cn.lastmile.shim.real

import cn.lastmile.core.Act
import cn.lastmile.core.CallbackException
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Change
import cn.lastmile.core.ContactState
import cn.lastmile.core.Original
import cn.lastmile.core.PhoneObserver
import cn.lastmile.core.UploadProgress
import cn.lastmile.core.Value
import kotlinx.coroutines.runBlocking
import java.io.File
import kotlin.random.Random

/** One line, whole and at once. */
internal fun say(line: String) = System.out.run {
    write("$line\n".toByteArray())
    flush()
}

/** `save`, `capture` or `upload`; folder; record; address of the court. */
fun main(arguments: Array<String>) = runBlocking {
    val (mode, dir, record, url) = arguments
    val phone = DayPhone.open("P1", File(dir), url).phone
    say("ready")
    when (mode) {
        "save" -> while (true) {
            val fields = mapOf("text" to Value.Text("记录"), "at" to Value.Text("2026-03-17T08:00:00+08:00"))
            say("item " + phone.act(record, Act.Add("add_event", fields)).item)
        }
        "capture" -> while (true) {
            val bytes = JPEG + Random.nextBytes(200_000)
            val form = CaptureForm("add_photo", mapOf("purpose" to Value.Text("detail")), null)
            val kept = phone.capture(record, Original.Bytes(bytes), form)
            say("photo ${kept.item.substringAfterLast('/')} ${kept.hash}")
        }
        "upload" -> {
            val observation = phone.observe(object : PhoneObserver {
                override fun changed(change: Change) = Unit
                override fun contact(state: ContactState) = Unit

                @Throws(CallbackException::class)
                override fun uploading(progress: UploadProgress) =
                    say("piece ${progress.original} ${progress.sent} ${progress.finished}")
            })
            phone.sync()
            phone.upload(true)
            observation.end()
            say("end")
        }
    }
}

/** The first bytes of a JPEG, so that the media type is one. */
val JPEG: ByteArray = byteArrayOf(-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1)
