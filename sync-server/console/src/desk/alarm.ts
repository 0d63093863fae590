// What the alarm does, as a pure function of what rings and what the browser lets through. It stops
// only when nothing rings any more, which takes a person's act; to be signed out or cut off does
// not silence it.

/** What the browser says of sound and of the page. */
export interface Senses {
  /** `running`: it can be heard; `suspended`: the browser waits for a click; `none`: no sound device. */
  sound: "running" | "suspended" | "none";
  hidden: boolean;
}

/** What is to be done. */
export interface Alarm {
  sound: boolean;
  /** The browser keeps it quiet: say so. */
  silenced: boolean;
  /** Requests that ring, for title and icon. */
  count: number;
}

/** What the alarm has to do now. */
export function alarm(ringing: number, senses: Senses): Alarm {
  return { sound: ringing > 0, silenced: senses.sound !== "running", count: ringing };
}

/** The title of the tab. It changes between two texts while something rings, so that a glance catches it. */
export function tabTitle(plain: string, alarmText: string, count: number, beat: number): string {
  if (count === 0) return plain;
  return beat % 2 === 0 ? alarmText : `█ ${alarmText}`;
}

/** A person reads before answering: a key held down or pressed twice answers nothing it did not show. */
export const READ_BEFORE_MS = 700;

/** Whether Enter may answer the request that stands in the banner since `shownMs`. */
export function mayAnswer(shownMs: number, nowMs: number, repeated: boolean): boolean {
  return !repeated && nowMs - shownMs >= READ_BEFORE_MS;
}
