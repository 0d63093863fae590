// The server's clock on this computer. It is set by what the stream says and runs on the time since
// the page was opened, so that a desk whose own clock is wrong or is changed shows the right times
// all the same.

/** A reading of both clocks at one moment, milliseconds. */
export interface ClockReading {
  /** The server's, since 1970. */
  serverMs: number;
  /** This page's, since it was opened. */
  pageMs: number;
}

/** What the server's clock shows when this page's shows `pageMs`; without a reading `fallbackMs`. */
export function serverNow(
  reading: ClockReading | null,
  pageMs: number,
  fallbackMs: number,
): number {
  return reading === null ? fallbackMs : reading.serverMs + (pageMs - reading.pageMs);
}

/** The next reading. An answer travels, so of two readings the one that shows the later time is nearer. */
export function readClock(
  before: ClockReading | null,
  serverTime: string,
  pageMs: number,
): ClockReading | null {
  const serverMs = Date.parse(serverTime);
  if (Number.isNaN(serverMs)) return before;
  if (before !== null) {
    const expected = serverNow(before, pageMs, 0);
    // Within a second the journey explains the difference; beyond, the server's clock was set.
    if (serverMs <= expected && expected - serverMs < 1_000) return before;
  }
  return { serverMs, pageMs };
}

/** Milliseconds of an instant, `null` for none or for what is no instant. */
export function instant(text: string | null | undefined): number | null {
  if (text === null || text === undefined) return null;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? null : ms;
}

/** `5:31`, or `1:02:03` from an hour on. Never negative: a clock counts up from zero. */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const two = (n: number) => String(n).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${two(minutes)}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** China has one time and no summer time, whatever this computer is set to. */
const BEIJING_MS = 8 * 3_600_000;

function beijing(ms: number): string {
  return new Date(ms + BEIJING_MS).toISOString();
}

/** Whether an instant lies within the years that have four digits: a phone's clock may say anything. */
export function isDate(ms: number | null | undefined): ms is number {
  return ms !== null && ms !== undefined && Math.abs(ms) < 250_000_000_000_000;
}

/**
 * `09:07`, Beijing time; with the date when it is not the day of `nowMs`, with the year when it is not
 * that year; `–` for what is no instant.
 */
export function clockTime(ms: number | null, nowMs: number): string {
  if (!isDate(ms)) return "–";
  const [there, today] = [beijing(ms), beijing(nowMs)];
  const time = there.slice(11, 16);
  if (there.slice(0, 10) === today.slice(0, 10)) return time;
  return `${there.slice(there.slice(0, 4) === today.slice(0, 4) ? 5 : 0, 10)} ${time}`;
}

/** `09:12:31`, Beijing time. */
export function clockSeconds(ms: number): string {
  return beijing(ms).slice(11, 19);
}

/**
 * The instant of `hh:mm` Beijing time that lies at or before `nowMs`, at most 24 hours back; `null` for
 * anything else. A call at 23:58 may be written down at 00:03.
 */
export function lastTimeOfDay(text: string, nowMs: number): number | null {
  const match = /^([01]?\d|2[0-3])[:：]([0-5]\d)$/.exec(text.trim());
  if (match === null) return null;
  const day = Math.floor((nowMs + BEIJING_MS) / 86_400_000) * 86_400_000 - BEIJING_MS;
  const there = day + (Number(match[1]) * 60 + Number(match[2])) * 60_000;
  return there <= nowMs ? there : there - 86_400_000;
}
