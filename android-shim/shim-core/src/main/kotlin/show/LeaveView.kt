/* 出发检查, the check before leaving: one line per thing, green or red, and every red line says what to do. */
package cn.lastmile.shim.show

import cn.lastmile.core.LeaveCheck
import cn.lastmile.shim.words.Words

/**
 * What the device says of itself; null for what it does not say, which is red: nobody leaves on a guess. [printerTriedMs]
 * is when the officer last said to have printed a test page, by the phone; it counts on that day, where the device
 * says nothing of its printer.
 */
data class DeviceFacts(
    val freeBytes: Long?,
    val batteryPercent: Int?,
    val charging: Boolean,
    val printerReady: Boolean?,
    val printerTriedMs: Long? = null,
)

/**
 * From where on a line is red. Ages in milliseconds. [skewMs] is also how far ahead of the phone a time it wrote down
 * itself may lie: clocks are corrected by seconds. [chargingPercent] is enough while it charges: the charger is pulled
 * out at the door, and Android begins to save power, and with it position and contacts, at 20 % or below.
 */
data class LeavePolicy(
    val packAgeMs: Long = 24 * HOUR_MS,
    val contactAgeMs: Long = 12 * HOUR_MS,
    val skewMs: Long = 120_000,
    val seals: UInt = 10u,
    val freeBytes: Long = 2_000_000_000,
    val batteryPercent: Int = 60,
    val chargingPercent: Int = 30,
)

/** One line: [code] is stable; [todo] only on a red one. */
data class LeaveLine(val code: String, val green: Boolean, val words: Words, val todo: Words? = null)

/** The page. [ready] when every line is green; leaving is the person's decision in any case. */
data class LeaveView(val lines: List<LeaveLine>) {
    val ready: Boolean get() = lines.all { it.green }
    val red: Int get() = lines.count { !it.green }
}

private const val HOUR_MS = 3_600_000L
private val refresh = Words("请在有网络处联系一次法院", "contact the court once where there is a network")
private val setClock = Words(
    "手机时间被改动过:请打开“自动确定日期和时间”,再联系一次法院",
    "the clock was moved: switch on automatic date and time, then contact the court once",
)

/** The page at [nowMs]. */
fun leaveView(
    check: LeaveCheck,
    device: DeviceFacts,
    nowMs: Long,
    policy: LeavePolicy = LeavePolicy(),
): LeaveView = LeaveView(
    packs(check, nowMs, policy) + seals(check, policy) + listOf(
        telephones(check), clock(check, policy), contact(check, nowMs, policy), backlog(check), finalising(check),
        storage(device, policy), battery(device, policy), printer(device, nowMs, policy),
    ),
)

private fun line(code: String, green: Boolean, words: Words, todo: Words) =
    LeaveLine(code, green, words, todo.takeUnless { green })

private fun packs(check: LeaveCheck, nowMs: Long, policy: LeavePolicy): List<LeaveLine> {
    if (check.packs.none { it.kind == "case" }) {
        return listOf(line("no_cases", false, Words("本机没有案件包", "no case pack on this phone"), refresh))
    }
    return check.packs.map { pack ->
        val name = packName(pack.kind, pack.id)
        if (pack.madeAtMs <= 0) {
            val bad = Words("${name.zh} 校验未通过", "${name.en} does not verify")
            return@map line("pack_${pack.kind}", false, bad, refresh)
        }
        val at = momentOf(pack.receivedMs, nowMs)
        val words = Words("${name.zh} 第${pack.version}版,${at}领取", "${name.en} version ${pack.version}, received $at")
        if (ahead(pack.receivedMs, nowMs, policy)) {
            val odd = Words("${words.zh}(晚于手机时间)", "${words.en} (later than the clock)")
            return@map line("pack_${pack.kind}", false, odd, setClock)
        }
        // Only a case changes from day to day; the rest is in force until the court says otherwise.
        val fresh = pack.kind != "case" || nowMs - pack.receivedMs <= policy.packAgeMs || heardSince(check, nowMs, policy)
        line("pack_${pack.kind}", fresh, words, refresh)
    }
}

/** A contact since then would have brought a newer version, had there been one. */
private fun heardSince(check: LeaveCheck, nowMs: Long, policy: LeavePolicy) =
    check.lastContactMs?.let { !ahead(it, nowMs, policy) && nowMs - it <= policy.packAgeMs } ?: false

/** [ms] lies in the future: the clock was moved since, and how long ago it was is not known. */
private fun ahead(ms: Long, nowMs: Long, policy: LeavePolicy) = ms - nowMs > policy.skewMs

private fun packName(kind: String, id: String): Words = when (kind) {
    "case" -> Words("案件包 $id", "case pack $id")
    "court" -> Words("本院信息", "court")
    "roster" -> Words("人员名册", "roster")
    "station" -> Words("派出所值班信息", "police stations")
    "grid" -> Words("网格资料", "grids")
    "rules" -> Words("规则包", "rules")
    else -> Words("资料包 $kind", "pack $kind")
}

private fun seals(check: LeaveCheck, policy: LeavePolicy): List<LeaveLine> = check.seals.map { block ->
    val words = Words(
        "封条 ${block.caseNo}:余${block.left}张" + (block.next?.let { ",下一张$it" } ?: ""),
        "seal strips ${block.caseNo}: ${block.left} left" + (block.next?.let { ", next $it" } ?: ""),
    )
    line("seals", block.left >= policy.seals, words, Words("请领取新的封条号段", "get another block of strips"))
}

