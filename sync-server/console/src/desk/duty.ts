// A duty plan as it is typed: a unit and two times of day in China. A shift whose end is not after its
// beginning ends on the next day; one that would be over already is the next one of these times, since nobody
// writes down who was on duty.

import type { DutyShift, NewShift, UnitOut } from "../api/units";
import { instant } from "./clock";
import { dayOf } from "./shown-time";

const DAY_MS = 86_400_000;
const CHINA_MS = 8 * 3_600_000;

/** Longest name of a unit, characters. */
export const LONGEST_UNIT_NAME = 100;
/** Shifts of one plan at most. */
export const MOST_SHIFTS = 200;

/** One line of the plan as typed; `day` is the first day on which its shift may begin, `2026-03-17`. */
export interface DutyLine {
  unit: string;
  from: string;
  until: string;
  day: string;
}

/** Where a unit was sent: the station that has the request, and the place as far as anybody said. */
export function outWords(out: UnitOut): string {
  return out.place === "" ? out.station.name : `${out.station.name} ${out.place}`;
}

/** What is wrong with a line. */
export type DutyFault = "duty_need_unit" | "duty_need_times" | "duty_twice";

/** The plan of one station as lines to be changed; whoever is of the command centre as well is told all plans. */
export function linesOf(shifts: readonly DutyShift[], station: string): DutyLine[] {
  return shifts.flatMap((shift) => {
    if (shift.station.code !== station) return [];
    const [from, until] = [instant(shift.from), instant(shift.until)];
    if (from === null || until === null) return [];
    return [
      { unit: shift.unit, from: timeOf(from), until: timeOf(until), day: dayOf(from) },
    ];
  });
}

/** An empty line for the shift that runs now or comes next, with the times of the line before. */
export function nextLine(lines: readonly DutyLine[], nowMs: number): DutyLine {
  const before = lines.at(-1);
  return {
    unit: "",
    from: before?.from ?? "08:00",
    until: before?.until ?? "20:00",
    day: dayOf(nowMs - DAY_MS),
  };
}

/** Which lines of a plan that somebody saved are among those that were typed, line by line. */
export function known(
  saved: readonly DutyLine[],
  typed: readonly DutyLine[],
  nowMs: number,
): boolean[] {
  const name = (line: DutyLine) => {
    const shift = shiftOf(line, nowMs);
    return JSON.stringify([line.unit.trim(), shift?.from, shift?.until]);
  };
  const names = new Set(typed.map(name));
  return saved.map((line) => names.has(name(line)));
}

/** What is to be sent, or the faults by line. Lines without a unit and never touched are left out. */
export function planBody(
  lines: readonly DutyLine[],
  nowMs: number,
): { shifts: NewShift[] } | { faults: Map<number, DutyFault> } {
  const faults = new Map<number, DutyFault>();
  const shifts: NewShift[] = [];
  const known = new Set<string>();
  lines.forEach((line, index) => {
    const unit = line.unit.trim();
    const shift = shiftOf(line, nowMs);
    if (unit === "") faults.set(index, "duty_need_unit");
    else if (shift === null) faults.set(index, "duty_need_times");
    else if (known.has(`${unit}\n${shift.from}`)) faults.set(index, "duty_twice");
    else {
      known.add(`${unit}\n${shift.from}`);
      shifts.push({ unit, ...shift });
    }
  });
  return faults.size > 0 ? { faults } : { shifts };
}

function shiftOf(line: DutyLine, nowMs: number): { from: string; until: string } | null {
  const [from, until] = [millis(line.day, line.from), millis(line.day, line.until)];
  if (from === null || until === null) return null;
  const end = until > from ? until : until + DAY_MS;
  const over = end > nowMs ? 0 : (Math.floor((nowMs - end) / DAY_MS) + 1) * DAY_MS;
  return { from: iso(from + over), until: iso(end + over) };
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
