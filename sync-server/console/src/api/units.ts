// Who of the police is on duty, and who could come to a request. As the server's description has it.

import type { StationName } from "./types";

/** A unit on duty for a while. */
export interface DutyShift {
  station: StationName;
  unit: string;
  from: string;
  until: string;
  /** Age of its last fix, seconds; `null` when there is none of the last half hour. */
  fix_age_s: number | null;
}

/** Shifts that are not over, by station, unit and time. */
export interface DutyPlan {
  server_time: string;
  /** Of one's own station's plan, named by whoever saves another; `null` for whoever writes none. */
  version: string | null;
  shifts: DutyShift[];
  /** Units of one's own station, for the command centre of all, that are at another station's request. */
  lent: LentUnit[];
}

/** Where a unit was sent. */
export interface UnitOut {
  /** The station that has the request. */
  station: StationName;
  /** Empty when nobody said. */
  place: string;
  since: string;
  arrived: boolean;
}

/** A unit that the command centre sent to another station's request. */
export interface LentUnit {
  station: StationName;
  unit: string;
  out: UnitOut;
}

/** A shift as a station writes it down. */
export interface NewShift {
  unit: string;
  from: string;
  until: string;
}

/** Somebody who could come. */
export interface Near {
  unit: string;
  station: StationName | null;
  /** `null`: nobody knows. */
  metres: number | null;
  /** It may be so many metres more or less; `null` with `metres`: reckoned from its station. */
  plus_minus_m: number | null;
  minutes: number | null;
  /** `null`: nobody knows where it is. */
  fix_age_s: number | null;
  /** By distance it cannot be told from another one of the list. */
  alike: boolean;
  busy: boolean;
  /** Where a unit of the police was sent that is busy. */
  out: UnitOut | null;
}

/** Who could come: free ones first, of those the nearest as far as distance tells, unknown places last. */
export interface Nearest {
  /** Whether the request says where it is. */
  placed: boolean;
  police: Near[];
  /** People of the court; for the command centre only. */
  court: Near[];
}
