// A record as a paper file: values in words, struck lines with their reason, photos beside what they
// show, what is proven of a time, how a conflict may be settled.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Change, Conflict, Facts, RecordFile, WordList } from "../api/office";
import type { Session } from "../api/types";
import { sayer, WORDS } from "../words/words";
import { provenWords, skewWords } from "./history";
import { fieldLabel, kindOfField, kindOfVerb, readTarget, verbLabel } from "./labels";
import { contestedOf, forms, head, loosePictures, parts, pictures } from "./paper";
import { maySettle, readValue, settleable, settlement, typed } from "./settling";
import { itemWords, valueWords, type Reading } from "./value";
import { waitWords } from "./waiting";

const say = sayer("zh");
const NOW = Date.parse("2026-03-17T17:45:00+08:00");
const L1 = "01JPQ7B1000000000000000001";
const L2 = "01JPQ7B1000000000000000002";
const PHOTO = "01JPQ7B1000000000000000003";
const HASH = "ab".repeat(32);

const label = (zh: string) => ({ zh, en: zh });
const words: WordList = {
  kinds: {
    seizure: {
      label: label("清单"),
      collections: { lines: label("财产清单"), seals: label("封条") },
      fields: {
        location: label("所在地"),
        start_at: label("开始时间"),
        "lines/name": label("名称"),
        "lines/measure": label("措施"),
        name: label("姓名"),
      },
      choices: { "lines/measure": { seal: label("查封") } },
    },
    onsite: { label: label("笔录"), fields: { place: label("地点") }, choices: {} },
  },
  verbs: {
    "seizure/create": label("新建清单"),
    set: label("填写"),
    "seizure/add_line": label("添加"),
  },
};

const facts: Facts = {
  kind: "seizure",
  head: { start_at: "2026-03-17T08:30:00+08:00", location: "九江镇", strange: 7 },
  seals: [{ id: "01JPQ7B1000000000000000009", line: `lines/${L1}` }],
  lines: [
    { id: L1, measure: "seal", name: "注塑机", later: "x" },
    { id: L2, name: "床上用品", struck: true },
  ],
  photos: [
    { id: PHOTO, hash: HASH, item: `lines/${L1}` },
    { id: "01JPQ7B1000000000000000004", hash: "cd".repeat(32) },
    { id: "01JPQ7B1000000000000000005", hash: 7 },
  ],
  strikes: [{ id: "01JPQ7B1000000000000000006", item: `lines/${L2}`, reason: "生活必需品" }],
  conflicts: [
    { kind: "field", target: `lines/${L1}/field_estimate_fen` },
    { kind: "struck_or_edited", target: `lines/${L2}` },
  ],
};

const reading: Reading = {
  language: "zh",
  words,
  kind: "seizure",
  names: new Map([["luqihang", "陆启航"]]),
  facts,
  nowMs: NOW,
};

const file = (state: RecordFile["state"]): RecordFile => ({
  hash: HASH,
  item: `photos/${PHOTO}`,
  person: "luqihang",
  state,
  arrived: 0,
  thumbnail: true,
  preview: false,
});

describe("a record as paper", () => {
  const shown = pictures(facts, [file("differs")]);
  const read = parts(facts, words, shown);

  it("reads its list first, then the parts in the order of the words", () => {
    expect(read.map((part) => part.collection)).toEqual(["lines", "seals"]);
    expect(head(facts, words).map(([field]) => field)).toEqual(["location", "start_at", "strange"]);
    expect(read[0]?.entries[0]?.fields.map(([field]) => field)).toEqual([
      "name",
      "measure",
      "later",
    ]);
  });

  it("keeps struck lines with their reason", () => {
    const struck = read[0]?.entries[1];
    expect(struck).toMatchObject({ struck: true, reasons: ["生活必需品"] });
  });

  it("says what is contested where it is absent", () => {
    expect(read[0]?.entries.map((entry) => entry.contested)).toEqual([
      ["field_estimate_fen"],
      [""],
    ]);
    expect(contestedOf(facts, "head")).toEqual([]);
  });

  it("puts photos beside what they show, with where their file stands", () => {
    expect(read[0]?.entries[0]?.pictures[0]?.file?.state).toBe("differs");
    const loose = loosePictures(shown, read);
    expect(loose.map((picture) => picture.file)).toEqual([null]);
  });

  it("is made of facts that may be anything", () => {
    const strange = { kind: "x", head: {}, lines: [null, 7, { id: 3 }], photos: "no" } as never;
    expect(parts(strange, words, pictures(strange, []))).toEqual([]);
    expect(forms("constructor")).toEqual([]);
  });
});

