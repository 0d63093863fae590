// The daily test of a desk's alarm: from eight in the morning on a person has to say that it was heard.

import type { Presence } from "../api/types";
import { COMMAND_DESK } from "./state";

/** From this hour on, in China. */
const DUE_HOUR = 8;
const HOUR_MS = 3_600_000;

/** Where today's test of a desk stands. */
export type AlarmTest = "early" | "due" | "unheard" | "heard";

/** Where the test of a desk stands at `nowMs`. */
export function testOf(desk: Presence, nowMs: number): AlarmTest {
  if (desk.alarm_test) return desk.alarm_test.heard ? "heard" : "unheard";
  return new Date(nowMs + 8 * HOUR_MS).getUTCHours() < DUE_HOUR ? "early" : "due";
}

/** Stations whose alarm was not tried today, and those where it was not heard. */
export function untested(
  presence: readonly Presence[],
  nowMs: number,
): { due: Presence[]; unheard: Presence[] } {
  const stations = presence.filter((desk) => desk.code !== COMMAND_DESK);
  const at = (test: AlarmTest) => stations.filter((desk) => testOf(desk, nowMs) === test);
  return { due: at("due"), unheard: at("unheard") };
}
