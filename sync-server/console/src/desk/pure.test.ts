// Order, clocks, silence, alarm, positions, words of a request: each rule with a case that breaks
// it.

import { describe, expect, it } from "vitest";
import { sayer } from "../words/words";
import { alarm, mayAnswer, tabTitle } from "./alarm";
import { clockTime, elapsed, lastTimeOfDay, readClock, serverNow } from "./clock";
import { distanceM, readGeo, writeGeo } from "./geo";
import { isStale, silence, waitBefore } from "./link";
import { fixWords, places } from "./places";
import { dangerWords, etaWords, stateWords, targetWords } from "./request";
import { span } from "./span";
import { request, TAN } from "./test-request";
import { closedList, newest, openList, ringingList, ringsAgain } from "./urgency";

const zh = sayer("zh");
const ms = (time: string) => Date.parse(`2026-03-17T${time}+08:00`);

describe("urgency", () => {
  const old = request("old", { t0: "2026-03-17T00:50:00Z", ringing_since: null });
  const late = request("late", { t0: "2026-03-17T01:09:00Z" });
  const early = request("early", { t0: "2026-03-17T01:08:00Z" });
  const joined = request("joined", { merged_into: "early" });
  const over = request("over", { state: "closed", ringing_since: null });
  const all = [old, late, over, joined, early];

  it("puts what rings first, then the oldest", () => {
    expect(openList(all).map(({ id }) => id)).toEqual(["early", "late", "old"]);
    expect(closedList(all).map(({ id }) => id)).toEqual(["over"]);
  });

  it("rings at a station at once, at the command centre when the ladder has told it", () => {
    expect(ringingList(all, false).map(({ id }) => id)).toEqual(["early", "late"]);
    expect(ringingList(all, true)).toEqual([]);
    const told = { ...late, told: ["command_sees"] };
    expect(ringingList([early, told], true)).toEqual([told]);
  });

  it("says the alarm that began last, wherever it stands", () => {
    const again = { ...early, ringing_since: "2026-03-17T01:20:00Z" };
    expect(newest([again, late])).toBe(again);
    expect(newest([early, { ...late, ringing_since: "2026-03-17T01:20:00Z" }])?.id).toBe("late");
    expect(newest([])).toBeUndefined();
  });

  it("knows news of what somebody has already", () => {
    expect(ringsAgain(early)).toBe(false);
    expect(ringsAgain({ ...early, holder: TAN })).toBe(true);
    expect(ringsAgain({ ...early, holder: TAN, ringing_since: null })).toBe(false);
  });
});

describe("the server's clock", () => {
  it("runs on the page's time, whatever this computer's shows", () => {
    const reading = readClock(null, "2026-03-17T01:07:00Z", 1_000);
    expect(serverNow(reading, 6_500, 0)).toBe(ms("09:07:05.500"));
    expect(serverNow(null, 6_500, 42)).toBe(42);
  });

  it("takes the nearest of readings that travelled, and follows a clock that was set", () => {
    const first = readClock(null, "2026-03-17T01:07:00.500Z", 1_000);
    expect(readClock(first, "2026-03-17T01:07:05.400Z", 6_000)).toBe(first);
    expect(readClock(first, "2026-03-17T01:07:05.600Z", 6_000)?.pageMs).toBe(6_000);
    expect(readClock(first, "2026-03-17T01:00:00Z", 6_000)?.pageMs).toBe(6_000);
    expect(readClock(first, "yesterday", 6_000)).toBe(first);
  });

  it("is written in Beijing time and never counts below zero", () => {
    expect(clockTime(ms("09:07:00"), ms("09:12:00"))).toBe("09:07");
    expect(clockTime(ms("23:59:00") - 86_400_000, ms("00:01:00"))).toBe("03-16 23:59");
    expect(clockTime(null, 0)).toBe("–");
    expect(elapsed(331_900)).toBe("05:31");
    expect(elapsed(3_723_000)).toBe("1:02:03");
    expect(elapsed(-5)).toBe("00:00");
  });

  it("reads a time of day as the last one before now", () => {
    const now = ms("09:12:00");
    expect(lastTimeOfDay("09:07", now)).toBe(ms("09:07:00"));
    expect(lastTimeOfDay("9：07", now)).toBe(ms("09:07:00"));
    expect(lastTimeOfDay("23:58", ms("00:03:00"))).toBe(ms("23:58:00") - 86_400_000);
    for (const bad of ["24:00", "9", "", "09:60", "09:07:00"])
      expect(lastTimeOfDay(bad, now)).toBeNull();
  });
});

describe("silence", () => {
  const heard = { pageMs: 0, wallMs: 0 };

  it("is stale after twelve seconds by either clock", () => {
    expect(isStale(heard, { pageMs: 12_000, wallMs: 12_000 })).toBe(false);
    expect(isStale(heard, { pageMs: 12_001, wallMs: 0 })).toBe(true);
    // The computer slept: its page's clock stood still.
    expect(isStale(heard, { pageMs: 10, wallMs: 60_000 })).toBe(true);
    expect(isStale(null, heard)).toBe(true);
    expect(silence(heard, { pageMs: 10, wallMs: -3_600_000 })).toBe(10);
  });

  it("is followed by tries that come slower, up to ten seconds, and not all at once", () => {
    expect([0, 1, 2, 3, 4, 5, 60].map((n) => waitBefore(n, 1))).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
    ]);
    expect(waitBefore(4, 0)).toBe(4_000);
  });
});

