/* A paper, ready as PDF, to whatever printer the phone knows: the framework's print service. */
package cn.lastmile.shim.print

import android.content.Context
import android.os.Bundle
import android.os.CancellationSignal
import android.os.ParcelFileDescriptor
import android.print.PageRange
import android.print.PrintAttributes
import android.print.PrintAttributes.MediaSize
import android.print.PrintDocumentAdapter
import android.print.PrintDocumentInfo
import android.print.PrintManager
import java.io.FileOutputStream
import java.io.IOException
import java.util.concurrent.Executor

/**
 * Opens the system's print dialogue for [pdf], whose [pages] are A4. [name] stands in the printer's queue,
 * where strangers read it: the kind of paper, no names. On the main thread, from the activity on the screen
 * ([context]).
 */
fun printPdf(context: Context, name: String, pdf: ByteArray, pages: Int) {
    val manager = checkNotNull(context.getSystemService(PrintManager::class.java))
    val a4 = PrintAttributes.Builder().setMediaSize(MediaSize.ISO_A4).build()
    manager.print(name, PdfAdapter(name, pdf, pages), a4)
}

/** Gives the bytes as they are: a signed paper is not laid out anew for a printer. */
internal class PdfAdapter(
    private val name: String,
    private val pdf: ByteArray,
    private val pages: Int,
    private val writing: Executor = Executor { Thread(it, "pdf-to-printer").start() },
) : PrintDocumentAdapter() {

    override fun onLayout(
        old: PrintAttributes?,
        new: PrintAttributes?,
        cancel: CancellationSignal?,
        callback: LayoutResultCallback,
        extras: Bundle?,
    ) {
        if (cancel?.isCanceled == true) return callback.onLayoutCancelled()
        val info = PrintDocumentInfo.Builder("$name.pdf")
            .setContentType(PrintDocumentInfo.CONTENT_TYPE_DOCUMENT)
            .setPageCount(pages)
            .build()
        callback.onLayoutFinished(info, false)
    }

    override fun onWrite(
        wanted: Array<out PageRange>?,
        destination: ParcelFileDescriptor,
        cancel: CancellationSignal?,
        callback: WriteResultCallback,
    ) {
        if (cancel?.isCanceled == true) return callback.onWriteCancelled()
        // The other end may read slowly, and this is the main thread.
        writing.execute {
            try {
                FileOutputStream(destination.fileDescriptor).use { it.write(pdf) }
                callback.onWriteFinished(arrayOf(PageRange.ALL_PAGES))
            } catch (_: IOException) {
                callback.onWriteFailed(null)
            }
        }
    }
}
