/* The app's own words, zh-CN first, as an officer would say them. Words of state are shim-core's, never repeated. */
package cn.lastmile.officer.words

import cn.lastmile.shim.words.Words

/** One table for all screens. */
object Said {
    val today = Words("今日", "today")
    val leave = Words("出发检查", "leave check")
    val list = Words("清单", "list")
    val newLine = Words("添加一项", "add a line")
    val help = Words("求助", "HELP")
    val back = Words("返回", "back")
    val ready = Words("可以出发", "ready to leave")
    val route = Words("按路线", "in route order")
    val goFirst = Words("先去这里", "go here first")
    val attention = Words("需要处理", "needs attention")
    val nothingWaits = Words("没有需要处理的内容", "nothing needs attention")
    val noCases = Words(
        "今天还没有案件包。联系法院一次后,案件会出现在这里。",
        "No case packs yet. After one contact with the court the cases appear here.",
    )
    val drafts = Words("未完成的草稿", "unfinished drafts")
    val beginAct = Words("新建清单、笔录", "begin a record")
    val noActs = Words(
        "本案还没有清单和笔录。到现场后按“新建清单、笔录”。",
        "Nothing is begun in this case yet. On the spot, press “begin a record”.",
    )
    val notFinalised = Words("本案未定稿的", "not finalised in this case")
    val mayBeginNothing = Words("您的身份不能新建清单、笔录。", "In your role nothing can be begun.")
    val begun = Words("已新建", "begun")
    val drop = Words("删除草稿", "throw the draft away")
    val dropped = Words("草稿已删除,没有新建", "the draft is gone, nothing was begun")
    val allow = Words("允许定位和短信", "allow location and messages")
    val contact = Words("联系法院", "contact the court")
    val open = Words("查看", "open")
    val missing = Words("还缺什么", "what is missing")
    val begin = Words("继续填写", "go on writing")

    val done = Words("已完成", "done")
    val lacking = Words("还缺", "missing")
    val notYet = Words("未办", "not yet")
    val spared = Words("不适用", "does not apply")
    val setAside = Words("说明理由后继续", "go on, with a reason")
    val asideStays = Words(
        "理由与姓名、时间一并写入记录,不能删除;所缺事项仍会显示。",
        "The reason goes into the record with name and time and cannot be deleted; what is missing stays in sight.",
    )
    val nothingToSetAside = Words("此项已补齐,无需说明。", "This is not missing any more.")
    val asideKept = Words("理由已写入记录", "the reason is in the record")
    val showCards = Words("现在出示证件和裁定书", "cards and ruling shown now")
    val finalise = Words("定稿", "finalise")
    val seal = Words("用指纹或人脸确认定稿", "confirm with fingerprint or face")
    val cannotYet = Words("还不能定稿", "cannot be finalised yet")
    val bindsForGood = Words(
        "定稿后内容不能再改,只能另作补正笔录。需要您的指纹或人脸。",
        "After this nothing can be changed, only corrected in a record of its own. Your fingerprint or face is needed.",
    )
    val bound = Words("已定稿,内容不能再改;有误请另作补正笔录。", "Finalised. Nothing can be changed; a mistake gets a correction.")
    val unsealed = Words(
        "定稿已存本机,还没有用指纹或人脸确认,法院收不到。",
        "Finalised on this phone and not confirmed by fingerprint or face: the court does not get it.",
    )
    val finalisedNow = Words("已定稿,已存本机", "finalised, on this phone")
    val notHandler = Words("只有本案承办人可以定稿。", "Only the officer who handles the case may finalise.")
    val noFinger = Words(
        "本机没有定稿用的密钥,请用登记了指纹或人脸的手机定稿。",
        "This phone has no key that finalises: use one that is registered with fingerprint or face.",
    )
    val sign = Words("签名模式", "signing mode")

    val keepEntry = Words("存入记录", "keep in the record")
    val entryKept = Words("已存入记录", "kept in the record")
    val now = Words("现在", "now")
    val openOnSite = Words("打开执行笔录", "open the on-site record")
    val basics = Words("基本情况", "the basics")

