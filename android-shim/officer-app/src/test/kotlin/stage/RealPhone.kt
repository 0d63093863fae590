/* An officer's phone on a copy of the day's store: what most tests of the screens begin and end with. */
package cn.lastmile.officer.stage

import android.app.Activity
import android.content.Intent
import android.content.pm.ActivityInfo
import android.content.pm.ResolveInfo
import android.provider.MediaStore
import cn.lastmile.core.Phone
import cn.lastmile.core.ShownRecord
import cn.lastmile.core.Value
import cn.lastmile.officer.real.RealDay
import kotlinx.coroutines.runBlocking
import org.junit.rules.ExternalResource
import org.junit.rules.TemporaryFolder
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import java.io.File

/** A rule of JUnit. Its [record] is the seizure of the day, with two open differences. */
class RealPhone : ExternalResource() {
    private val folder = TemporaryFolder()
    private lateinit var opened: OpenPhone
    val app get() = RuntimeEnvironment.getApplication() as TestApp
    val open get() = opened
    val core get() = opened.core
    val desk get() = opened.desk
    val record get() = RealDay.seizure

    override fun before() {
        folder.create()
        RealDay.store.copyRecursively(folder.root, overwrite = true)
        opened = OpenPhone(app, folder.root)
    }

    override fun after() {
        opened.close()
        folder.delete()
    }

    /** The crew's second phone, as the morning left it; close it. */
    fun second(): Phone = runBlocking { RealDay.second(folder.root) }

    fun shown(id: String = record): ShownRecord = runBlocking { core.ask { it.record(id) } }

    /** Fields of the one item that has [value] in [field]. */
    fun item(collection: String, field: String, value: String, id: String = record): Map<String, Value> =
        shown(id).collections.single { it.name == collection }.items
            .map { item -> item.fields.associate { it.name to it.values.first().value } }
            .single { it[field] == Value.Text(value) }

    /** The phone has a camera app. */
    fun hasCamera() {
        val info = ResolveInfo().apply {
            activityInfo = ActivityInfo().apply {
                packageName = "camera"
                name = "Camera"
            }
        }
        @Suppress("DEPRECATION")
        shadowOf(app.packageManager).addResolveInfoForIntent(Intent(MediaStore.ACTION_IMAGE_CAPTURE), info)
    }

    /** Photos that wait to be taken or kept. */
    fun shots(): List<File> =
        File(app.noBackupFilesDir, "lastmile/camera").listFiles().orEmpty().filter { it.extension == "jpg" }

    /** The camera that [stage] started comes back. */
    @Suppress("DEPRECATION")
    fun cameraReturns(stage: Stage, code: Int = Activity.RESULT_CANCELED) {
        val request = shadowOf(stage.screen).nextStartedActivityForResult
        shadowOf(stage.screen).receiveResult(request.intent, code, null)
        stage.settle()
    }

    companion object {
        /** The first bytes of a JPEG, so that the media type is one. */
        val JPEG = byteArrayOf(-1, -40, -1, -32, 0, 16, 74, 70, 73, 70, 0, 1) + ByteArray(2_000) { 5 }
    }
}
