/* Reading aloud with the phone's own voice, where it has one. */
package cn.lastmile.officer.host

import android.content.Context
import android.speech.tts.TextToSpeech
import java.util.Locale

/** The engine is started at the first reading; lines asked for before it is ready are read when it is. */
internal class Voice(private val context: Context) {
    private var engine: TextToSpeech? = null
    private var ready = false
    private var waiting = listOf<String>()

    /** Reads [lines], in Chinese: that is what papers are written in. False when this phone has no voice. */
    fun read(lines: List<String>): Boolean {
        val now = engine ?: begin()
        if (now.engines.isEmpty()) return false
        if (ready) speak(now, lines) else waiting = lines
        return true
    }

    private fun begin() = TextToSpeech(context) { status ->
        ready = status == TextToSpeech.SUCCESS
        engine?.let { if (ready) speak(it, waiting) }
    }.also { engine = it }

    private fun speak(now: TextToSpeech, lines: List<String>) {
        now.language = Locale.SIMPLIFIED_CHINESE
        lines.forEachIndexed { at, line ->
            val queue = if (at == 0) TextToSpeech.QUEUE_FLUSH else TextToSpeech.QUEUE_ADD
            now.speak(line, queue, null, "line$at")
        }
    }

    /** Lets the engine go. */
    fun close() {
        engine?.shutdown()
        engine = null
    }
}