describe("alarm", () => {
  it("sounds while something rings, in the background too, and says when nobody can hear it", () => {
    expect(alarm(2, { sound: "running", hidden: true })).toEqual({
      sound: true,
      silenced: false,
      count: 2,
    });
    expect(alarm(1, { sound: "suspended", hidden: false }).silenced).toBe(true);
    expect(alarm(0, { sound: "running", hidden: false }).sound).toBe(false);
  });

  it("changes the title each second while something rings, and only then", () => {
    expect(tabTitle("九江", "(1) 求助", 1, 0)).not.toBe(tabTitle("九江", "(1) 求助", 1, 1));
    expect(tabTitle("九江", "(0) 求助", 0, 1)).toBe("九江");
  });

  it("is answered by a key only after it could be read", () => {
    expect(mayAnswer(0, 699, false)).toBe(false);
    expect(mayAnswer(0, 700, false)).toBe(true);
    expect(mayAnswer(0, 9_000, true)).toBe(false);
  });
});

describe("positions", () => {
  it("are read with accuracy, in WGS-84 only", () => {
    expect(readGeo("geo:22.8391,113.0125;crs=wgs84;u=8")).toEqual({
      lat: 22.8391,
      lon: 113.0125,
      accuracyM: 8,
    });
    expect(readGeo("geo:22.8,113.0")?.accuracyM).toBeNull();
    for (const bad of [null, "", "22,113", "geo:x,113", "geo:91,113", "geo:22.8,113;crs=gcj02"]) {
      expect(readGeo(bad)).toBeNull();
    }
  });

  it("are written from what a person types, within China", () => {
    expect(writeGeo(" 22.8391，113.0125 ")).toBe("geo:22.8391,113.0125;crs=wgs84");
    for (const bad of ["113.0125, 22.8391", "22.8391", "22.8391, 11.3", "a, b"])
      expect(writeGeo(bad)).toBeNull();
  });

  it("have distances", () => {
    const [a, b] = [readGeo("geo:22.8391,113.0125"), readGeo("geo:22.8296,112.9893")];
    expect(a && b && distanceM(a, b)).toBeCloseTo(2_603, -2);
  });

  it("grow older while nothing new is heard, and say when they are too old", () => {
    const crew = {
      person: "P1",
      name: "陆启航",
      position: "geo:22.8,113.0",
      accuracy_m: 8,
      age_s: 20,
    };
    const content = {
      stations: [],
      areas: { type: "FeatureCollection" as const, features: [] },
      crews: [crew],
    };
    const words = (elapsedS: number) =>
      places(zh, [], content, elapsedS).map((place) => fixWords(zh, place));
    expect(words(10)).toEqual(["±8 米 · 30 秒前"]);
    expect(words(1_800)).toEqual(["±8 米 · 30 分钟前（过旧）"]);
  });
});

describe("words", () => {
  it("never call unknown danger none", () => {
    const danger = (weapons: boolean | null, injured: boolean | null) =>
      dangerWords(zh, request("a", { request: { ...request("a").request, weapons, injured } }));
    expect(danger(null, false)).toBe("器械、伤情不明");
    expect(danger(false, null)).toBe("器械、伤情不明");
    expect(danger(false, false)).toBe("未见器械，无人受伤");
    expect(danger(true, null)).toBe("有器械");
  });

  it("show a state of a later version as it is", () => {
    expect(stateWords(zh, request("a", { state: "paused" as "closed" }))).toBe("状态：paused");
    expect(stateWords(zh, request("a"))).toBe("未接警");
    const closed = request("a", { state: "closed", ringing_since: null });
    expect(stateWords(sayer("en"), closed)).toBe("closed");
    expect(stateWords(zh, request("a", { holder: TAN, state: "arrived" }))).toBe(
      "有新情况，未确认",
    );
  });

  it("count to the expected arrival, and past it", () => {
    const eta = request("a", { eta: "2026-03-17T01:18:00Z" });
    expect(etaWords(zh, eta, "09:18", ms("09:12:30"))).toBe("预计 09:18 到达（6 分钟后）");
    expect(etaWords(zh, eta, "09:18", ms("09:21:00"))).toBe("预计 09:18 到达，已过 3 分钟");
    expect(etaWords(zh, { ...eta, arrived: "2026-03-17T01:17:00Z" }, "", 0)).toBeNull();
  });

  it("hold the arrival against the court's target", () => {
    const words = (change: object, now: string) =>
      targetWords(zh, request("a", change), 1_200, ms(now));
    expect(words({}, "09:15:00")).toEqual({ words: "到场目标 20 分钟，还剩 12 分钟", late: false });
    expect(words({}, "09:30:00")).toEqual({ words: "已超到场目标 3 分钟", late: true });
    expect(words({ arrived: "2026-03-17T01:26:00Z" }, "10:00:00")).toEqual({
      words: "受理后 19 分钟到场",
      late: false,
    });
    expect(words({ state: "cancelled", ringing_since: null }, "10:00:00")).toBeNull();
  });

  it("say spans that cannot be read as times of day", () => {
    expect([45_000, 840_000, 7_500_000, -1].map((n) => span(zh, n))).toEqual([
      "45 秒",
      "14 分钟",
      "2 小时 5 分",
      "0 秒",
    ]);
  });
});
