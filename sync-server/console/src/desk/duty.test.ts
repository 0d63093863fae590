import { describe, expect, it } from "vitest";
import { known, linesOf, nextLine, planBody } from "./duty";

const JIUJIANG = { code: "440605121", name: "九江派出所" };
const NOW = Date.parse("2026-03-17T09:00:00+08:00");

describe("a duty plan", () => {
  it("is times of day in China, over midnight too", () => {
    const night = { unit: "夜班一组", from: "20:00", until: "08:00", day: "2026-03-17" };
    expect(planBody([night], NOW)).toEqual({
      shifts: [
        { unit: "夜班一组", from: "2026-03-17T12:00:00.000Z", until: "2026-03-18T00:00:00.000Z" },
      ],
    });
  });

  it("comes back as it was typed", () => {
    const line = { unit: "巡逻一组", from: "00:30", until: "08:30", day: "2026-03-17" };
    const sent = planBody([line], Date.parse("2026-03-17T08:00:00+08:00"));
    if (!("shifts" in sent)) throw new Error("refused");
    const shifts = sent.shifts.map((shift) => ({ ...shift, station: JIUJIANG, fix_age_s: null }));
    expect(linesOf(shifts, JIUJIANG.code)).toEqual([line]);
    expect(linesOf(shifts, "440605122"), "of another station").toEqual([]);
  });

  it("says which lines of another's plan were typed as well", () => {
    const line = { unit: "甲", from: "08:00", until: "20:00", day: "2026-03-17" };
    const saved = [line, { ...line, unit: "乙" }, { ...line, until: "19:00" }];
    const typed = [{ ...line, unit: " 甲 ", day: "2026-03-16" }, { ...line, unit: "丙" }];
    expect(known(saved, typed, NOW)).toEqual([true, false, false]);
  });

  it("says which line lacks what", () => {
    const line = nextLine([], NOW);
    const unit = { ...line, unit: "甲" };
    const lines = [line, unit, unit, { ...unit, from: "25:00" }];
    const sent = planBody(lines, NOW);
    expect("faults" in sent && [...sent.faults]).toEqual([
      [0, "duty_need_unit"],
      [2, "duty_twice"],
      [3, "duty_need_times"],
    ]);
  });

  it("goes on with the times of the line before", () => {
    const night = { unit: "甲", from: "20:00", until: "08:00", day: "2026-03-17" };
    expect(nextLine([night], NOW)).toEqual({ ...night, unit: "", day: "2026-03-16" });
  });

  it("is of the shift that runs or comes next, also when shifts change in the morning", () => {
    const night = { unit: "夜班", from: "20:00", until: "08:00", day: "2026-03-16" };
    const begins = (time: string, line: Partial<typeof night>) => {
      const now = Date.parse(`2026-03-17T${time}:00+08:00`);
      const sent = planBody([{ ...nextLine([night], now), unit: "甲", ...line }], now);
      return "shifts" in sent && sent.shifts[0]?.from;
    };
    const day = { from: "08:00", until: "20:00" };
    expect(begins("07:50", day), "who comes").toBe("2026-03-17T00:00:00.000Z");
    expect(begins("07:50", {}), "who is still there").toBe("2026-03-16T12:00:00.000Z");
    expect(begins("19:50", day), "who is still there").toBe("2026-03-17T00:00:00.000Z");
    expect(begins("19:50", {}), "who comes").toBe("2026-03-17T12:00:00.000Z");
    expect(begins("20:10", day), "tomorrow").toBe("2026-03-18T00:00:00.000Z");
    // A line of the night's whose times are put right is of the night still.
    expect(begins("02:00", { ...night, until: "09:00" })).toBe("2026-03-16T12:00:00.000Z");
  });
});
