/*
 * Pictures of views, for looking at screens without a phone. Needs Robolectric's native graphics
 * (`@GraphicsMode(NATIVE)`), which bring Noto Sans CJK along: Chinese texts render as on a phone.
 */
package cn.lastmile.shim.testkit

import android.graphics.Bitmap
import android.graphics.Canvas
import android.view.View
import java.io.File

/**
 * Lays this view out at exactly [width] by [height] pixels and draws it. On the main thread (the test's).
 */
fun View.picture(width: Int, height: Int): Bitmap {
    measure(
        View.MeasureSpec.makeMeasureSpec(width, View.MeasureSpec.EXACTLY),
        View.MeasureSpec.makeMeasureSpec(height, View.MeasureSpec.EXACTLY),
    )
    layout(0, 0, width, height)
    return Bitmap.createBitmap(width, height, Bitmap.Config.ARGB_8888).also { draw(Canvas(it)) }
}

/** Writes this bitmap as PNG; makes the directory it stands in. Throws [java.io.IOException]. */
fun Bitmap.writePng(file: File) {
    file.absoluteFile.parentFile.mkdirs()
    file.outputStream().use { compress(Bitmap.CompressFormat.PNG, 100, it) }
}

/** Every pixel as ARGB, row by row: equal exactly when two pictures look the same. */
fun Bitmap.pixels(): List<Int> {
    val pixels = IntArray(width * height)
    getPixels(pixels, 0, width, 0, 0, width, height)
    return pixels.toList()
}
