/*
 * The frame of every screen: what it is at the top, the page in the middle, what to do at the bottom where the thumb
 * is, and the red 求助 in the same corner always.
 */
package cn.lastmile.officer.look

import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.ScrollView
import cn.lastmile.shim.words.Words

/**
 * One screen. [banner] stands over everything that may be old, which is then [dimmed]; [notice] says what went wrong
 * or what was done. [foot] is always in sight above the [actions]; the first action is the main one. [red]: the whole
 * screen is, because somebody has to act now. [low]: the content lies at the bottom, where the thumb is.
 */
class Page(
    val title: Words,
    val content: View,
    val actions: List<View> = emptyList(),
    val under: Words? = null,
    val banner: Words? = null,
    val notice: Words? = null,
    val foot: View? = null,
    val dimmed: Boolean = false,
    val red: Boolean = false,
    val low: Boolean = false,
)

/** The corner's button: its words, what [preview] shows while it is held, and what it does. */
class Corner(val words: Words, val preview: List<Words>, val tapped: () -> Unit, val held: () -> Unit)

/** The screen of [page] with [corner] in its corner. */
fun Look.frame(page: Page, corner: Corner): View {
    val ground = if (page.red) palette.red else palette.ground
    val over = FrameLayout(context)
    val preview = previewOf(corner)
    val button = HoldButton(
        this, corner.words,
        pressed = { preview.visibility = if (it && corner.preview.isNotEmpty()) View.VISIBLE else View.GONE },
        corner.tapped, corner.held,
    ).apply {
        tag = CORNER
        if (page.red) background = Plate(palette.red, palette.onRed, px(8), px(3))
    }
    val sheet = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        setBackgroundColor(ground)
        addView(headOf(page), LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        addView(middleOf(page), LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f))
        page.foot?.let { addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)) }
        addView(bottomOf(page, button), LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    }
    over.addView(sheet, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
    over.addView(preview, FrameLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
    return over
}

/** Finds the corner's button. */
const val CORNER = "corner"

/** Finds the scrolling part. */
const val PAGE = "page"

/** Finds the notice. */
const val NOTICE = "notice"

private fun Look.headOf(page: Page): View {
    val ink = if (page.red) palette.onRed else palette.ink
    val head = column(text(say(page.title), 24, ink, bold = true))
    page.under?.let { head.addView(text(say(it), 16, if (page.red) palette.onRed else palette.quiet)) }
    head.setPadding(px(16), px(12), px(16), px(8))
    val bars = listOfNotNull(page.banner, page.notice).map { words ->
        text(say(words), 18, palette.onAmber, bold = true).apply {
            setBackgroundColor(palette.amber)
            setPadding(px(16), px(10), px(16), px(10))
            if (words === page.notice) tag = NOTICE
        }
    }
    return column(head, *bars.toTypedArray())
}

private fun Look.middleOf(page: Page) = ScrollView(context).apply {
    tag = PAGE
    isFillViewport = true
    val inside = column(page.content).apply { setPadding(px(16), px(4), px(16), px(16)) }
    if (page.dimmed) inside.alpha = DIMMED
    if (page.low) inside.gravity = Gravity.BOTTOM
    addView(inside)
}

/** Seen to be old, and still 7:1. */
private const val DIMMED = 0.92f

private fun Look.bottomOf(page: Page, corner: View) = LinearLayout(context).apply {
    setPadding(px(12), px(8), px(12), px(12))
    // Lying on its side, a screen has no height to give away.
    val actions = if (side) sideBySide(*page.actions.toTypedArray()) else stack(page.actions)
    addView(actions, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f).apply {
        marginEnd = px(12)
        gravity = Gravity.BOTTOM
    })
    // As wide as a thumb, as low as it reaches.
    addView(corner, LinearLayout.LayoutParams(px(96), px(96)).apply { gravity = Gravity.BOTTOM })
}

private fun Look.previewOf(corner: Corner): View {
    val lines = corner.preview.map { text(say(it), 20, palette.onRed) }
    return column(*lines.toTypedArray()).apply {
        setBackgroundColor(palette.red)
        setPadding(px(16), px(16), px(16), px(16))
        visibility = View.GONE
    }
}
