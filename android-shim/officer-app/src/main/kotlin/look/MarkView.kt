/*
 * The words of state with their sign: hollow, half, full dot, square, split, lock, camera. Shape carries it, never
 * colour.
 */
package cn.lastmile.officer.look

import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.view.View
import cn.lastmile.shim.show.Mark
import cn.lastmile.shim.show.Sign

/** The sign alone, 20 dp, in the colour of letters. */
class SignView(look: Look, private val sign: Sign) : View(look.context) {
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = look.palette.ink
        strokeWidth = look.px(2).toFloat()
    }
    private val side = look.px(20)

    override fun onMeasure(width: Int, height: Int) = setMeasuredDimension(side, side)

    override fun onDraw(canvas: Canvas) {
        val edge = paint.strokeWidth
        val box = RectF(edge, edge, side - edge, side - edge)
        fun with(style: Paint.Style, draw: () -> Unit) {
            paint.style = style
            draw()
        }
        when (sign) {
            Sign.HOLLOW_DOT -> with(Paint.Style.STROKE) { canvas.drawOval(box, paint) }
            Sign.HALF_DOT -> {
                with(Paint.Style.STROKE) { canvas.drawOval(box, paint) }
                with(Paint.Style.FILL) { canvas.drawArc(box, 90f, 180f, true, paint) }
            }
            Sign.FULL_DOT -> with(Paint.Style.FILL) { canvas.drawOval(box, paint) }
            Sign.SQUARE -> with(Paint.Style.FILL) { canvas.drawRect(box, paint) }
            Sign.SPLIT -> {
                with(Paint.Style.STROKE) { canvas.drawRect(box, paint) }
                with(Paint.Style.FILL) { canvas.drawRect(box.left, box.top, box.centerX() - edge, box.bottom, paint) }
            }
            Sign.LOCK -> {
                val body = RectF(box.left, box.centerY(), box.right, box.bottom)
                with(Paint.Style.FILL) { canvas.drawRect(body, paint) }
                val bow = RectF(box.left + 2 * edge, box.top, box.right - 2 * edge, box.bottom)
                with(Paint.Style.STROKE) { canvas.drawArc(bow, 180f, 180f, false, paint) }
            }
            Sign.CAMERA -> {
                val body = RectF(box.left, box.top + 2 * edge, box.right, box.bottom - edge)
                with(Paint.Style.STROKE) {
                    canvas.drawRect(body, paint)
                    canvas.drawCircle(body.centerX(), body.centerY(), body.height() / 4, paint)
                }
            }
        }
    }
}

/** [mark] as one line: sign, words, and the digest of a finalised record. */
fun Look.mark(mark: Mark): View {
    val digest = mark.digest?.let { " $it" }.orEmpty()
    val words = text(say(mark.words) + digest, 16, bold = mark.sign == Sign.SQUARE)
    return beside(SignView(this, mark.sign), words).apply {
        setPadding(0, px(2), 0, px(2))
    }
}
