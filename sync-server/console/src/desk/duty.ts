// A duty plan as it is typed: a unit and two times of day in China. A shift whose end is not after its
// beginning ends on the next day.

import type { DutyShift, NewShift } from "../api/units";
import { instant } from "./clock";
import { dayOf } from "./shown-time";

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

/** Longest name of a unit, characters. */
export const LONGEST_UNIT_NAME = 100;
/** Shifts of one plan at most. */
export const MOST_SHIFTS = 200;

/** One line of the plan as typed; `day` is the day its shift began, `2026-03-17`. */
export interface DutyLine {
  unit: string;
  from: string;
  until: string;
  day: string;
}

/** What is wrong with a line. */
export type DutyFault = "duty_need_unit" | "duty_need_times" | "duty_twice";

/** The plan as lines to be changed. */
export function linesOf(shifts: readonly DutyShift[]): DutyLine[] {
  return shifts.flatMap((shift) => {
    const [from, until] = [instant(shift.from), instant(shift.until)];
    if (from === null || until === null) return [];
    return [
      { unit: shift.unit, from: timeOf(from), until: timeOf(until), day: dayOf(from) },
    ];
  });
}

/** An empty line for a shift that begins today, with the times of the line before. */
export function nextLine(lines: readonly DutyLine[], nowMs: number): DutyLine {
  const before = lines.at(-1);
  return {
    unit: "",
    from: before?.from ?? "08:00",
    until: before?.until ?? "20:00",
    day: before?.day ?? dayOf(nowMs),
  };
}

/** What is to be sent, or the faults by line. Lines without a unit and never touched are left out. */
export function planBody(
  lines: readonly DutyLine[],
): { shifts: NewShift[] } | { faults: Map<number, DutyFault> } {
  const faults = new Map<number, DutyFault>();
  const shifts: NewShift[] = [];
  const known = new Set<string>();
  lines.forEach((line, index) => {
    const unit = line.unit.trim();
    const [from, until] = [millis(line.day, line.from), millis(line.day, line.until)];
    if (unit === "") faults.set(index, "duty_need_unit");
    else if (from === null || until === null) faults.set(index, "duty_need_times");
    else if (known.has(`${unit}\n${from}`)) faults.set(index, "duty_twice");
    else {
      known.add(`${unit}\n${from}`);
      const end = until > from ? until : until + DAY_MS;
      shifts.push({ unit, from: iso(from), until: iso(end) });
    }
  });
  return faults.size > 0 ? { faults } : { shifts };
}

function timeOf(ms: number): string {
  return new Date(ms + CHINA_MS).toISOString().slice(11, 16);
}

function millis(day: string, time: string): number | null {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return null;
  const ms = Date.parse(`${day}T${time}:00+08:00`);
  return Number.isNaN(ms) ? null : ms;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
