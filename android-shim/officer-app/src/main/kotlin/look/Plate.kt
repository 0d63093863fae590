/* A filled plate with an edge. Its colour can be read, so that a test computes the contrast of what stands on it. */
package cn.lastmile.officer.look

import android.graphics.Canvas
import android.graphics.ColorFilter
import android.graphics.Paint
import android.graphics.PixelFormat
import android.graphics.drawable.Drawable
import android.text.Editable
import android.text.TextWatcher

/** [fill] and [edge] as ARGB; [radius] and [stroke] in pixels. */
class Plate(val fill: Int, private val edge: Int, private val radius: Int, private val stroke: Int) : Drawable() {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG)

    override fun draw(canvas: Canvas) {
        val half = stroke / 2f
        val (left, top) = bounds.left + half to bounds.top + half
        val (right, bottom) = bounds.right - half to bounds.bottom - half
        paint.style = Paint.Style.FILL
        paint.color = fill
        canvas.drawRoundRect(left, top, right, bottom, radius.toFloat(), radius.toFloat(), paint)
        paint.style = Paint.Style.STROKE
        paint.strokeWidth = stroke.toFloat()
        paint.color = edge
        canvas.drawRoundRect(left, top, right, bottom, radius.toFloat(), radius.toFloat(), paint)
    }

    override fun setAlpha(alpha: Int) = Unit
    override fun setColorFilter(filter: ColorFilter?) = Unit

    @Deprecated("asked for by old systems")
    override fun getOpacity() = PixelFormat.TRANSLUCENT
}

/** Tells of every change of a text. */
internal class Typing(private val typed: (String) -> Unit) : TextWatcher {
    override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit
    override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = typed(text.toString())
    override fun afterTextChanged(text: Editable?) = Unit
}
