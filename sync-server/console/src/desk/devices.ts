// Phones of the court: which has not been heard of for long, and how long that is.

import type { Device } from "../api/office";
import type { Say } from "../words/words";
import { instant } from "./clock";

const HOUR_MS = 3_600_000;
/** A phone that was not heard of for a day lies somewhere, or its work does. */
export const QUIET_MS = 24 * HOUR_MS;

/** Milliseconds since it was last heard of; `null`: never. */
export function silenceOf(device: Device, nowMs: number): number | null {
  const at = instant(device.last_contact);
  return at === null ? null : Math.max(0, nowMs - at);
}

/** Whether somebody should ask after it. A withdrawn one is expected to be quiet. */
export function isQuiet(device: Device, nowMs: number): boolean {
  const silence = silenceOf(device, nowMs);
  return device.withdrawn === null && (silence === null || silence > QUIET_MS);
}

/** Quiet ones first, the longest silence first; then the others by name; the withdrawn ones last. */
export function byQuiet(devices: readonly Device[], nowMs: number): Device[] {
  const rank = (device: Device) => (device.withdrawn !== null ? 2 : isQuiet(device, nowMs) ? 0 : 1);
  const silence = (device: Device) => silenceOf(device, nowMs) ?? Number.MAX_SAFE_INTEGER;
  return [...devices].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      (rank(a) === 0 ? silence(b) - silence(a) : 0) ||
      a.device_name.localeCompare(b.device_name, "zh"),
  );
}

/** How long it has been quiet, in words. */
export function ageWords(say: Say, silenceMs: number | null): string {
  if (silenceMs === null) return say("never_heard");
  if (silenceMs < 60_000) return say("just_now");
  if (silenceMs < HOUR_MS) return say("minutes_ago", { n: Math.floor(silenceMs / 60_000) });
  if (silenceMs < 2 * QUIET_MS) return say("hours_ago", { n: Math.floor(silenceMs / HOUR_MS) });
  return say("days_ago", { n: Math.floor(silenceMs / QUIET_MS) });
}
