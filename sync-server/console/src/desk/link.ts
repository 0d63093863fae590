// Whether what is shown is still true. A server that says nothing for 12 seconds is taken for gone;
// how long to wait before the next try. Nothing here opens a connection.

/** The server beats every 5 seconds; after two missed ones nothing is believed any more. */
export const STALE_AFTER_MS = 12_000;

/** When something was last heard, by the page's clock and by this computer's, milliseconds. */
export interface Heard {
  pageMs: number;
  wallMs: number;
}

/**
 * Milliseconds since something was heard. The page's clock may stand still while a computer sleeps, the
 * computer's may be changed by hand: the longer time counts, since the screen never claims too much.
 */
export function silence(heard: Heard, now: Heard): number {
  return Math.max(0, now.pageMs - heard.pageMs, now.wallMs - heard.wallMs);
}

/** Whether the desk has to say that its data is old. */
export function isStale(heard: Heard | null, now: Heard): boolean {
  return heard === null || silence(heard, now) > STALE_AFTER_MS;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;

/**
 * How long to wait before try number `attempt` (from 0). Doubles up to ten seconds; `chance` (0 to 1) spreads a
 * hundred consoles so that they do not all come at once.
 */
export function waitBefore(attempt: number, chance: number): number {
  const whole = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(attempt, 10));
  return Math.round(whole / 2 + (whole / 2) * chance);
}
