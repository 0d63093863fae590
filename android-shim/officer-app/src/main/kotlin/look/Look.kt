/*
 * How everything looks: sizes for gloves, letters for sunlight, words in the phone's language. Screens take their
 * views from here and never set a colour or a size of their own.
 */
package cn.lastmile.officer.look

import android.content.Context
import android.content.res.Configuration
import android.graphics.Paint
import android.graphics.Typeface
import android.text.InputType
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import cn.lastmile.shim.words.Words

/** Smallest side of what is touched, dp. */
const val TOUCH_DP = 56

/** What a button is for. */
enum class Weight { MAIN, PLAIN, RED }

/** Views in the look of [context]: its language, its letters' size, day or night. */
class Look(val context: Context) {
    private val setting = context.resources.configuration
    val dark = setting.uiMode and Configuration.UI_MODE_NIGHT_MASK == Configuration.UI_MODE_NIGHT_YES
    val palette: Palette = if (dark) night else day

    /** Lying on its side: there is width, and no height to give away. */
    val side = setting.orientation == Configuration.ORIENTATION_LANDSCAPE

    /** Choices beside each other: one where long words in large letters would be torn. */
    val abreast = if (setting.fontScale > 1.15f && setting.locales[0].language != "zh") 1 else 2

    /** Keys of a pad beside each other. */
    val keysAbreast = if (side) 6 else 3

    /** [words] in the language of the phone. */
    fun say(words: Words): String = words.of(setting.locales[0])

    /** [dp] in pixels. */
    fun px(dp: Int): Int = (dp * context.resources.displayMetrics.density + 0.5f).toInt()

    /** A text of [sp], in [color]. */
    fun text(words: CharSequence, sp: Int = 18, color: Int = palette.ink, bold: Boolean = false): TextView =
        TextView(context).apply {
            text = words
            setTextColor(color)
            setTextSize(TypedValue.COMPLEX_UNIT_SP, sp.toFloat())
            if (bold) typeface = Typeface.DEFAULT_BOLD
            fontFeatureSettings = "tnum"
        }

    fun title(words: Words) = text(say(words), 24, bold = true)
    fun body(words: Words) = text(say(words))
    fun quiet(words: Words) = text(say(words), 16, palette.quiet)

    /** The heading of a part of a page. */
    fun heading(words: Words) = text(say(words), 18, palette.quiet, bold = true).apply {
        setPadding(0, px(16), 0, px(4))
    }

    /** [text] struck through; it stays legible. */
    fun struck(text: TextView) = text.apply { paintFlags = paintFlags or Paint.STRIKE_THRU_TEXT_FLAG }

    /** A button of at least [TOUCH_DP]; its text wraps and is never cut. */
    fun button(words: Words, weight: Weight = Weight.PLAIN, press: () -> Unit): TextView {
        val (fill, ink) = when (weight) {
            Weight.MAIN -> palette.button to palette.onButton
            Weight.PLAIN -> palette.card to palette.ink
            Weight.RED -> palette.red to palette.onRed
        }
        return text(say(words), 18, ink, bold = true).apply {
            gravity = Gravity.CENTER
            background = Plate(fill, if (weight == Weight.PLAIN) palette.edge else fill, px(8), px(2))
            touchable(this)
            setOnClickListener { press() }
        }
    }

    /** Makes [view] large enough for a thumb in a glove. */
    fun touchable(view: View) {
        view.minimumHeight = px(TOUCH_DP)
        view.minimumWidth = px(TOUCH_DP)
        view.setPadding(px(12), px(10), px(12), px(10))
    }

    /** A field for words, with its [label] above; [typed] hears every change after the first text is set. */
    fun field(label: Words, start: String, number: Boolean = false, typed: (String) -> Unit): View {
        val edit = EditText(context).apply {
            setText(start)
            setTextColor(palette.ink)
            setTextSize(TypedValue.COMPLEX_UNIT_SP, 20f)
            background = Plate(palette.ground, palette.edge, px(6), px(2))
            inputType = if (number) InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_VARIATION_PASSWORD
            else InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
            contentDescription = say(label)
            touchable(this)
            addTextChangedListener(Typing(typed))
        }
        return column(quiet(label), edit)
    }

    fun column(vararg views: View) = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        views.forEach { addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT)) }
    }

    /** Side by side, each as wide as the others. */
    fun sideBySide(vararg views: View) = LinearLayout(context).apply {
        views.forEachIndexed { at, view ->
            val params = LinearLayout.LayoutParams(0, MATCH_PARENT, 1f)
            if (at > 0) params.marginStart = px(8)
            addView(view, params)
        }
    }

    /** [side] as large as it is, then [rest] in what is left. */
    fun beside(side: View, rest: View) = LinearLayout(context).apply {
        gravity = Gravity.CENTER_VERTICAL
        addView(side, LinearLayout.LayoutParams(WRAP_CONTENT, WRAP_CONTENT).apply { marginEnd = px(12) })
        addView(rest, LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f))
    }

    /** [content] on a card; with [press] the whole card is the button. */
    fun card(content: View, edge: Int = palette.edge, press: (() -> Unit)? = null): View =
        column(content).apply {
            background = Plate(palette.card, edge, px(8), px(1))
            setPadding(px(12), px(12), px(12), px(12))
            minimumHeight = px(TOUCH_DP)
            gravity = Gravity.CENTER_VERTICAL
            if (press != null) setOnClickListener { press() }
        }

    /** Cards below each other. */
    fun stack(views: List<View>): LinearLayout = LinearLayout(context).apply {
        orientation = LinearLayout.VERTICAL
        views.forEach {
            addView(it, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { bottomMargin = px(8) })
        }
    }

    /** One of several: the chosen one is filled and has a tick, so that colour is not all that tells. */
    fun choice(words: Words, chosen: Boolean, press: () -> Unit): TextView {
        val tick = if (chosen) Words("✓ ${words.zh}", "✓ ${words.en}") else words
        return button(tick, if (chosen) Weight.MAIN else Weight.PLAIN, press).apply { isSelected = chosen }
    }
}
