import { describe, expect, it } from "vitest";
import type { Presence } from "../api/types";
import { testOf, untested } from "./alarm-test";

const desk = (code: string, heard: boolean | null): Presence => ({
  code,
  name: code,
  online: true,
  alarm_test: heard === null ? null : { at: "2026-03-17T00:10:00Z", heard },
});
const at = (time: string) => Date.parse(`2026-03-17T${time}:00+08:00`);

describe("the daily test of the alarm", () => {
  it("is due from eight in the morning", () => {
    expect(testOf(desk("a", null), at("07:59"))).toBe("early");
    expect(testOf(desk("a", null), at("08:00"))).toBe("due");
    expect(testOf(desk("a", null), at("23:59"))).toBe("due");
    expect(testOf(desk("a", true), at("07:00"))).toBe("heard");
    expect(testOf(desk("a", false), at("09:00"))).toBe("unheard");
  });

  it("is looked after by the command centre, station by station", () => {
    const desks = [desk("a", null), desk("b", false), desk("c", true), desk("command", null)];
    const found = untested(desks, at("09:00"));
    expect(found.due.map((one) => one.code)).toEqual(["a"]);
    expect(found.unheard.map((one) => one.code)).toEqual(["b"]);
  });
});