describe("values", () => {
  const value = (field: string, of: string | number | boolean | null, collection = "lines") =>
    valueWords(reading, collection, field, of);

  it("are in words", () => {
    expect(value("measure", "seal")).toBe("查封");
    expect(value("measure", "later_code")).toBe("later_code");
    expect(value("field_estimate_fen", 9_250_000)).toBe("¥92,500.00");
    expect(value("quantity", 2)).toBe("2");
    expect(value("may_use", true)).toBe("是");
    expect(value("x", null)).toBe("（空）");
    expect(value("start_at", "2026-03-17T08:30:00+08:00", "head")).toBe("08:30");
    expect(value("position", "geo:22.8335,112.985;crs=wgs84;u=12", "head")).toContain("±12");
    expect(value("by", "luqihang")).toBe("陆启航");
    expect(value("line", `lines/${L1}`)).toBe("注塑机");
    expect(value("hash", HASH)).toBe("abababab…");
  });

  it("that name an item nobody knows show its end", () => {
    expect(itemWords(reading, "lines/01JPQ7B1000000000000000077")).toBe("…000077");
  });

  it("have the label of their collection before that of any", () => {
    expect(fieldLabel(words, "seizure", "lines", "name").zh).toBe("名称");
    expect(fieldLabel(words, "seizure", "present", "name").zh).toBe("姓名");
    expect(fieldLabel(words, "constructor", "lines", "name").zh).toBe("name");
    expect(verbLabel(words, "seizure", "create").zh).toBe("新建清单");
    expect(verbLabel(words, null, "toString").zh).toBe("toString");
    expect(kindOfField(words, "head", "place")).toBe("onsite");
    expect(kindOfVerb(words, "add_line")).toBe("seizure");
    expect(kindOfVerb(words, "set")).toBeNull();
    expect(readTarget(`lines/${L1}/name`)).toEqual({
      collection: "lines",
      item: L1,
      field: "name",
    });
    expect(readTarget("head/place")).toEqual({ collection: "head", item: "", field: "place" });
  });
});

describe("what is proven of a time", () => {
  const at = (time: string) => ({ ms: Date.parse(`2026-03-17T${time}:00+08:00`) });
  const change = (more: Partial<Change>) =>
    ({ device: at("09:05"), skew_ms: 0, ...more }) as Change;

  it("is an interval, one end of it, or nothing", () => {
    const [from, to] = [at("08:25"), at("09:12")];
    expect(provenWords(say, change({ not_before: from, not_after: to }), NOW)).toBe(
      "手机时间 09:05，可证明在 08:25–09:12 之间",
    );
    expect(provenWords(say, change({ not_after: to }), NOW)).toContain("可证明不晚于 09:12");
    expect(provenWords(say, change({ not_before: from }), NOW)).toContain("可证明不早于 08:25");
    expect(provenWords(say, change({}), NOW)).toContain("没有可证明的时间");
  });

  it("says how wrong the phone was at least, and no more than that", () => {
    const fast = change({ not_after: at("08:58"), skew_ms: 7 * 60_000 + 59_000 });
    expect(provenWords(say, fast, NOW)).toBe("手机时间 09:05（至少快 7 分钟），可证明不晚于 08:58");
    expect(skewWords(say, -45_000)).toBe("至少慢 45 秒");
    expect(skewWords(say, 900)).toBe("");
  });
});

