/* Words of the page on which the phones of a crew keep each other's forms. */
package cn.lastmile.officer.words

import cn.lastmile.shim.words.Words

/** Beside [Said]: one page's words. */
object CrewSaid {
    val title = Words("两机互备", "crew's phones")
    val how = Words(
        "两台手机连同一热点(一台开热点,另一台连上),各自打开互备。此后记录和没填完的草稿都会在另一台备份,一台没电,另一台接着填。",
        "Put both phones on one hotspot and switch this on. Records and half-written forms are then kept on both: " +
            "when one phone dies, the other goes on.",
    )
    val photosStay = Words(
        "照片不随草稿备份,只留在拍摄的手机上。请用法院手机自己的热点,设好密码。",
        "Photos do not travel with a draft: they stay on the phone that took them. Use a court phone's own hotspot, with a password.",
    )
    val on = Words("开始互备", "keep each other's forms")
    val off = Words("停止互备", "stop")
    val looking = Words("正在找同组手机。找不到时,在对方手机上填本机地址:", "Looking for the other phone. If it is not found, type this address there:")
    val another = Words("还要加一台,就在那台手机上填本机地址:", "For another phone, type this address there:")
    val noNetwork = Words("本机没有连热点,也没有开热点。", "This phone is on no hotspot and offers none.")
    val address = Words("对方地址(如192.168.43.1:48110)", "the other's address (as 192.168.43.1:48110)")
    val connect = Words("连接", "connect")
    val unsent = Words("本机有新填的内容,停止输入几秒后自动备份", "something new here: it goes when the typing pauses")
    val linked = Words("互备情况", "how it stands")
    val forms = Words("同事手机上的草稿", "unfinished on a colleague's phone")
    val noForms = Words("同事手机上没有草稿,或者还没有互备过", "nothing unfinished there, or the phones have not met yet")
    val takeOver = Words("在本机接着填", "go on here")
    val takenOver = Words("本机已接着填", "already gone on with here")
    val taken = Words("已转到本机,填完存入记录后由您作为记录人", "It is on this phone now: once recorded, it is your record.")
    val takenPhotoStays = Words(
        "已转到本机。照片没有带过来,请重拍;原照片只在同事手机上,由同事补入记录。",
        "It is on this phone now, without its photo: take another. The first one is on the colleague's phone only.",
    )
    val changedSince = Words(
        "本机接着填过这张草稿,同事后来又改了。先核对清单,不要重复存入。",
        "This phone has gone on with it, and the colleague changed it since: look at the list first.",
    )

    /** Of an own draft. */
    val onlyHere = Words("只在本机", "on this phone only")
    fun alsoOn(name: String, at: String) = Words("${at}已备份到${name}的手机", "also on $name's phone, as of $at")
    fun olderOn(name: String, at: String) = Words("${name}的手机存的是${at}以前的内容", "$name's phone has an earlier state, of $at")
    fun goneOnAt(name: String) = Words(
        "${name}已在其手机上接着填这张草稿,可能已存入记录。先核对清单,不要重复存入。",
        "$name has gone on with this on another phone, and may have recorded it: look at the list first.",
    )
    val unreadable = Words("本机打不开这张草稿:应用版本不同,或记录还没有到本机", "Not to be opened here: another version of the app, or its record has not come yet")

    val isOff = Words("没有打开。两台手机互备后,一台没电另一台接着填。", "Off. When on, one phone goes on where the other dies.")
    val nobody = Words("已打开,还没有找到同组手机", "on; no other phone found yet")
    val connecting = Words("正在连接对方手机…", "connecting to the other phone…")

    /** [link], and [count] forms of colleagues. */
    fun unfinished(link: Words, count: Int) =
        Words("${link.zh}。同事手机上有${count}张草稿", "${link.en}. $count unfinished on a colleague's phone")

    /** [count] changes of the case came since. */
    fun since(count: UInt) = Words(
        "此后本案又存入${count}项,可能已经包含这张草稿。先核对清单,再接着填。",
        "$count more were recorded in this case since: this draft may be among them. Look at the list first.",
    )

    /** Whose phone, when it was typed there, when it came here. */
    fun from(name: String, saved: String, met: String) =
        Words("${name}的手机 · 填到$saved · ${met}备份到本机", "$name's phone · written until $saved · here since $met")

    /** A phone that was met. */
    fun met(name: String, at: String, drafts: UInt?) = when (drafts) {
        null -> Words("$name · ${at}互备过记录,对方没有回复是否备份了草稿", "$name · records at $at; it did not say whether it keeps forms")
        0u -> Words("$name · ${at}互备过,对方没有本机的草稿", "$name · at $at; it keeps no draft of this phone")
        else -> Words("$name · ${at}互备过,对方存有本机${drafts}张草稿", "$name · at $at; it keeps $drafts unfinished of this phone")
    }
}
