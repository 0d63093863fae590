// Words of the frame around every page: header, link, stale banner, errors of the way to the
// server.

export const SHELL = {
  product: ["最后一公里 · 值班台", "Lastmile · duty desk"],
  switch_language: ["English", "中文"],
  switch_language_to: ["切换为英文 English", "Switch to Chinese 中文"],
  theme: ["界面明暗", "Light or dark"],
  theme_auto: ["明暗：随系统", "Theme: system"],
  theme_light: ["明暗：日间", "Theme: day"],
  theme_dark: ["明暗：夜间", "Theme: night"],
  on_duty: ["{place} · 值班 {name}", "{place} · on duty: {name}"],
  command_centre: ["执行指挥中心", "Command centre"],
  sign_out: ["退出", "Sign out"],
  sign_out_sure: ["仍要退出", "Sign out anyway"],
  sign_out_holding: [
    "您手上还有 {n} 件未结，退出前应由接班人员逐件接班。退出后若无人值守，新的求助会立即升级。",
    "You still hold {n} open. The next shift should take each of them over first. With nobody signed in, new requests escalate at once.",
  ],
  no_desk_title: ["本账号没有值班岗位", "This account has no duty desk"],
  no_desk: [
    "控制台供派出所值班员、执行指挥中心、院长和管理员使用。如需开通，请联系法院管理员。",
    "The console is for station dispatchers, the command centre, the president and administrators. To be given a desk, ask the court's administrator.",
  ],
  skip: ["跳到正文", "Skip to the content"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],

  link_live: ["连接正常 · 上次心跳 {n} 秒前", "Connected · last heartbeat {n} s ago"],
  link_connecting: ["正在连接…", "Connecting…"],
  link_lost: ["连接已断开", "Disconnected"],
  stale: ["数据截至 {time}，连接已断开", "As of {time}, disconnected"],
  stale_never: ["尚未取得任何数据，连接已断开", "Nothing received yet, disconnected"],
  stale_retrying: ["正在自动重连…", "Reconnecting…"],
  stale_advice: [
    "断开期间的新求助不会显示在这里，请留意值班电话。",
    "New requests do not appear here meanwhile: mind the duty telephone.",
  ],
  stale_no_action: [
    "连接已断开，暂不能操作；紧急情况请打电话。",
    "Disconnected: nothing can be done here now. If it is urgent, telephone.",
  ],

  not_reached: [
    "没有送达服务器，请重试；已填写的内容仍在。",
    "The server was not reached; try again. What you typed is still here.",
  ],
  no_answer: [
    "服务器没有及时答复，可能已受理。已填写的内容仍在；重试不会重复录入。",
    "The server did not answer in time and may have taken it. What you typed is still here; trying again enters nothing twice.",
  ],
  bad_answer: ["服务器的答复无法读取（{status}）", "The server's answer cannot be read ({status})"],

  muted: [
    "浏览器没有允许发声，警报听不见！",
    "The browser lets no sound out: you cannot hear the alarm!",
  ],
  no_audio: [
    "本机没有可用的声音输出，警报听不见！",
    "This computer has no sound output: you cannot hear the alarm!",
  ],
  unmute: ["点击开启声音", "Click to turn the sound on"],
  test_sound: ["试听警报声", "Test the alarm sound"],
  alarm_test_due: ["今日试警还没做。", "Today's test of the alarm is due."],
  alarm_test_unheard: [
    "今日试警没有听到：请检查音箱和音量，修好前请守住电话。",
    "Today's test was not heard: check loudspeaker and volume, and stay by the telephone until it is.",
  ],
  alarm_test_now: ["现在试警", "Test it now"],
  alarm_test_question: ["听到警报声了吗？", "Did you hear the alarm?"],
  alarm_test_yes: ["听到了", "Heard"],
  alarm_test_no: ["没听到", "Not heard"],
  alarm_tests_due: ["今日未试警：{stations}", "Alarm not tested today: {stations}"],
  alarm_tests_unheard: [
    "试警没有听到：{stations}。有求助请直接打电话。",
    "Alarm not heard in today's test: {stations}. Call them about requests.",
  ],
  sounding: ["正在试听…", "Sounding…"],
  was_hidden: [
    "本页刚才在后台 {time}，看不到警报。值班时请保持本页在最前。",
    "This page was in the background for {time}, where no alarm is seen. Keep it in front while on duty.",
  ],
  hidden_title: ["后台", "in background"],
  understood: ["知道了", "Understood"],
} as const;
