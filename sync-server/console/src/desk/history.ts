// When something was recorded, as far as anybody can know: what the phone said, how wrong that clock
// must have been, and between which instants the log proves it.

import type { Change } from "../api/office";
import type { Say } from "../words/words";
import { clockTime } from "./clock";

/** Less than this is no wrong clock worth a word: the log is proven to the second, not finer. */
const WORTH_SAYING_MS = 1_000;
/** The device of whatever was done at the court's console. */
const CONSOLE = "console";

/**
 * How wrong the phone's clock was at least; empty where it lies within what is proven. It may have been
 * more: the proven interval is longer than an instant.
 */
export function skewWords(say: Say, skewMs: number): string {
  const off = Math.abs(skewMs);
  if (off < WORTH_SAYING_MS) return "";
  const time =
    off < 90_000
      ? say("seconds", { n: Math.floor(off / 1_000) })
      : say("minutes", { n: Math.floor(off / 60_000) });
  return say(skewMs > 0 ? "clock_fast" : "clock_slow", { time });
}

/** `手机时间 09:05（至少快 7 分钟），可证明在 08:25–09:12 之间`. */
export function provenWords(say: Say, change: Change, nowMs: number): string {
  const at = (moment: { ms: number }) => clockTime(moment.ms, nowMs);
  const { not_before: after, not_after: before } = change;
  const proven =
    after && before
      ? say("proven_between", { from: at(after), to: at(before) })
      : before
        ? say("proven_before", { to: at(before) })
        : after
          ? say("proven_after", { from: at(after) })
          : say("proven_not");
  const skew = skewWords(say, change.skew_ms);
  const device = at(change.device);
  const time = skew === "" ? device : say("time_off", { time: device, skew });
  const phone = say(change.device_name === CONSOLE ? "console_time" : "phone_time", { time });
  return say("phone_and_proof", { phone, proven });
}

/** On what it was recorded. */
export function deviceWords(say: Say, device: string | null | undefined): string {
  if (device === null || device === undefined) return say("device_not_told");
  return device === CONSOLE ? say("device_console") : device;
}
