// Words of duty plans and of who could come.

export const UNITS = {
  duty: ["值班警力", "On duty"],
  duty_lead: [
    "写明本所当班的巡逻组和时间，派警时按远近推荐。结束早于开始的算到次日；已过去的时间算下一班。",
    "The units on duty at this station and their hours; the nearest is proposed when one is sent. An end before the beginning is on the next day; hours that are over are those of the next shift.",
  ],
  duty_none: ["尚未登记当班警力。", "Nobody is written down as on duty."],
  duty_unit_n: ["第{n}行 单位", "Line {n}: unit"],
  duty_unit_hint: ["如：巡逻一组", "e.g. patrol 1"],
  duty_from_n: ["第{n}行 开始", "Line {n}: from"],
  duty_until_n: ["第{n}行 结束", "Line {n}: until"],
  duty_remove: ["删去", "Remove"],
  duty_add: ["加一组", "Add a unit"],
  duty_save: ["保存", "Save"],
  duty_need_unit: ["请填写单位名称。", "Name the unit."],
  duty_need_times: ["请按 08:00 的样子填写起止时间。", "State both times like 08:00."],
  duty_other: ["他人刚保存的", "Saved by somebody else"],
  duty_other_lead: [
    "您填写的还在，尚未保存。请对照：需要的逐行加入，再按“保存”，以您填写的为准。",
    "What you typed is still here and not saved. Compare, add the lines you need, then save: yours will stand.",
  ],
  duty_other_none: ["一行也没有。", "No lines at all."],
  duty_other_known: ["您也有", "in yours"],
  duty_other_add: ["加入", "Add to mine"],
  duty_other_add_unit: ["加入{unit}", "Add {unit} to mine"],
  duty_twice: ["同一单位同一时间已登记。", "This unit is listed for that time already."],

  near_police: ["就近警力", "Units near it"],
  near_court: ["就近法院人员", "Our own people near it"],
  near_about: ["约{n}分钟", "about {n} min"],
  near_line: ["直线{far}", "{far} in a line"],
  near_m: ["{n}米", "{n} m"],
  near_km: ["{n}公里", "{n} km"],
  near_alike: ["远近相近", "about as near"],
  near_some_alike: [
    "标“远近相近”的，相差小于定位误差，不分先后。",
    "Those marked as about as near differ by less than their fixes are good for: in no order.",
  ],
  near_unknown: ["位置未知", "place unknown"],
  near_all_unknown: [
    "有当班警力，位置未知，不能按远近排先后。",
    "Units are on duty, and nobody knows where: none is called nearer.",
  ],
  near_from_station: ["位置未知，按所址估算", "place unknown, reckoned from its station"],
  near_fix_s: ["{n}秒前定位", "fix {n} s old"],
  near_fix_min: ["{n}分钟前定位", "fix {n} min old"],
  near_busy: ["已在处警", "at another request"],
  near_busy_at: ["已在处警（{where}）", "at another request ({where})"],

  lent: ["指挥中心派往他所的本所警力", "Our units sent elsewhere by the command centre"],
  lent_sent: ["{time}派出", "sent {time}"],
  lent_arrived: ["已到场", "there"],
  near_nobody: [
    "没有登记当班警力，请手填。可在上方“值班警力”登记。",
    'Nobody is written down as on duty: type it. "On duty" above takes the plan.',
  ],
  near_court_nobody: [
    "半小时内没有其他法院人员的位置。",
    "No other of our people has told a place within half an hour.",
  ],
  near_court_no_place: [
    "求助没有坐标，无法按远近推荐。",
    "The request has no position: nobody can be called near.",
  ],
  near_no_place: [
    "求助没有坐标，无法按远近推荐；以下为当班警力，不分先后。",
    "The request has no position and nobody can be called near; these are on duty, in no order.",
  ],
} as const;
