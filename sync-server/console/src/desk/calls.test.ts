// Texts that a person has to look at and promises of crews: what is unread, what is urgent, what is
// over, when the server is asked again, and a sentence for every verdict.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { TextMessage, Watch } from "../api/calls";
import type { Answer } from "../api/problem";
import type { Incident } from "../api/types";
import { sayer, WORDS } from "../words/words";
import { due, readAgain, UNREAD } from "./reading";
import { EMPTY, type Event } from "./state";
import { reduce } from "./reduce";
import { request } from "./test-request";
import { numberTail, seenAll, unread, verdictWords } from "./texts";
import { byDeadline, clockWords, isOver, raisedBy, standingNow, urgency } from "./watches";

const say = sayer("zh");
const at = (time: string) => `2026-03-17T${time}:00+08:00`;
const NOW = Date.parse(at("17:45"));

describe("texts", () => {
  const text = (more: Partial<TextMessage> = {}): TextMessage => ({
    at: at("17:30"),
    from: "13900000102",
    text: "求助",
    verdict: "sms_not_ours",
    times: 1,
    ...more,
  });

  it("of the last day have to be looked at until somebody did", () => {
    const old = text({ at: "2026-03-16T17:44:59+08:00" });
    const texts = [text(), old];
    expect(unread(texts, new Map(), NOW)).toEqual([text()]);
    expect(unread(texts, seenAll(texts), NOW)).toEqual([]);
  });

  it("that come again have to be looked at again, however old they are", () => {
    const old = text({ at: "2026-03-12T08:00:00+08:00" });
    const seen = seenAll([text(), old]);
    expect(unread([text({ times: 2 })], seen, NOW)).toHaveLength(1);
    expect(unread([{ ...old, times: 2 }], seen, NOW)).toHaveLength(1);
  });

  it("of no time are shown rather than passed over", () => {
    expect(unread([text({ at: "1" }), text({ at: "never" })], new Map(), NOW)).toHaveLength(1);
  });

  it("show the end of a number", () => {
    expect(numberTail("13900000102")).toBe("0102");
    expect(numberTail(" 10086 ")).toBe("0086");
    expect(numberTail("甲𠮷乙丙丁")).toBe("𠮷乙丙丁");
  });

  it("say why nothing was done, for every code of the server and the core", () => {
    const root = fileURLToPath(new URL("../../../..", import.meta.url));
    const codes = (path: string, pattern: RegExp) =>
      [...readFileSync(`${root}/${path}`, "utf8").matchAll(pattern)].map(([, code]) => code ?? "");
    const settled = ["sms_taken", "sms_again", "sms_older", "sms_too_many"];
    const all = [
      ...codes("core/src/assistance/message/mod.rs", /=> "(sms_\w+)"/g),
      ...codes("sync-server/src/sms/take.rs", /=> "(sms_\w+)"/g),
      ...codes("core/src/identity/key.rs", /=> "(signature_\w+)"/g),
    ].filter((code) => !settled.includes(code));
    expect(all.length).toBeGreaterThan(12);
    for (const code of all) expect(Object.hasOwn(WORDS, `verdict_${code}`), code).toBe(true);
    const words = Object.keys(WORDS).filter((key) => /^verdict_(?!unknown)/.test(key));
    expect(words.sort()).toEqual(all.map((code) => `verdict_${code}`).sort());
    expect(verdictWords(say, "sms_later")).toBe("未办理，原因：sms_later");
    expect(verdictWords(say, "constructor")).toContain("constructor");
  });
});

