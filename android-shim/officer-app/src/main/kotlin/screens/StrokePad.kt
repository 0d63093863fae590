/* Where a finger signs: strokes with their times, as they are drawn. */
package cn.lastmile.officer.screens

import android.annotation.SuppressLint
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.view.MotionEvent
import android.view.View
import cn.lastmile.core.Stroke
import cn.lastmile.core.StrokePoint
import cn.lastmile.officer.look.Look
import cn.lastmile.officer.look.Plate

/** Points are in pixels of the pad, times in milliseconds from the first touch. */
@SuppressLint("ViewConstructor")
class StrokePad(look: Look) : View(look.context) {
    private val drawn = mutableListOf<MutableList<StrokePoint>>()
    private val ink = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = look.palette.ink
        style = Paint.Style.STROKE
        strokeWidth = look.px(3).toFloat()
        strokeJoin = Paint.Join.ROUND
        strokeCap = Paint.Cap.ROUND
    }
    private var begun = 0L

    init {
        minimumHeight = look.px(240)
        background = Plate(look.palette.ground, look.palette.ink, look.px(4), look.px(2))
        contentDescription = look.say(cn.lastmile.officer.words.Said.signHere)
        isClickable = true
    }

    /** What was drawn; empty when nothing was. */
    val strokes: List<Stroke> get() = drawn.map { Stroke(it.toList()) }

    /** Wipes it off. */
    fun clear() {
        drawn.clear()
        invalidate()
    }

    override fun onMeasure(width: Int, height: Int) {
        setMeasuredDimension(MeasureSpec.getSize(width), minimumHeight)
    }

    @SuppressLint("ClickableViewAccessibility")
    override fun onTouchEvent(event: MotionEvent): Boolean {
        // The page must not scroll away below the finger.
        parent?.requestDisallowInterceptTouchEvent(true)
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> {
                if (drawn.isEmpty()) begun = event.eventTime
                drawn += mutableListOf<StrokePoint>()
                take(event.x, event.y, event.eventTime)
            }
            MotionEvent.ACTION_MOVE -> {
                for (at in 0 until event.historySize) {
                    take(event.getHistoricalX(at), event.getHistoricalY(at), event.getHistoricalEventTime(at))
                }
                take(event.x, event.y, event.eventTime)
            }
            MotionEvent.ACTION_UP -> take(event.x, event.y, event.eventTime)
        }
        invalidate()
        return true
    }

    private fun take(x: Float, y: Float, ms: Long) {
        val stroke = drawn.lastOrNull() ?: return
        fun within(value: Float, most: Int) = value.toInt().coerceIn(0, (most - 1).coerceAtLeast(0)).toUInt()
        stroke += StrokePoint(within(x, width), within(y, height), (ms - begun).coerceAtLeast(0).toUInt())
    }

    override fun onDraw(canvas: Canvas) {
        for (stroke in drawn) {
            val path = Path()
            stroke.forEachIndexed { at, point ->
                val (x, y) = point.x.toFloat() to point.y.toFloat()
                if (at == 0) path.moveTo(x, y) else path.lineTo(x, y)
            }
            canvas.drawPath(path, ink)
        }
    }
}
