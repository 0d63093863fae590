// Spans of time in words. Only running clocks are written `mm:ss`: elsewhere "14:00" would be read
// as two o'clock.

import type { Say } from "../words/words";

/** `45 秒`, `8 分钟`, `2 小时 5 分`. Never negative. */
export function span(say: Say, ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 90) return say("seconds", { n: seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 90) return say("minutes", { n: minutes });
  return say("hours", { n: Math.floor(minutes / 60), m: minutes % 60 });
}
