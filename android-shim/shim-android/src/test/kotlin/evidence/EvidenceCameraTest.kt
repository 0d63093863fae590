/* A photo from the camera to the vault: through crashes, strange result codes and curious apps. */
package cn.lastmile.shim.evidence

import android.content.Intent
import android.net.Uri
import android.provider.MediaStore
import android.provider.OpenableColumns
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.io.File
import java.io.FileNotFoundException
import java.io.IOException

@RunWith(RobolectricTestRunner::class)
class EvidenceCameraTest {
    private val context = RuntimeEnvironment.getApplication()
    private val authority = "${context.packageName}.lastmile.photos"
    private val provider = Robolectric.setupContentProvider(PhotoProvider::class.java, authority)
    private val kept = mutableMapOf<Shot, ByteArray>()
    private var full = false
    private val jpeg = ByteArray(5_000) { (it * 7).toByte() }
    private val sink = EvidenceSink { shot, photo ->
        if (full) throw IOException("no space left")
        kept[shot] = photo.readBytes()
    }

    /** As after a start of the process: nothing is known but what is on the disk. */
    private fun camera() = EvidenceCamera(context, CameraRoll(context), sink)

    private fun begin() = camera().begin("rec-1", "add_photo 现场 01J")

    /** What a camera app does with the address it was given. */
    private fun photograph(intent: Intent, bytes: ByteArray = jpeg) {
        @Suppress("DEPRECATION") // its successor came with API 33
        val uri = intent.getParcelableExtra<Uri>(MediaStore.EXTRA_OUTPUT)!!
        context.contentResolver.openOutputStream(uri, "wt")!!.use { it.write(bytes) }
    }

    private fun files() = CameraRoll.directoryOf(context).list().orEmpty().toList()

    @Test
    fun `into the vault, and only there`() = runBlocking {
        val shot = begin()
        val intent = camera().intentFor(shot)
        assertEquals(MediaStore.ACTION_IMAGE_CAPTURE, intent.action)
        assertTrue(intent.flags and Intent.FLAG_GRANT_WRITE_URI_PERMISSION != 0)
        photograph(intent)
        assertTrue(camera().finish(shot))
        assertArrayEquals(jpeg, kept.getValue(shot))
        assertEquals(emptyList<String>(), files())
    }

    @Test
    fun `the process may die while the camera runs`() = runBlocking {
        val shot = begin()
        photograph(camera().intentFor(shot))
        assertEquals(listOf(shot), camera().finishAll())
        assertEquals("add_photo 现场 01J", kept.keys.single().context)
        assertArrayEquals(jpeg, kept.values.single())
        assertEquals(emptyList<Shot>(), camera().finishAll())
    }

    @Test
    fun `a photo is deleted after it is kept and not before`() = runBlocking {
        val shot = begin()
        photograph(camera().intentFor(shot))
        full = true
        assertThrows(IOException::class.java) { runBlocking { camera().finish(shot) } }
        assertEquals(emptyList<Shot>(), camera().finishAll())
        full = false
        assertEquals(listOf(shot), camera().finishAll())
        assertArrayEquals(jpeg, kept.getValue(shot))
    }

    @Test
    fun `one that cannot be kept does not hold up the others`() = runBlocking {
        val first = begin()
        photograph(camera().intentFor(first))
        val second = begin()
        photograph(camera().intentFor(second), byteArrayOf(1))
        val picky = EvidenceCamera(context, CameraRoll(context)) { shot, photo ->
            if (shot == first) throw IOException("refused")
            kept[shot] = photo.readBytes()
        }
        assertEquals(listOf(second), picky.finishAll())
        assertEquals(listOf(first), CameraRoll(context).open())
    }

    @Test
    fun `no photo, no evidence`() = runBlocking {
        val shot = begin()
        assertFalse(camera().finish(shot))
        assertEquals(emptyList<String>(), files())
        assertTrue(kept.isEmpty())
    }

    @Test
    fun `nobody looks anywhere else through the provider`() {
        val shot = begin()
        val good = PhotoProvider.uriOf(context, shot)
        File(CameraRoll.directoryOf(context).parentFile, "secret.jpg").writeText("of another")
        provider.openFile(good, "r").close()
        val others = listOf(
            "content://$authority/../database.key", "content://$authority/..%2Fsecret",
            "content://$authority/",
            "content://$authority/${shot.id}.shot", "content://$authority/${shot.id}/x",
            "content://$authority/${"0".repeat(32)}",
        )
        for (uri in others) {
            assertThrows(uri, FileNotFoundException::class.java) { provider.openFile(Uri.parse(uri), "r") }
        }
        runBlocking { camera().finish(shot) }
        assertThrows(FileNotFoundException::class.java) { provider.openFile(good, "w") }
        assertThrows(UnsupportedOperationException::class.java) { provider.delete(good, null, null) }
    }

    @Test
    fun `cameras that ask are told name and size`() {
        val shot = begin()
        photograph(camera().intentFor(shot))
        val columns = arrayOf(OpenableColumns.SIZE, "_data", OpenableColumns.DISPLAY_NAME)
        provider.query(PhotoProvider.uriOf(context, shot), columns, null, null, null).use {
            assertTrue(it.moveToFirst())
            assertEquals(5_000, it.getInt(0))
            assertTrue("no path", it.isNull(1))
            assertEquals("${shot.id}.jpg", it.getString(2))
        }
    }

    @Test
    fun `a context that is too long is refused at once`() {
        assertThrows(IllegalArgumentException::class.java) { camera().begin("rec-1", "x".repeat(4_097)) }
        assertEquals(emptyList<String>(), files())
    }
}
