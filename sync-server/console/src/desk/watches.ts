// Promises of crews: which comes first, how each stands by the running clock, and which are over.

import type { Watch } from "../api/calls";
import type { Incident } from "../api/types";
import { elapsed, instant } from "./clock";
import { ended, ringing } from "./urgency";
import type { Say } from "../words/words";

/** `red` asks for an act now; `amber` has to be watched. */
export type Urgency = "red" | "amber" | "calm";

/** Where it stands at `nowMs`: the deadline may have passed since the server was asked. */
export function standingNow(watch: Watch, nowMs: number): string {
  const until = instant(watch.until);
  const passed = until !== null && until <= nowMs;
  return watch.standing === "quiet" && passed ? "overdue" : watch.standing;
}

/** The request that its silence raised, or the one which that was joined with. */
export function raisedBy(
  watch: Watch,
  incidents: ReadonlyMap<string, Incident>,
): Incident | undefined {
  const own = incidents.get(watch.incident ?? "");
  return incidents.get(own?.merged_into ?? "") ?? own;
}

/** Whether nothing is left to do: heard of in time, or a person has closed what was raised. */
export function isOver(watch: Watch, incidents: ReadonlyMap<string, Incident>): boolean {
  if (watch.standing === "kept") return true;
  const raised = raisedBy(watch, incidents);
  return raised !== undefined && ended(raised);
}

/** How much it asks of whoever looks on. What was raised and not seen yet rings, and so is red. */
export function urgency(
  watch: Watch,
  incidents: ReadonlyMap<string, Incident>,
  nowMs: number,
): Urgency {
  const raised = raisedBy(watch, incidents);
  switch (standingNow(watch, nowMs)) {
    case "raised":
      return raised === undefined || ringing(raised) ? "red" : "amber";
    case "quiet":
    case "kept":
      return "calm";
    default:
      return "amber";
  }
}

const RANK: Readonly<Record<Urgency, number>> = { red: 0, amber: 1, calm: 2 };

/** The most urgent first; of the others the one that is due next. */
export function byDeadline(
  watches: readonly Watch[],
  incidents: ReadonlyMap<string, Incident>,
  nowMs: number,
): Watch[] {
  const rank = (watch: Watch) => RANK[urgency(watch, incidents, nowMs)];
  const at = (watch: Watch) => instant(watch.until) ?? instant(watch.received) ?? 0;
  return [...watches].sort((a, b) => rank(a) - rank(b) || at(a) - at(b));
}

/** What the running clock says of it; empty where nothing more is due. */
export function clockWords(say: Say, watch: Watch, nowMs: number): string {
  const until = instant(watch.until);
  if (until === null) return "";
  const left = until - nowMs;
  if (watch.standing === "quiet") {
    return left > 0
      ? say("watch_left", { time: elapsed(left) })
      : say("watch_past", { time: elapsed(-left) });
  }
  return left > 0 ? say("watch_calls_in", { time: elapsed(left) }) : say("watch_calls_now");
}