describe("settling", () => {
  const side = (op: string, value: string | number | boolean) => ({ op, value });
  const conflict = (kind: string, ...values: (string | number | boolean)[]): Conflict => ({
    record: "r",
    case_no: "k",
    kind,
    target: "lines/x/field_estimate_fen",
    sides: values.map((value, at) => side(`${at}@a`, value)),
  });
  const money = conflict("field", 9_250_000, 8_600_000);

  it("keeps a side by its place or gives another value, with a reason", () => {
    const [first] = money.sides;
    expect(settlement(money, "field_estimate_fen", { side: first! }, " 评估 ")).toEqual({
      conflict: { kind: "field", target: money.target, sides: ["0@a", "1@a"] },
      keep: "0@a",
      value: null,
      leave_out: false,
      reason: "评估",
    });
    expect(settlement(money, "field_estimate_fen", { other: "90,000" }, "评估")).toMatchObject({
      keep: null,
      value: 9_000_000,
    });
    expect(settlement(money, "field_estimate_fen", { nothing: true }, "待评估")).toMatchObject({
      keep: null,
      value: null,
      leave_out: true,
    });
    expect(settlement(money, "field_estimate_fen", { side: first! }, "  ")).toBe("reason_missing");
    expect(settlement(money, "field_estimate_fen", { other: "many" }, "评估")).toBe("value_bad");
  });

  it("types a value as the sides have it", () => {
    expect(typed(money, "field_estimate_fen")).toBe("money");
    expect(typed(money, "quantity")).toBe("number");
    expect(typed(conflict("field", true, false), "may_use")).toBe("flag");
    expect(typed(conflict("field", "a", "b"), "name")).toBe("text");
    expect(readValue("number", "54,000")).toBe(54_000);
    expect(readValue("number", "1.5")).toBeUndefined();
    expect(readValue("flag", "no")).toBe(false);
    expect(readValue("text", " ")).toBeUndefined();
  });

  it("is offered to whom the server names, and to anybody where it names nobody", () => {
    const session = (person: string, role: string) => ({ person, roles: [role] }) as Session;
    const handler = { person: "luqihang", name: "陆启航" };
    const own = { ...money, must_decide: { roles: [], handler } };
    const command = { ...money, must_decide: { roles: ["command"], handler } };
    expect(maySettle(session("C1", "command"), own)).toBe(false);
    expect(maySettle(session("C1", "command"), command)).toBe(true);
    expect(maySettle(session("luqihang", "officer"), own)).toBe(true);
    expect(maySettle(session("C1", "command"), money)).toBe(true);
    expect(
      ["field", "struck_or_edited", "duplicate", "finalised_twice"].map((kind) =>
        settleable(conflict(kind)),
      ),
    ).toEqual([true, true, false, false]);
  });
});

describe("reasons", () => {
  const core = (path: string) =>
    readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), "utf8");

  it("of every code of the core and of the server have a sentence", () => {
    const refusals = core("core/src/document/refusal.rs");
    const codes = [
      ...[...refusals.matchAll(/^ {4}\w+ = "(\w+)",/gm)].map((match) => match[1]),
      ...[...refusals.matchAll(/Self::\w+ => "(\w+)",/g)].map((match) => match[1]),
      ...[
        ...core("sync-server/src/ingest/mod.rs").matchAll(/pub const [A-Z_]+: &str = "(\w+)";/g),
      ].map((match) => match[1]),
    ];
    expect(codes.length).toBeGreaterThan(40);
    expect(codes.filter((code) => !Object.hasOwn(WORDS, `wait_${code}`))).toEqual([]);
  });

  it("of a later version are named as they are", () => {
    expect(waitWords(say, "not_yet_known")).toBe("原因：not_yet_known");
  });
});
