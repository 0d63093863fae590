// The figures of a day, computed from the lists they stand for, so that each can be checked by
// counting.

import type { Act } from "../api/office";
import type { Incident } from "../api/types";
import { instant } from "./clock";

/** The numbers of a day's acts. */
export interface ActFigures {
  acts: number;
  finalised: number;
  conflicts: number;
  /** Originals that the records name and the court does not have. */
  pending: number;
  missing: number;
}

/** Counts acts. */
export function actFigures(acts: readonly Act[]): ActFigures {
  const sum = (of: (act: Act) => number) => acts.reduce((total, act) => total + of(act), 0);
  return {
    acts: acts.length,
    finalised: acts.filter((act) => act.finalised).length,
    conflicts: sum((act) => act.open_conflicts),
    pending: sum(({ files }) => files.absent + files.arriving + files.differs),
    missing: sum((act) => act.missing.length),
  };
}

/** Spans in order. */
export interface Spread {
  n: number;
  /** The middle one, milliseconds; of an even number the later of the two middle ones. */
  p50: number | null;
  max: number | null;
}

/** Orders spans. */
export function spread(spans: readonly number[]): Spread {
  const sorted = [...spans].sort((a, b) => a - b);
  return {
    n: sorted.length,
    p50: sorted[Math.floor(sorted.length / 2)] ?? null,
    max: sorted.at(-1) ?? null,
  };
}

/** The numbers of a day's requests. */
export interface RequestFigures {
  requests: number;
  open: number;
  /** From receipt until a person acted. */
  answered: Spread;
  /** From receipt until somebody was there. */
  arrived: Spread;
  /** Of those that somebody reached, how many within the target; and all that have passed it. */
  inTime: number;
  late: number;
}

const ENDED = ["closed", "false_alarm", "cancelled"];

/** Counts requests; joined reports belong to their head. `targetMs`: within which somebody is to be there. */
export function requestFigures(
  incidents: Iterable<Incident>,
  targetMs: number,
  nowMs: number,
): RequestFigures {
  const heads = [...incidents].filter((incident) => incident.merged_into === null);
  const span = (incident: Incident, to: string | null) => {
    const [from, until] = [instant(incident.t0), instant(to)];
    return from === null || until === null ? [] : [Math.max(0, until - from)];
  };
  const arrivals = heads.flatMap((incident) => span(incident, incident.arrived));
  const waits = heads.filter(
    (incident) => incident.arrived === null && !ENDED.includes(incident.state),
  );
  const overdue = waits.filter((incident) => nowMs - (instant(incident.t0) ?? nowMs) > targetMs);
  return {
    requests: heads.length,
    open: heads.filter((incident) => !ENDED.includes(incident.state)).length,
    answered: spread(heads.flatMap((incident) => span(incident, incident.answered))),
    arrived: spread(arrivals),
    inTime: arrivals.filter((ms) => ms <= targetMs).length,
    late: arrivals.filter((ms) => ms > targetMs).length + overdue.length,
  };
}
