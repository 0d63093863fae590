// Words of what may be a call for help although nobody pressed the button: texts that no machine
// carried out, with one sentence for each verdict of the court's server, and promises of crews. A test
// holds the verdicts against the codes of the server and the core.

export const CALLS = {
  texts_title: ["短信", "Text messages"],
  texts_lead: [
    "机器没有办理的短信，其中可能有求助。请逐条看过，必要时回拨核实。",
    "Texts that no machine carried out; any of them may be a call for help. Read each, call back where in doubt.",
  ],
  texts_none: ["没有待人工查看的短信", "No text has to be looked at"],
  texts_none_why: [
    "发到法院号码而机器没有办理的短信，最近一周的列在这里；求助短信由系统直接受理，不在此列。",
    "Texts of the last week that came to the court's number and were not carried out appear here. A request by text is taken at once and stands among the requests.",
  ],
  texts_waiting: ["有 {n} 条短信待人工查看", "{n} texts to be looked at"],
  texts_not_read: ["短信没有读到，点此查看", "The texts could not be read: open"],
  texts_seen: ["标为已看 ({n})", "Mark as looked at ({n})"],
  texts_seen_done: ["已标为已看", "Marked as looked at"],
  texts_panel: ["待人工查看的短信", "Texts to be looked at"],
  texts_close: ["收起", "Close"],
  text_new: ["待看", "new"],
  text_times: ["共收到 {n} 次", "came {n} times"],
  undelivered_title: ["未能发出的短信", "Texts that could not be sent"],
  undelivered_lead: [
    "对方没有收到，请电话告知。",
    "Whoever was to get these did not: tell them by telephone.",
  ],
  undelivered_none: ["没有未能发出的短信", "Every text could be sent"],
  undelivered_none_why: [
    "短信网关报告发送失败的短信，最近一周的列在这里。",
    "Texts of the last week that the gateway reports as failed appear here.",
  ],
  number_tail: ["尾号 {tail}", "ends in {tail}"],
  number_show: ["显示号码", "Show number"],
  number_hide: ["隐藏号码", "Hide number"],
  number_of: ["{act}：{tail}", "{act}: {tail}"],
  col_text: ["内容", "Text"],
  col_from: ["发信号码", "From"],
  col_to: ["收信号码", "To"],
  col_times: ["次数", "Times"],

  verdict_sms_not_ours: [
    "不是系统发出的短信，可能是人手写的求助，请看内容并回拨核实。",
    "Not a message of the app: somebody may have written it by hand. Read it and call back.",
  ],
  verdict_sms_version: [
    "由新版应用发出，服务器读不出内容，请回拨核实。",
    "Written by a newer app than this server can read; call back.",
  ],
  verdict_sms_length: [
    "求助短信不完整或过长，读不出内容，请回拨核实。",
    "A message of the app, cut short or too long to be read; call back.",
  ],
  verdict_sms_alphabet: [
    "求助短信途中有字符被改动，读不出内容，请回拨核实。",
    "Characters of the message were changed on the way; call back.",
  ],
  verdict_sms_field: [
    "求助短信有一项内容超出范围，未予采用，请回拨核实。",
    "A part of the message lies outside its bounds; call back.",
  ],
  verdict_sms_certificate_unknown: [
    "本院还没有该手机的证书，一天内证书到达的自动办理；请先回拨核实。",
    "The court does not know the phone's certificate. If that comes within a day the text is carried out; call back meanwhile.",
  ],
  verdict_sms_not_entitled: [
    "签名人的角色不能发出这种短信，请回拨核实。",
    "Whoever signed it may not say this; call back.",
  ],
  verdict_sms_request_over: [
    "所说的求助已经结束，请核实现场是否仍需要帮助。",
    "Its request is over: find out whether help is still needed.",
  ],
  verdict_sms_not_of_crew: [
    "签名人不是该案经办人员，请回拨核实。",
    "Whoever signed it does not belong to the case; call back.",
  ],
  verdict_sms_no_request: [
    "所指的文书不是求助，请回拨核实。",
    "The record it names is no request; call back.",
  ],
  verdict_signature_mismatch: [
    "签名与内容不符，可能被改动或冒充，请回拨核实。",
    "The signature does not match: it may have been changed, or be somebody else's. Call back.",
  ],
  verdict_signature_form: [
    "签名无法读取，请回拨核实。",
    "The signature cannot be read; call back.",
  ],
  verdict_signature_range: ["签名无效，请回拨核实。", "The signature is not valid; call back."],
  verdict_signature_high_s: [
    "签名格式不被接受，请回拨核实。",
    "The signature's form is not accepted; call back.",
  ],
  verdict_unknown: ["未办理，原因：{code}", "not carried out, reason: {code}"],

  watches_title: ["报备", "Promises of crews"],
  watches_lead: [
    "进入没有信号的地方前报备：到约定时间没有消息，先提醒，过宽限时间自动求助。",
    "Left before a dead zone: whoever is not heard of by then is overdue, and after the grace help is called by itself.",
  ],
  watches_none: ["目前没有进行中的报备", "No crew has to be heard of now"],
  watches_none_why: [
    "执行小组进入没有信号的地方前在手机上报备，去向、人员、约定时间列在这里。",
    "When a crew leaves a promise before it goes where no network is, place, people and deadline appear here.",
  ],
  watches_over: ["已报平安、已了结 ({n})", "Checked in or settled ({n})"],
  watch_overdue: ["已过约定时间，尚无消息", "overdue, nothing heard"],
  watch_left: ["还剩 {time}", "{time} left"],
  watch_past: ["已超 {time}", "{time} past"],
  watch_calls_in: ["{time} 后自动求助", "help is called in {time}"],
  watch_calls_now: ["即将自动求助", "help is being called"],
  watch_request: ["查看求助", "Show the request"],
  watch_until: ["约定 {time}", "due {time}"],
  watch_raise_at: ["{time} 求助", "help at {time}"],
  col_crew: ["人员", "Crew"],
  col_going_to: ["去向", "Where"],
  col_deadline: ["约定时间", "Deadline"],
  col_heard: ["最近消息", "Last heard"],
  col_promised: ["报备", "Promised"],
} as const;