    val photo = Words("拍照", "photograph")
    val again = Words("重拍", "photograph again")
    val hasPhoto = Words("照片已存本机", "photo on this phone")
    val noPhoto = Words("还没有照片", "no photo yet")
    val name = Words("名称", "name")
    val measure = Words("措施", "measure")
    val custodian = Words("保管人", "custodian")
    val quantity = Words("数量", "quantity")
    val estimate = Words("现场估值(元)", "field estimate (yuan)")
    val lineWithoutPhoto = Words("已存入清单,照片未保存,请补拍", "In the list; its photo was not kept: take another")
    val addLine = Words("存为一项", "save the line")
    val close = Words("填好了", "done with the number")
    val clear = Words("清空", "clear")
    val draftHere = Words("草稿已存本机", "draft kept on this phone")
    val emptyList = Words("还没有财产。拍照即可添加第一项。", "No property yet. A photo adds the first line.")
    val struck = Words("已划去", "struck")
    val value = Words("估值", "estimate")

    val reason = Words("理由(必填)", "reason (required)")
    val needReason = Words("请先填写理由", "write the reason first")
    val other = Words("另填的值", "the other value")
    val settle = Words("确定", "settle")
    val neither = Words("两个值都保留,待确定。", "Both values stand, to be settled.")

    val readAloud = Words("朗读", "read aloud")
    val noVoice = Words("本机没有朗读功能,请当面宣读。", "This phone cannot read aloud: read it out yourself.")
    val readTo = Words("已阅读全文", "read to the end")
    val onlyThis = Words("签名模式:只显示这份文书", "signing mode: this document only")
    val leaveMode = Words("办案人员退出", "officer: leave")
    val pin = Words("办案人员口令", "officer's PIN")
    val signHere = Words("请在框内签名", "sign inside the frame")
    val refuse = Words("拒绝签名", "refuses to sign")
    val signer = Words("签名人姓名", "name of who signs")
    val witness = Words("见证人姓名", "name of the witness")
    val print = Words("捺指印", "finger print")
    val howToPrint = Words(
        "不能书写的,请在纸上捺指印(一般为右手食指)并拍照;见证人须在场看见。",
        "Who cannot write makes a fingerprint on paper, usually of the right index finger, before a witness: photograph it.",
    )
    val shootPrint = Words("拍摄指印", "photograph it")
    val noPrintYet = Words("还没有拍摄指印", "not photographed yet")
    val hasPrint = Words("指印照片已存本机", "photo of the print on this phone")
    val keepPrint = Words("确认捺印", "keep the fingerprint")
    val printFirst = Words("请先拍摄指印", "photograph the print first")
    val witnessFirst = Words("请填写见证人姓名", "write the name of the witness")
    val noPrintCame = Words("没有拍到指印,请重拍。", "No photo came back: take it again.")
    val printed = Words("已记录指印和见证人,已存本机", "print and witness are kept on this phone")
    val cameraLocked = Words(
        "本机锁定在签名模式,管理员没有允许同时使用相机,不能拍摄指印。请联系管理员。",
        "The phone is locked for signing, and its administrator has not allowed the camera with it: ask the administrator.",
    )
    val keep = Words("确认签名", "keep the signature")
    val signed = Words("已记录签名,已存本机", "the signature is kept on this phone")
    val refused = Words("已记录拒签及理由", "the refusal is kept with its reason")
    val wipeOff = Words("擦除重写", "wipe off")

    val notHappened = Words("尚未", "not yet")
    val willSend = Words("将要发送", "what will be sent")
    val hold = Words("按住\n发送", "hold\nto send")
    val notSent = Words("还没有发送", "nothing was sent")
    val who = Words("求助人", "who")
    val where = Words("地点", "where")
    val position = Words("位置", "position")
    val callback = Words("回拨电话", "call-back number")
    val what = Words("情况", "what happens")
    val readToThem = Words("电话接通后照读:", "read this to them:")
    val dial = Words("拨打110", "call 110")

