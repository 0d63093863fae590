// Which request comes first: not acknowledged before acknowledged, then the oldest. One order for
// the list, the banner and the keys, so that what Enter answers is always what stands on top.

import type { Incident, Person, State } from "../api/types";
import { instant } from "./clock";

const ENDED: ReadonlySet<State> = new Set<State>(["closed", "false_alarm", "cancelled"]);

/** Whether it is over, as far as anybody knows. */
export function ended(incident: Incident): boolean {
  return ENDED.has(incident.state);
}

/** Whether it belongs into the list of open ones: what was joined stands under its head. */
export function open(incident: Incident): boolean {
  return !ended(incident) && incident.merged_into === null;
}

/** Whether its alarm sounds. A joined report rings at its head. */
export function ringing(incident: Incident): boolean {
  return incident.ringing_since !== null && incident.merged_into === null;
}

/** Whether it rings again although somebody had answered: a report was joined, or the crew acts under duress. */
export function ringsAgain(incident: Incident): boolean {
  return ringing(incident) && incident.holder !== null;
}

/** Whether somebody else than `me` has it. */
export function heldByOther(incident: Incident, me: Person | null): boolean {
  return incident.holder !== null && incident.holder.person !== me?.person;
}

function since(incident: Incident): number {
  return instant(incident.t0) ?? 0;
}

/** The order of the list. */
export function byUrgency(a: Incident, b: Incident): number {
  return (
    Number(ringing(b)) - Number(ringing(a)) ||
    since(a) - since(b) ||
    (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
  );
}

/** The open ones in the order of the list. */
export function openList(incidents: Iterable<Incident>): Incident[] {
  return [...incidents].filter(open).sort(byUrgency);
}

/** The ended ones, the last one first. */
export function closedList(incidents: Iterable<Incident>): Incident[] {
  return [...incidents]
    .filter((incident) => ended(incident) && incident.merged_into === null)
    .sort((a, b) => since(b) - since(a));
}

/** The one whose alarm began last: what was not said yet. */
export function newest(rings: readonly Incident[]): Incident | undefined {
  const began = (incident: Incident) => instant(incident.ringing_since) ?? 0;
  return [...rings].sort((a, b) => began(b) - began(a))[0];
}

/**
 * Those whose alarm sounds at this desk, the most urgent one first. A station's desk hears its own at once; the
 * command centre's begins when the ladder has told it.
 */
export function ringingList(incidents: Iterable<Incident>, command: boolean): Incident[] {
  return [...incidents]
    .filter((incident) => ringing(incident) && (!command || incident.told.length > 0))
    .sort(byUrgency);
}
