/*
 * A red button that has to be held: what it does cannot be done by a knock in a pocket. It fills while it is held;
 * let go early, nothing was sent.
 */
package cn.lastmile.officer.look

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Paint
import android.os.SystemClock
import android.view.Gravity
import android.view.MotionEvent
import android.widget.TextView
import cn.lastmile.shim.words.Words

/** How long it has to be held, milliseconds. */
const val HOLD_MS = 1_500L

/** [pressed] hears when a finger comes and goes; [tapped] a short press; [held] once, when it was held long enough. */
@SuppressLint("ViewConstructor", "AppCompatCustomView")
class HoldButton(
    look: Look,
    words: Words,
    private val pressed: (Boolean) -> Unit,
    private val tapped: () -> Unit,
    private val held: () -> Unit,
) : TextView(look.context) {
    private val fill = Paint().apply { color = 0x66FFFFFF }
    private var since = 0L
    private val complete = Runnable {
        since = 0
        pressed(false)
        held()
    }

    init {
        text = look.say(words)
        textSize = 18f
        typeface = android.graphics.Typeface.DEFAULT_BOLD
        gravity = Gravity.CENTER
        setTextColor(look.palette.onRed)
        background = Plate(look.palette.red, look.palette.red, look.px(8), look.px(2))
        look.touchable(this)
        // Two short words side by side with the largest letters.
        setPadding(look.px(4), look.px(4), look.px(4), look.px(4))
        isClickable = true
    }

    @SuppressLint("ClickableViewAccessibility")
    override fun onTouchEvent(event: MotionEvent): Boolean {
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> {
                since = SystemClock.uptimeMillis()
                postDelayed(complete, HOLD_MS)
                pressed(true)
                invalidate()
            }
            MotionEvent.ACTION_UP -> if (end()) performClick()
            MotionEvent.ACTION_CANCEL -> end()
        }
        return true
    }

    override fun performClick(): Boolean {
        super.performClick()
        tapped()
        return true
    }

    override fun onDetachedFromWindow() {
        super.onDetachedFromWindow()
        removeCallbacks(complete)
        since = 0
    }

    /** Whether it was being held. */
    private fun end(): Boolean {
        if (since == 0L) return false
        removeCallbacks(complete)
        since = 0
        pressed(false)
        invalidate()
        return true
    }

    override fun onDraw(canvas: Canvas) {
        if (since != 0L) {
            val share = ((SystemClock.uptimeMillis() - since).toFloat() / HOLD_MS).coerceAtMost(1f)
            canvas.drawRect(0f, height * (1 - share), width.toFloat(), height.toFloat(), fill)
            postInvalidateOnAnimation()
        }
        super.onDraw(canvas)
    }
}
