/* A paper reaches the printer byte for byte, and a broken pipe is told. */
package cn.lastmile.shim.print

import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import android.print.PageRange
import android.print.PrintAttributes
import android.print.PrintDocumentAdapter.LayoutResultCallback
import android.print.PrintDocumentAdapter.WriteResultCallback
import android.print.PrintDocumentInfo
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner

@RunWith(RobolectricTestRunner::class)
class PdfPrintingTest {
    @get:Rule
    val folder = TemporaryFolder()

    private val pdf = ByteArray(70_000) { it.toByte() }
    private val adapter = PdfAdapter("查封、扣押财产清单", pdf, 3) { it.run() }
    private val heard = mutableListOf<String>()
    private val cancelled = CancellationSignal().apply { cancel() }

    private val layout = object : LayoutResultCallback() {
        override fun onLayoutFinished(info: PrintDocumentInfo, changed: Boolean) {
            heard += "${info.name} ${info.pageCount} ${info.contentType}"
        }

        override fun onLayoutCancelled() {
            heard += "cancelled"
        }
    }

    private val write = object : WriteResultCallback() {
        override fun onWriteFinished(pages: Array<out PageRange>) {
            heard += "written ${pages.single() == PageRange.ALL_PAGES}"
        }

        override fun onWriteFailed(error: CharSequence?) {
            heard += "failed"
        }

        override fun onWriteCancelled() {
            heard += "cancelled"
        }
    }

    @Test
    fun `as it is`() {
        val a4 = PrintAttributes.Builder().setMediaSize(PrintAttributes.MediaSize.ISO_A4).build()
        adapter.onLayout(null, a4, null, layout, null)
        val file = folder.newFile()
        val target = ParcelFileDescriptor.open(file, ParcelFileDescriptor.MODE_WRITE_ONLY)
        adapter.onWrite(arrayOf(PageRange.ALL_PAGES), target, null, write)
        assertEquals(listOf("查封、扣押财产清单.pdf 3 0", "written true"), heard)
        assertArrayEquals(pdf, file.readBytes())
    }

    @Test
    fun `a printer that cannot be written to`() {
        val target = ParcelFileDescriptor.open(folder.newFile(), ParcelFileDescriptor.MODE_READ_ONLY)
        adapter.onWrite(null, target, null, write)
        assertEquals(listOf("failed"), heard)
    }

    @Test
    fun `a person who gives up`() {
        adapter.onLayout(null, null, cancelled, layout, null)
        val file = folder.newFile()
        val target = ParcelFileDescriptor.open(file, ParcelFileDescriptor.MODE_WRITE_ONLY)
        adapter.onWrite(null, target, cancelled, write)
        assertEquals(listOf("cancelled", "cancelled"), heard)
        assertEquals(0, file.length())
    }
}
