// Something the server is asked for again and again: what it said last, and when it is due once more.
// Pure: the asking is the console's.

import type { Answer, Problem } from "../api/problem";

/** What was read last. An answer that did not come never empties it. */
export interface Reading<T> {
  /** `null`: nothing came yet. */
  value: T | null;
  problem: Problem | null;
  /** As of when, the server's clock, milliseconds. */
  atMs: number | null;
}

/** Nothing was read yet. */
export const UNREAD = { value: null, problem: null, atMs: null } as const;

/** The reading after an answer at `atMs`. */
export function readAgain<T>(before: Reading<T>, answer: Answer<T>, atMs: number): Reading<T> {
  return answer.ok
    ? { value: answer.value, problem: null, atMs }
    : { ...before, problem: answer.problem };
}

/** While somebody looks at the page, milliseconds. */
export const EVERY_MS = 30_000;
/** However much happens, milliseconds. */
export const AT_MOST_EVERY_MS = 5_000;

/**
 * Whether to ask now. `askedMs`: when it was asked for last on the page's clock, `null`: not since the
 * stream stands; `moved`: a request has changed since.
 */
export function due(
  askedMs: number | null,
  { moved, visible }: { moved: boolean; visible: boolean },
  nowMs: number,
): boolean {
  if (askedMs === null) return true;
  const since = nowMs - askedMs;
  return (moved && since >= AT_MOST_EVERY_MS) || (visible && since >= EVERY_MS);
}
