/*
 * The colours: calm navy and white, one red, one amber, and the same at night. Every text has at least 7:1 against
 * what it stands on, for reading in the sun; a test computes it.
 */
package cn.lastmile.officer.look

/** Colours as ARGB. [red] means "a person must act now" and nothing else. */
class Palette(
    val ground: Int,
    val card: Int,
    val edge: Int,
    val ink: Int,
    val quiet: Int,
    val button: Int,
    val onButton: Int,
    val red: Int,
    val onRed: Int,
    val redInk: Int,
    val greenInk: Int,
    val amber: Int,
    val onAmber: Int,
)

/** By day. */
val day = Palette(
    ground = 0xFFFFFFFF.toInt(), card = 0xFFF1F4F9.toInt(), edge = 0xFF7C8AA0.toInt(),
    ink = 0xFF0B1F3A.toInt(), quiet = 0xFF243550.toInt(),
    button = 0xFF0B2A55.toInt(), onButton = 0xFFFFFFFF.toInt(),
    red = 0xFFA3000F.toInt(), onRed = 0xFFFFFFFF.toInt(), redInk = 0xFF8C000D.toInt(),
    greenInk = 0xFF0A4A1F.toInt(), amber = 0xFFFFE3A3.toInt(), onAmber = 0xFF3D2700.toInt(),
)

/** For night duty. */
val night = Palette(
    ground = 0xFF0A0F17.toInt(), card = 0xFF172130.toInt(), edge = 0xFF6D7F99.toInt(),
    ink = 0xFFF2F5FA.toInt(), quiet = 0xFFCBD5E3.toInt(),
    button = 0xFFC6D7F5.toInt(), onButton = 0xFF0B1F3A.toInt(),
    red = 0xFFA3000F.toInt(), onRed = 0xFFFFFFFF.toInt(), redInk = 0xFFFFB9B3.toInt(),
    greenInk = 0xFF9BE3AE.toInt(), amber = 0xFF4A3300.toInt(), onAmber = 0xFFFFE3A3.toInt(),
)
