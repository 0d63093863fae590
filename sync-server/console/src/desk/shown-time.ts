// Instants in files for a spreadsheet: the whole date and time of China, whatever today is.

import type { Moment } from "../api/office";
import { instant, isDate } from "./clock";

/** `2026-03-17 09:05:00`, empty for none. */
export function sheetTime(at: Moment | string | null | undefined): string {
  const ms = typeof at === "object" ? at?.ms : instant(at);
  if (!isDate(ms)) return "";
  return new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ");
}

/** The day in China, `2026-03-17`. */
export function dayOf(nowMs: number): string {
  return new Date(nowMs + 8 * 3_600_000).toISOString().slice(0, 10);
}
