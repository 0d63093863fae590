// The stream's text read in any pieces, and refusals read from whatever answers.

import { describe, expect, it } from "vitest";
import { EventReader, liveEvent } from "./event-stream";
import { Office } from "./office-client";
import { readProblem, sentence, type Answer } from "./problem";

describe("the stream", () => {
  const TEXT =
    ': hello\r\nevent: hello\ndata: {"server_time":"2026-03-17T01:07:00Z"}\n\n' +
    'id: 7\revent: incident\rdata: {"incident":\rdata: {"id":"a"}}\r\r' +
    "event: beat\r\ndata: {}\r\n\r\n";

  it("gives the same messages in whatever pieces it comes", () => {
    const whole = new EventReader().take(TEXT);
    expect(whole.map(({ event, id }) => [event, id])).toEqual([
      ["hello", null],
      ["incident", "7"],
      ["beat", "7"],
    ]);
    for (let size = 1; size < 12; size += 1) {
      const reader = new EventReader();
      const messages = [];
      for (let at = 0; at < TEXT.length; at += size)
        messages.push(...reader.take(TEXT.slice(at, at + size)));
      expect(messages).toEqual(whole);
    }
  });

  it("passes over messages without data, unknown ones and broken ones", () => {
    expect(new EventReader().take("event: beat\n\n")).toEqual([]);
    const read = (event: string, data: string) => liveEvent({ event, data, id: null });
    expect(read("beat", '{"server_time":"x"}')).toEqual({ type: "beat", server_time: "x" });
    expect(read("weather", "{}")).toBeNull();
    expect(read("beat", "{")).toBeNull();
    expect(read("beat", "7")).toBeNull();
  });

  it("is cut when a line has no end", () => {
    const reader = new EventReader();
    expect(() => reader.take("x".repeat(4_000_001))).toThrow(RangeError);
  });
});

describe("refusals", () => {
  const body = {
    code: "already_acknowledged",
    title: "未作改动",
    title_en: "Nothing was changed.",
    detail: "已有人接警。",
    detail_en: "Somebody has it.",
    incident: { id: "a" },
  };

  it("carry code, both sentences, who was faster, and how long to wait", () => {
    const problem = readProblem(409, body, "2.2");
    expect(problem).toMatchObject({
      kind: "refused",
      code: "already_acknowledged",
      incident: { id: "a" },
      retryAfterS: 3,
    });
    expect(sentence("zh", problem)).toBe("已有人接警。");
    expect(sentence("en", problem)).toBe("Somebody has it.");
  });

  it("say what their kind says where nothing is said of the case in both languages", () => {
    const problem = readProblem(409, { ...body, detail_en: undefined }, null);
    expect(sentence("zh", problem)).toBe("未作改动");
    expect(sentence("en", problem)).toBe("Nothing was changed.");
  });

  it("of somebody who is not our server are said to be unreadable", () => {
    for (const strange of [
      undefined,
      null,
      "<html>",
      {},
      { code: "x" },
      { code: 7, title: "y", title_en: "y" },
      { code: "x", title: "只有中文" },
    ]) {
      expect(readProblem(502, strange, null)).toEqual({ kind: "unreadable", status: 502 });
    }
    expect(sentence("zh", { kind: "unreadable", status: 502 })).toContain("502");
  });

  it("do not trust a strange time to wait", () => {
    for (const strange of ["soon", "-3", "Infinity"]) {
      expect(readProblem(429, body, strange)).toMatchObject({ retryAfterS: null });
    }
  });
});

describe("what is sent again", () => {
  it("has the key it had until somebody answers", async () => {
    const keys: (string | undefined)[] = [];
    const answers: Answer<unknown>[] = [
      { ok: false, problem: { kind: "timeout" } },
      { ok: true, value: {} },
      { ok: true, value: {} },
    ];
    const ask = async <T>(_: string, __: string, ___: unknown, key?: string) => {
      keys.push(key);
      return answers.shift() as Answer<T>;
    };
    const office = new Office({ base: "", ask });
    await office.enrol("p", ["officer"], "phone");
    await office.enrol("p", ["officer"], "phone");
    await office.enrol("p", ["officer"], "phone");
    const [first, again, next] = keys;
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect(again).toBe(first);
    expect(next).not.toBe(first);
  });

  it("asks with what is set, and with nothing that is not", async () => {
    const paths: string[] = [];
    const ask = async <T>(_: string, path: string) => {
      paths.push(path);
      return { ok: false, problem: { kind: "unreachable" } } as Answer<T>;
    };
    const office = new Office({ base: "/v1/courts/x", ask });
    await office.cases("执 1&2", null);
    await office.cases("", "a");
    await office.records("(2026)粤0605执1101号", null);
    expect(paths).toEqual([
      "/cases?search=%E6%89%A7+1%262",
      "/cases?after=a",
      "/cases/(2026)%E7%B2%A40605%E6%89%A71101%E5%8F%B7/records",
    ]);
  });
});
