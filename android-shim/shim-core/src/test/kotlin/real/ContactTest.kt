/* What a contact comes to: a court that refuses, one that is busy, a road that is none, files that are left. */
package cn.lastmile.shim.real

import cn.lastmile.core.CallbackException
import cn.lastmile.core.CaptureForm
import cn.lastmile.core.Change
import cn.lastmile.core.ContactState
import cn.lastmile.core.HttpAnswer
import cn.lastmile.core.HttpHeader
import cn.lastmile.core.HttpRequest
import cn.lastmile.core.LastmileException
import cn.lastmile.core.Original
import cn.lastmile.core.Phone
import cn.lastmile.core.PhoneObserver
import cn.lastmile.core.RecordDraft
import cn.lastmile.core.Road
import cn.lastmile.core.Transport
import cn.lastmile.core.UploadProgress
import cn.lastmile.core.Value
import cn.lastmile.shim.field.CoreSigner
import cn.lastmile.shim.field.FieldCore
import cn.lastmile.shim.field.trouble
import cn.lastmile.shim.sync.PhoneSync
import cn.lastmile.shim.sync.SyncOutcome
import cn.lastmile.shim.sync.Tried
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File
import kotlin.concurrent.thread
import kotlin.random.Random

class ContactTest {
    /** P1, signed in. */
    private fun <T> signedIn(dir: File, test: suspend (FieldCore) -> T): T = owned(dir).use { core ->
        runBlocking {
            val device = DayDevice(Built.script, "P1")
            core.ask { it.signIn(device.deviceFile, CoreSigner(device.key), null) }
            test(core)
        }
    }

    /** What a contact comes to when every request is answered with [status] and [code]; by the court, if [ours]. */
    private suspend fun answered(core: FieldCore, status: Int, code: String, ours: Boolean = true, wait: String? = null): Tried<SyncOutcome> {
        val names = listOfNotNull(if (ours) "lastmile-protocol" to "2" else null, wait?.let { "retry-after" to it })
        core.setRoad(Road.over(object : Transport {
            override suspend fun send(request: HttpRequest) = HttpAnswer(
                status.toUShort(), names.map { HttpHeader(it.first, it.second) }, """{"code":"$code"}""".toByteArray(),
            )
        }))
        return PhoneSync(core).attempt(originals = true)
    }

    @Test
    fun `a refusal that repeating cannot change is a person's, in words`() = signedIn(Built.folder("contact")) { core ->
        val final = listOf(
            400 to "wrong_protocol", 401 to "unknown_certificate", 401 to "bad_request_token", 403 to "certificate_not_taken",
            404 to "wrong_court", 413 to "message_too_large", 415 to "unsupported_media_type",
        )
        for ((status, code) in final) {
            val why = (answered(core, status, code) as Tried.GiveUp).why as LastmileException
            assertEquals(code, why.trouble.code)
            assertTrue(why.trouble.words.zh, why.trouble.words.zh.startsWith("法院服务器未受理本次请求"))
        }
        val passing = listOf(
            400 to "message_damaged", 401 to "token_used", 401 to "clock_out_of_window", 408 to "body_timeout",
            409 to "record_moved", 423 to "upload_busy", 425 to "too_early", 429 to "sign_in_throttled", 500 to "internal",
            503 to "store_unavailable", 507 to "store_full",
        )
        for ((status, code) in passing) assertEquals(code, Tried.Again(), answered(core, status, code))
        assertEquals("a login page", Tried.Again(), answered(core, 403, "wrong_protocol", ours = false))
        assertEquals("a busy court", Tried.Again(2_000), answered(core, 503, "busy", wait = "2"))
    }

    /** Photos in a record that the court has, or will have at the next contact. */
    private suspend fun photographed(core: FieldCore, dir: File, bytes: Int) = core.ask { phone ->
        phone.sync()
        val record = saved(phone)
        val photo = File(dir, "photo.jpg").apply { writeBytes(JPEG + Random.nextBytes(bytes)) }
        phone.capture(record, Original.File("$photo"), CaptureForm("add_photo", mapOf("purpose" to Value.Text("detail")), null))
    }

    private fun saved(phone: Phone) = runBlocking {
        val head = mapOf("purpose" to Value.Text("查找财产线索"))
        phone.createRecord(RecordDraft("onsite", "(2026)粤0605执1101号", null, head, emptyList())).record
    }

    @Test
    fun `a contact that ends before the files do says that more waits`() {
        val dir = Built.folder("contact-more")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            signedIn(dir) { core ->
                core.setRoad(Road.http(court.url, emptyList()))
                photographed(core, dir, bytes = 2_000_000)
                // Somebody saves at every piece: records go first, and the file has to wait each time.
                val observation = core.now { phone ->
                    phone.observe(object : PhoneObserver {
                        override fun changed(change: Change) = Unit
                        override fun contact(state: ContactState) = Unit

                        @Throws(CallbackException::class)
                        override fun uploading(progress: UploadProgress) = thread { saved(phone) }.join()
                    })
                }
                assertEquals(SyncOutcome.MORE_WAITS, PhoneSync(core, uploadTurns = 2).run(originals = true))
                observation.end()
                observation.close()
                assertEquals(SyncOutcome.DONE, PhoneSync(core, uploadTurns = 2).run(originals = true))
            }
        }
    }

    @Test
    fun `a file that was passed over waits`() {
        val dir = Built.folder("contact-passed")
        Court(dir, DayPhone.MORNING_MS).use { court ->
            signedIn(dir) { core ->
                core.setRoad(Road.http(court.url, emptyList()))
                photographed(core, dir, bytes = 200_000)
                assertTrue(File(dir, "phone.db-files").listFiles()!!.all { it.delete() })
                assertEquals(SyncOutcome.MORE_WAITS, PhoneSync(core).run(originals = true))
            }
        }
    }
}
