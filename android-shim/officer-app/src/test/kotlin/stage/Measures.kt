/* What is measured on every screen: touch targets, contrast, texts that are cut off, the red button. */
package cn.lastmile.officer.stage

import android.graphics.Color
import android.graphics.drawable.ColorDrawable
import android.view.View
import android.view.ViewGroup
import android.widget.ScrollView
import android.widget.TextView
import cn.lastmile.officer.look.CORNER
import cn.lastmile.officer.look.Plate
import cn.lastmile.officer.look.TOUCH_DP
import kotlin.math.pow

/** Everything wrong with what [root] shows, each in a few words; empty when all is well. Call it after layout. */
fun complaints(root: View): List<String> {
    val seen = root.all().filter { it.isVisible() }
    return seen.filter { it.isClickable }.mapNotNull(::tooSmall) +
        seen.filterIsInstance<TextView>().filter { it.text.isNotBlank() }
            .flatMap { listOfNotNull(tooFaint(it), cutOff(it)) } +
        listOfNotNull(noCorner(root))
}

private fun View.said() = all().filterIsInstance<TextView>().firstOrNull()?.text ?: javaClass.simpleName

private fun tooSmall(view: View): String? {
    val least = TOUCH_DP * view.resources.displayMetrics.density - 1
    return if (view.width >= least && view.height >= least) null
    else "too small to touch, ${view.width}x${view.height} px: ${view.said()}"
}

/** Contrast of [text] against what it stands on, as WCAG computes it. */
fun contrast(text: TextView): Double {
    val around = generateSequence<View>(text) { it.parent as? View }.toList()
    val ground = around.firstNotNullOfOrNull { fillOf(it) } ?: Color.WHITE
    val alpha = around.fold(1f) { all, view -> all * view.alpha }
    val ink = mix(text.currentTextColor, ground, alpha)
    val (light, dark) = listOf(luminance(ink), luminance(ground)).sortedDescending()
    return (light + 0.05) / (dark + 0.05)
}

private fun fillOf(view: View): Int? = when (val ground = view.background) {
    is Plate -> ground.fill
    is ColorDrawable -> ground.color.takeIf { Color.alpha(it) == 255 }
    else -> null
}

private fun mix(ink: Int, ground: Int, alpha: Float): Int {
    fun part(get: (Int) -> Int) = (get(ink) * alpha + get(ground) * (1 - alpha)).toInt()
    return Color.rgb(part(Color::red), part(Color::green), part(Color::blue))
}

private fun luminance(color: Int): Double {
    fun part(value: Int): Double {
        val share = value / 255.0
        return if (share <= 0.04045) share / 12.92 else ((share + 0.055) / 1.055).pow(2.4)
    }
    return 0.2126 * part(Color.red(color)) + 0.7152 * part(Color.green(color)) + 0.0722 * part(Color.blue(color))
}

private fun tooFaint(text: TextView): String? =
    contrast(text).let { if (it >= 7.0) null else "contrast %.1f: %s".format(it, text.text) }

private fun cutOff(text: TextView): String? {
    val lines = text.layout ?: return "never laid out: ${text.text}"
    val room = text.height - text.compoundPaddingTop - text.compoundPaddingBottom
    val wide = text.width - text.compoundPaddingLeft - text.compoundPaddingRight
    val ellipsis = (0 until lines.lineCount).any { lines.getEllipsisCount(it) > 0 }
    val over = (0 until lines.lineCount).any { lines.getLineMax(it) > wide + 1 }
    val outside = generateSequence<View>(text) { it.parent as? View }.takeWhile { it.parent is ViewGroup }.any { view ->
        val parent = view.parent as ViewGroup
        val beyond = parent !is ScrollView && (view.bottom > parent.height || view.top < 0)
        view.right > parent.width || view.left < 0 || beyond
    }
    return if (lines.height > room || ellipsis || over || outside) "cut off: ${text.text}" else null
}

private fun noCorner(root: View): String? {
    val corner = root.findViewWithTag<View>(CORNER) ?: return "no red button"
    val (at, whole) = IntArray(2).also(corner::getLocationInWindow) to IntArray(2).also(root::getLocationInWindow)
    val density = root.resources.displayMetrics.density
    val right = root.width - (at[0] - whole[0] + corner.width)
    val below = root.height - (at[1] - whole[1] + corner.height)
    val red = Color.red(fillOf(corner) ?: 0) > 120
    return if (right == (12 * density).toInt() && below == (12 * density).toInt() && red && corner.isVisible()) null
    else "the red button is not in its corner: $right, $below"
}
