// Files for a spreadsheet, money, phones that are quiet, figures that are counted.

import { describe, expect, it } from "vitest";
import type { Act, Device } from "../api/office";
import type { Incident } from "../api/types";
import { sayer } from "../words/words";
import { clockTime } from "./clock";
import { cell, csv, fileName } from "./csv";
import { ageWords, byQuiet, isQuiet } from "./devices";
import { actFigures, requestFigures, spread } from "./figures";
import { readYuan, yuan } from "./money";
import { dayOf, sheetTime } from "./shown-time";

const say = sayer("zh");
const NOW = Date.parse("2026-03-17T17:45:00+08:00");

describe("files for a spreadsheet", () => {
  it("begin with the mark of UTF-8 and end each row as the format says", () => {
    expect(
      csv([
        ["案号", "n"],
        ["a", "1"],
      ]),
    ).toBe("\ufeff案号,n\r\na,1\r\n");
  });

  it("hold no formula", () => {
    for (const begin of ["=", "+", "-", "@", "\t", "\r"])
      expect(cell(`${begin}1`).replace(/^"/, "")).toMatch(/^'/);
    expect(cell('=HYPERLINK("x")')).toBe('"\'=HYPERLINK(""x"")"');
    expect(cell("a=b")).toBe("a=b");
  });

  it("keep commas, quotes and line ends inside their cell", () => {
    expect(cell('a,"b"\nc')).toBe('"a,""b""\nc"');
  });

  it("have names that every system takes", () => {
    expect(fileName("今日/执行: (1)", NOW)).toBe("今日-执行-(1)-20260317-1745.csv");
  });
});

describe("money", () => {
  it("is shown in yuan with two digits", () => {
    expect(yuan(18_640_000)).toBe("¥186,400.00");
    expect(yuan(0)).toBe("¥0.00");
    expect(yuan(5)).toBe("¥0.05");
    expect(yuan(-123_456)).toBe("-¥1,234.56");
    expect(yuan(900_000_000_000_000_0)).toBe("¥90,000,000,000,000.00");
    expect(yuan(0.1)).toBe("0.1");
  });

  it("is read as people write it, and nothing else is", () => {
    expect(readYuan("92,500")).toBe(9_250_000);
    expect(readYuan("¥86,000.5 元")).toBe(8_600_050);
    expect(readYuan("９２５００")).toBe(9_250_000);
    for (const bad of ["", "-1", "1.234", "1e3", "12a", "．5", "999999999999999999"])
      expect(readYuan(bad), bad).toBeNull();
  });
});

describe("times", () => {
  it("name the year when it is another one", () => {
    expect(clockTime(Date.parse("2026-03-15T18:02:00+08:00"), NOW)).toBe("03-15 18:02");
    expect(clockTime(Date.parse("2025-03-17T18:02:00+08:00"), NOW)).toBe("2025-03-17 18:02");
  });

  it("of a clock beyond all years are no times", () => {
    for (const ms of [8.64e15, -8.64e15, 9e18, Number.NaN]) {
      expect(clockTime(ms, NOW)).toBe("–");
      expect(sheetTime({ ms })).toBe("");
    }
  });

  it("of a day are China's", () => {
    expect(dayOf(Date.parse("2026-03-16T16:30:00Z"))).toBe("2026-03-17");
    expect(sheetTime("2026-03-17T01:05:09Z")).toBe("2026-03-17 09:05:09");
    expect(sheetTime(null)).toBe("");
  });
});

describe("phones", () => {
  const phone = (name: string, last: string | null, withdrawn: string | null = null): Device => ({
    certificate: name,
    device: name,
    device_name: name,
    person: { person: "p", name: "某" },
    roles: [],
    valid_until: "",
    withdrawn,
    last_contact: last,
    app_version: null,
    waiting: 0,
    behind: 0,
  });
  const day = phone("day", "2026-03-16T17:44:00+08:00");
  const fresh = phone("fresh", "2026-03-17T17:31:00+08:00");
  const edge = phone("edge", "2026-03-16T17:45:00+08:00");
  const never = phone("never", null);
  const gone = phone("gone", "2026-03-01T00:00:00+08:00", "2026-03-02T00:00:00+08:00");

  it("that were not heard of for a day come first, the longest silence first", () => {
    const order = byQuiet([gone, fresh, day, edge, never], NOW).map((each) => each.device_name);
    expect(order).toEqual(["never", "day", "edge", "fresh", "gone"]);
    expect([day, edge, gone].map((each) => isQuiet(each, NOW))).toEqual([true, false, false]);
  });

  it("say how long", () => {
    expect(ageWords(say, null)).toBe("从未联系");
    expect(ageWords(say, 30_000)).toBe("刚刚");
    expect(ageWords(say, 14 * 60_000)).toBe("14 分钟前");
    expect(ageWords(say, 47.9 * 3_600_000)).toBe("47 小时前");
    expect(ageWords(say, 50 * 3_600_000)).toBe("2 天前");
  });
});

describe("figures", () => {
  const act = (finalised: boolean, conflicts: number, files: number[], missing = 0) =>
    ({
      finalised,
      open_conflicts: conflicts,
      missing: Array.from({ length: missing }),
      files: { absent: files[0], arriving: files[1], stored: files[2], differs: files[3] },
    }) as unknown as Act;

  it("of acts count what they say", () => {
    expect(actFigures([act(true, 0, [0, 0, 5, 0]), act(false, 2, [1, 2, 3, 4], 3)])).toEqual({
      acts: 2,
      finalised: 1,
      conflicts: 2,
      pending: 7,
      missing: 3,
    });
  });

  it("of spans have a middle and a longest", () => {
    expect(spread([])).toEqual({ n: 0, p50: null, max: null });
    expect(spread([30, 10, 20])).toEqual({ n: 3, p50: 20, max: 30 });
    expect(spread([100, 9])).toEqual({ n: 2, p50: 100, max: 100 });
  });

  it("of requests hold joined reports for one, and count whom nobody reached in time", () => {
    const request = (more: Partial<Incident>) =>
      ({ state: "closed", merged_into: null, answered: null, arrived: null, ...more }) as Incident;
    const at = (time: string) => `2026-03-17T${time}:00+08:00`;
    const figures = requestFigures(
      [
        request({ t0: at("09:07"), answered: at("09:15"), arrived: at("09:26") }),
        request({ t0: at("10:00"), answered: at("10:02"), arrived: at("10:31") }),
        request({ t0: at("09:12"), merged_into: "x" }),
        request({ t0: at("17:00"), state: "acknowledged", answered: at("17:01") }),
        request({ t0: at("17:40"), state: "received" }),
        request({ t0: at("08:00"), state: "false_alarm" }),
      ],
      1_200_000,
      NOW,
    );
    expect(figures).toMatchObject({ requests: 5, open: 2, inTime: 1, late: 2 });
    expect(figures.answered).toEqual({ n: 3, p50: 120_000, max: 480_000 });
    expect(figures.arrived.max).toBe(31 * 60_000);
  });
});
