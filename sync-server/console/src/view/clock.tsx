// A running clock. It counts from an instant of the server's and is the only thing that is drawn
// each second.

import { clockTime, elapsed, instant } from "../desk/clock";
import { useNow } from "./context";

/** How long ago `since` was. */
export function Clock(props: { since: string }) {
  const now = useNow();
  const since = instant(props.since);
  return <span class="clock">{since === null ? "–" : elapsed(now - since)}</span>;
}

/** A time of day, Beijing time. */
export function Time(props: { at: string | null }) {
  const now = useNow();
  const at = instant(props.at);
  return (
    <time class="figures" dateTime={props.at ?? ""}>
      {clockTime(at, now)}
    </time>
  );
}