describe("promises", () => {
  const watch = (more: Partial<Watch> = {}): Watch => ({
    id: "a",
    case_no: "(2026)粤0605执1101号",
    crew: [{ person: "luqihang", name: "陆启航" }],
    place: "九江镇沙口地下车库",
    received: at("16:45"),
    standing: "quiet",
    zh: "约定时间未到",
    en: "not due yet",
    until: at("18:00"),
    ...more,
  });
  const known = (...incidents: Incident[]) => new Map(incidents.map((each) => [each.id, each]));
  const none = known();

  it("turn overdue by the running clock, before the server is asked again", () => {
    expect(standingNow(watch(), NOW)).toBe("quiet");
    expect(standingNow(watch({ until: at("17:45") }), NOW)).toBe("overdue");
    expect(clockWords(say, watch(), NOW)).toBe("还剩 15:00");
    expect(clockWords(say, watch({ until: at("17:44") }), NOW)).toBe("已超 01:00");
    const overdue = { standing: "overdue", until: at("17:47") };
    expect(clockWords(say, watch(overdue), NOW)).toBe("02:00 后自动求助");
    expect(clockWords(say, watch({ ...overdue, until: at("17:45") }), NOW)).toBe("即将自动求助");
    expect(clockWords(say, watch({ until: null }), NOW)).toBe("");
  });

  it("stand in the order in which they ask for something", () => {
    const raised = watch({ id: "r", standing: "raised", until: null, incident: "x" });
    const overdue = watch({ id: "o", standing: "overdue", until: at("17:47") });
    const soon = watch({ id: "s", until: at("17:50") });
    const order = byDeadline([watch({ id: "l" }), soon, overdue, raised], none, NOW);
    expect(order.map(({ id }) => id)).toEqual(["r", "o", "s", "l"]);
    const passed = watch({ id: "p", until: at("17:40") });
    expect(byDeadline([soon, passed], none, NOW).map(({ id }) => id)).toEqual(["p", "s"]);
  });

  it("are red while nobody has answered what they raised, or nobody knows", () => {
    const raised = watch({ standing: "raised", until: null, incident: "x" });
    expect(urgency(raised, none, NOW)).toBe("red");
    expect(urgency(raised, known(request("x")), NOW)).toBe("red");
    const answered = request("x", { ringing_since: null, state: "acknowledged" });
    expect(urgency(raised, known(answered), NOW)).toBe("amber");
    expect(urgency(watch({ standing: "heard_late", until: null }), none, NOW)).toBe("amber");
    expect(urgency(watch({ standing: "of a later version" }), none, NOW)).toBe("amber");
    expect(urgency(watch(), none, NOW)).toBe("calm");
  });

  it("are over when they were kept, or when a person has closed what was raised", () => {
    const late = watch({ standing: "heard_late", until: null, incident: "x" });
    expect(isOver(watch({ standing: "kept", until: null }), none)).toBe(true);
    expect(isOver(watch(), none)).toBe(false);
    expect(isOver(late, none)).toBe(false);
    expect(isOver(late, known(request("x")))).toBe(false);
    expect(isOver(late, known(request("x", { state: "closed" })))).toBe(true);
  });

  it("follow what was raised to the request that it was joined with", () => {
    const raised = watch({ standing: "raised", until: null, incident: "x" });
    const joined = request("x", { merged_into: "h", ringing_since: null });
    const both = known(joined, request("h", { state: "closed" }));
    expect(raisedBy(raised, both)?.id).toBe("h");
    expect(isOver(raised, both)).toBe(true);
    expect(raisedBy(raised, known(joined))?.id).toBe("x");
  });
});

describe("asking again", () => {
  it("is due at once, every 30 s in sight, and 5 s after the last when something moved", () => {
    const [still, moved] = [{ moved: false, visible: true }, { moved: true, visible: false }];
    expect(due(null, { moved: false, visible: false }, 0)).toBe(true);
    expect(due(0, still, 29_999)).toBe(false);
    expect(due(0, still, 30_000)).toBe(true);
    expect(due(0, { ...still, visible: false }, 90_000)).toBe(false);
    expect(due(0, moved, 4_999)).toBe(false);
    expect(due(0, moved, 5_000)).toBe(true);
  });

  it("never empties what was read", () => {
    const failed: Answer<number> = { ok: false, problem: { kind: "timeout" } };
    const read = readAgain<number>(UNREAD, { ok: true, value: 7 }, 10);
    expect(readAgain(read, failed, 20)).toEqual({
      value: 7,
      problem: { kind: "timeout" },
      atMs: 10,
    });
  });

  it("shows the details again when a person chooses a request", () => {
    const shown: Event = { type: "shows_texts", shown: true };
    const desk = reduce(EMPTY, shown);
    expect(desk.showsTexts).toBe(true);
    expect(reduce(desk, { type: "select", id: "a" }).showsTexts).toBe(false);
  });
});