private fun telephones(check: LeaveCheck): LeaveLine {
    val count = check.dutyPhones.size
    val words = Words("值班电话${count}个", "$count duty telephones")
    return line("duty_phones", count > 0, words, Words("请向指挥中心索取值班电话", "ask the command centre for the duty telephones"))
}

private fun clock(check: LeaveCheck, policy: LeavePolicy): LeaveLine {
    val skew = check.skewMs ?: return line("clock", false, Words("手机时间未核对", "the clock was never compared"), refresh)
    val seconds = kotlin.math.abs(skew) / 1_000
    val amount = if (seconds < 120) Words("${seconds}秒", "$seconds s") else Words("${seconds / 60}分钟", "${seconds / 60} min")
    val words = when {
        seconds == 0L -> Words("手机时间准确", "the clock is right")
        skew > 0 -> Words("手机时间快${amount.zh}", "the clock is ${amount.en} fast")
        else -> Words("手机时间慢${amount.zh}", "the clock is ${amount.en} slow")
    }
    val todo = Words("请打开“自动确定日期和时间”", "switch on automatic date and time")
    return line("clock", kotlin.math.abs(skew) <= policy.skewMs, words, todo)
}

private fun contact(check: LeaveCheck, nowMs: Long, policy: LeavePolicy): LeaveLine {
    val last = check.lastContactMs ?: return line("contact", false, Words("尚未联系过法院", "never contacted the court"), refresh)
    val at = momentOf(last, nowMs)
    if (ahead(last, nowMs, policy)) {
        val odd = Words("最近联系法院:$at(晚于手机时间)", "last contact: $at (later than the clock)")
        return line("contact", false, odd, setClock)
    }
    return line("contact", nowMs - last <= policy.contactAgeMs, Words("最近联系法院:$at", "last contact: $at"), refresh)
}

private fun backlog(check: LeaveCheck): LeaveLine {
    val waits = check.backlog
    val words = when {
        waits.tray > 0uL -> Words("待处理${waits.tray}项", "${waits.tray} need attention")
        waits.unsigned > 0uL -> Words("待签名${waits.unsigned}项", "${waits.unsigned} wait for a signature")
        waits.pending > 0uL -> Words("已存本机${waits.pending}项,尚未到法院", "${waits.pending} on this phone, not with the court")
        else -> Words("本机没有待送内容", "nothing waits on this phone")
    }
    val green = waits.tray == 0uL && waits.unsigned == 0uL && waits.pending == 0uL
    val todo = if (waits.tray > 0uL) Words("请先查看待处理内容", "look at what needs attention first") else refresh
    return line("backlog", green, words, todo)
}

private fun finalising(check: LeaveCheck): LeaveLine {
    val words = if (check.mayFinalise) Words("定稿密钥可用", "the finalising key is there") else Words("没有定稿密钥", "no finalising key")
    return line("finalising", check.mayFinalise, words, Words("请在管理员处登记定稿密钥,否则现场不能定稿", "have the key enrolled, or nothing can be finalised on the spot"))
}

private fun storage(device: DeviceFacts, policy: LeavePolicy): LeaveLine {
    val free = device.freeBytes
    val words = if (free == null) Words("剩余空间未知", "free storage unknown")
    else Words("剩余空间${free / 1_000_000_000}GB", "${free / 1_000_000_000} GB free")
    return line("storage", free != null && free >= policy.freeBytes, words, Words("请清理手机存储空间", "free some storage"))
}

private fun battery(device: DeviceFacts, policy: LeavePolicy): LeaveLine {
    val percent = device.batteryPercent ?: return line("battery", false, Words("电量未知", "battery unknown"), charge)
    val words = if (device.charging) Words("电量${percent}%,充电中", "battery $percent %, charging")
    else Words("电量${percent}%", "battery $percent %")
    val enough = if (device.charging) policy.chargingPercent else policy.batteryPercent
    val todo = if (!device.charging) charge
    else Words("请充到${enough}%以上,并带充电宝", "charge it to $enough % or more, and take a power bank")
    return line("battery", percent >= enough, words, todo)
}

private val charge = Words("请充电或带充电宝", "charge it, or take a power bank")

private fun printer(device: DeviceFacts, nowMs: Long, policy: LeavePolicy): LeaveLine {
    val tried = device.printerTriedMs?.takeIf { dayOf(it).take(10) == dayOf(nowMs).take(10) && !ahead(it, nowMs, policy) }
    val words = when {
        device.printerReady == true -> Words("打印机已连接", "the printer is connected")
        device.printerReady == false -> Words("打印机未连接", "the printer is not connected")
        tried != null -> clockOf(tried).let { Words("打印机今天${it}已试打印", "the printer was tried today at $it") }
        else -> Words("打印机今天还没有试打印", "the printer was not tried today")
    }
    val todo = if (device.printerReady == false) Words("请连接打印机,或带空白文书", "connect it, or take blank forms")
    else Words("请试打印一页;打不出的,带空白文书", "print a test page; where it does not print, take blank forms")
    return line("printer", device.printerReady ?: (tried != null), words, todo)
}
