// Texts and promises as the mock server has them: an afternoon's texts that no machine carried out, one
// that could not be sent, and crews in dead zones. Numbers and names are invented.

const at = (time) => `2026-03-17T${time}:00+08:00`;

export const TEXTS = [
  {
    at: at("17:38"),
    from: "13900000102",
    text: "沙口地下车库有人拦车，电话打不出去，请派人",
    verdict: "sms_not_ours",
    times: 2,
  },
  {
    at: at("16:52"),
    from: "13900000103",
    text: `LM1:${"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8w".repeat(3).slice(0, 155)}`,
    verdict: "sms_certificate_unknown",
    times: 1,
  },
  {
    at: "2026-03-15T09:20:00+08:00",
    from: "13900000101",
    text: `LM1:${"MDEyMzQ1Njc4OTo7PD0.P0BBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWltcXV5f".repeat(3).slice(0, 155)}`,
    verdict: "sms_request_over",
    times: 1,
  },
];

export const UNDELIVERED = [
  { at: at("17:05"), to: "13900000104", text: "法院已收到求助，九江派出所已接警，预计17:20到达。" },
];

const LABELS = {
  quiet: ["约定时间未到", "not due yet"],
  overdue: ["已过约定时间，尚无消息", "overdue, nothing heard"],
  raised: ["失联，已求助", "not heard of: help was called"],
  heard_late: ["迟到联系，待确认平安", "heard of late, to be confirmed"],
  kept: ["已报平安", "checked in"],
};

/** A promise; `more` says what was heard since and which request it raised. */
export function promise(id, place, people, received, within_s, more = {}) {
  return {
    id: id.repeat(32).slice(0, 32),
    case_no: "(2026)粤0605执1101号",
    crew: people.map(([person, name]) => ({ person, name })),
    place,
    position: null,
    received,
    within_s,
    grace_s: 300,
    heard: null,
    incident: null,
    ...more,
  };
}

const LU = ["luqihang", "陆启航"];
const WEN = ["wenruotang", "温若棠"];
const OU = ["ouziqian", "区子谦"];

/** A quarter to six: one is overdue, one has time, one is back. */
export const PROMISES = [
  promise("a", "里水镇河村新街 3 巷", [OU], at("15:30"), 3_600, { heard: at("16:10"), kept: true }),
  promise("b", "西樵镇山根村鱼塘", [OU, WEN], at("17:10"), 3_600),
  promise("c", "九江镇沙口地下车库", [LU, WEN], at("16:42"), 3_600, {
    position: "geo:22.833500,112.985000;crs=wgs84;u=8",
  }),
];

/** Where a promise stands at `now`, as the server would say it. */
export function watchView({ within_s, grace_s, kept, late, ...promise }, now) {
  const deadline = Date.parse(promise.received) + within_s * 1_000;
  const raise = deadline + grace_s * 1_000;
  const ms = Date.parse(now);
  const silent = ms < deadline ? "quiet" : ms < raise ? "overdue" : "raised";
  const standing = kept ? "kept" : late ? "heard_late" : silent;
  const until = { quiet: deadline, overdue: raise }[standing];
  const [zh, en] = LABELS[standing];
  return {
    ...promise,
    standing,
    zh,
    en,
    until: until === undefined ? null : new Date(until).toISOString(),
  };
}
