/* Words of the page on which the phones of a crew keep each other's forms. */
package cn.lastmile.officer.words

import cn.lastmile.shim.words.Words

/** Beside [Said]: one page's words. */
object CrewSaid {
    val title = Words("同组手机互存", "crew's phones")
    val how = Words(
        "两台手机连同一热点(一台开热点,另一台连上),各自打开互存。此后记录和填了一半的表单会互存一份,一台没电,另一台接着填。",
        "Put both phones on one hotspot and switch this on. Records and half-written forms are then kept on both: " +
            "when one phone dies, the other goes on.",
    )
    val photosStay = Words(
        "照片不随表单走,留在拍摄的手机上,由它上传。",
        "Photos do not travel with a form: they stay on the phone that took them, which sends them.",
    )
    val on = Words("开始互存", "keep each other's forms")
    val off = Words("停止互存", "stop")
    val looking = Words("正在找同组手机。找不到时,在对方手机上填本机地址:", "Looking for the other phone. If it is not found, type this address there:")
    val another = Words("还要加一台,就在那台手机上填本机地址:", "For another phone, type this address there:")
    val noNetwork = Words("本机没有连热点,也没有开热点。", "This phone is on no hotspot and offers none.")
    val address = Words("对方地址(如192.168.43.1:48110)", "the other's address (as 192.168.43.1:48110)")
    val connect = Words("连接", "connect")
    val unsent = Words("本机有新填的内容,停笔后就存到对方手机", "something new here: it goes when the typing pauses")
    val linked = Words("互存情况", "how it stands")
    val forms = Words("同事手机上没填完的", "unfinished on a colleague's phone")
    val noForms = Words("同事手机上的表单都填完了,或者还没有互存过", "nothing unfinished there, or the phones have not met yet")
    val takeOver = Words("在本机接着填", "go on here")
    val takenOver = Words("本机已接着填", "already gone on with here")
    val taken = Words("已转到本机,填完存入记录后由您作为记录人", "It is on this phone now: once recorded, it is your record.")
    val takenPhotoStays = Words(
        "已转到本机。照片在同事手机上,请重拍一张,或等同事手机上传。",
        "It is on this phone now. Its photo is on the colleague's phone: take another, or wait until that one is sent.",
    )
    val unreadable = Words("对方用的是另一版本,本机打不开这张表单", "written by another version of the app: it cannot be opened here")

    val isOff = Words("没有打开。两台手机互存后,一台没电另一台接着填。", "Off. When on, one phone goes on where the other dies.")
    val nobody = Words("已打开,还没有找到同组手机", "on; no other phone found yet")
    val connecting = Words("正在连接对方手机…", "connecting to the other phone…")

    /** [link], and [count] forms of colleagues. */
    fun unfinished(link: Words, count: Int) =
        Words("${link.zh}。同事手机上有${count}张没填完的", "${link.en}. $count unfinished on a colleague's phone")

    /** [count] changes of that phone came since. */
    fun since(count: UInt) = Words(
        "对方此后又录入${count}项,可能已经包含这张表单。先核对清单,再接着填。",
        "That phone has recorded $count more since: this form may be among them. Look at the list first.",
    )

    /** Whose phone, when it was typed there, when it came here. */
    fun from(name: String, saved: String, met: String) =
        Words("${name}的手机 · 填到$saved · ${met}存到本机", "$name's phone · written until $saved · here since $met")

    /** A phone that was met. */
    fun met(name: String, at: String, drafts: UInt?) = when (drafts) {
        null -> Words("$name · ${at}互存过记录,对方没有回复是否存了表单", "$name · records at $at; it did not say whether it keeps forms")
        0u -> Words("$name · ${at}互存过,本机没有填了一半的表单", "$name · at $at; nothing half-written here")
        else -> Words("$name · ${at}互存过,对方存有本机${drafts}张没填完的表单", "$name · at $at; it keeps $drafts unfinished of this phone")
    }
}