    val noCamera = Words(
        "相机未获允许或已被停用,不能拍照;文字、数字仍可填写并保存。",
        "The camera is not allowed or switched off: no photos. Words and numbers can still be written and saved.",
    )
    val noCameraApp = Words(
        "本机没有相机应用,不能拍照;文字、数字仍可填写并保存。",
        "There is no camera app: no photos. Words and numbers can still be written and saved.",
    )
    val cameraGaveNothing = Words(
        "没有拍到照片,请重拍;也可先填写,稍后补拍。",
        "No photo came back: take it again, or write first and photograph later.",
    )
    val noSms = Words(
        "未授予短信权限:没有网络时不会自动发短信,请直接拨打110。",
        "Text messages are not allowed: without a network none goes by itself, so call 110.",
    )
    val noPlace = Words(
        "未授予定位权限:求助只带地点文字。请写清地点。",
        "Location is not allowed: only the words of the place go. Write them well.",
    )
    val lowMemory = Words(
        "手机内存不足,图片已暂时收起,内容都在。",
        "The phone is short of memory: pictures are put away, everything is kept.",
    )
    val noDial = Words("本机不能拨号,请用其他电话拨打110。", "This phone cannot dial: call 110 from another.")
    val textTo = Words(
        "请填写收件人:派出所值班手机;不知道号码的,发给本院执行指挥中心,并拨打110。",
        "Write to whom: the station's duty mobile, or else the court's command centre; and call 110.",
    )
    val noSmsApp = Words("本机没有短信应用,请拨打110。", "There is no app for text messages: call 110.")
    val holdIt = Words("请按住按钮发送;松手即取消。", "Hold the button to send; let go and nothing is sent.")
    val lineSaved = Words("已存为一项", "the line is saved")
    val shownNow = Words("已记录出示时间", "the time is noted")
    val chooseFirst = Words("请先选择一项", "choose one first")
    val drawFirst = Words("还没有签名,请在框内书写", "nothing is drawn yet: sign inside the frame")
    val nameFirst = Words("请填写签名人姓名", "write the name of who signs")
    val nameLine = Words("请填写名称", "write the name")
    val settled = Words("已写入决定及理由", "the decision and its reason are written")
    val opening = Words("正在打开本机数据", "opening this phone's data")
    val tryAgain = Words("再试一次", "try again")
    val enrol = Words("登记本机", "register this phone")
    val code = Words("登记码(管理员发的登记单)", "the code on the administrator's slip")
    val enrolLine = Words(
        "本机还没有登记。请输入登记码,需要网络。",
        "This phone is not registered. Type the code; a network is needed.",
    )
    val enrolAnew = Words("重新登记本机", "register this phone anew")
    val anewLine = Words(
        "登记成功前,本机原来的登记和密钥照常可用;本机的记录不受影响。需要网络。",
        "Until it succeeds this phone works as before; its records stay as they are. A network is needed.",
    )
    val enrolled = Words("本机已重新登记", "this phone is registered anew")
    fun enrolledButWaits(count: Int) = Words(
        "本机已重新登记。还有${count}项待签名,须用原密钥:请到今日页按指纹或人脸确认。",
        "Registered anew. $count still wait for a signature, with the keys of before: confirm on the day's page.",
    )
    fun waitsForFormer(count: Int) = Words(
        "还有${count}项待签名(含重新登记前的),请按指纹或人脸确认",
        "$count wait for a signature, some with the keys of before: confirm with fingerprint or face",
    )
    val sealFormer = Words("用原密钥确认重新登记前的定稿", "confirm with the keys of before")
    val sealedFormer = Words("已用原密钥签名", "signed with the keys of before")
    val printerTried = Words("今天已试打印", "printed a test page today")
    val unlock = Words("输入口令", "PIN")
    val choosePin = Words("设置口令", "choose a PIN")
    val newPin = Words("口令(6至12位数字)", "PIN, 6 to 12 digits")
    val clockMoved = Words(
        "手机时间被改动过。记录照常保存,时间以可证明区间为准。",
        "The phone's clock was changed. Records are kept as ever; the proven interval counts.",
    )
}
