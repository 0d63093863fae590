/*
 * Texts for people, in both languages, zh-CN first. They stand in Kotlin tables and not in Android's
 * resources, so that tests can hold them without building resources and a word is never missing in one
 * language. Codes for programs stand beside them and never change.
 */
package cn.lastmile.shim.words

import java.util.Locale

/** One text in both languages; [zh] is what an officer would say. */
data class Words(val zh: String, val en: String) {
    init {
        require(zh.isNotBlank() && en.isNotBlank()) { "a text is missing in one language" }
    }

    /** In the language of [locale]: Chinese of any kind gets [zh], everybody else [en]. */
    fun of(locale: Locale): String = if (locale.language == "zh") zh else en
}

/**
 * Something went wrong that a program may act on and a person may be told of. [code] is stable; [words]
 * say what to do and never hold names, numbers or positions.
 */
interface Trouble {
    /** Stable code, lower case with underscores. */
    val code: String

    /** For the person. */
    val words: Words
}
