// The four steps everybody asks for, in one line, with the time at each: delivered, acknowledged,
// on the way, there.

import type { Incident } from "../api/types";
import { instant } from "../desk/clock";
import { span } from "../desk/span";
import type { Key } from "../words/words";
import { Time } from "./clock";
import { useWords } from "./context";

const HOPS: readonly { key: Key; at: (incident: Incident) => string | null }[] = [
  { key: "hop_delivered", at: (incident) => incident.t0 },
  { key: "state_acknowledged", at: (incident) => incident.answered },
  { key: "state_unit_sent", at: (incident) => incident.sent },
  { key: "state_arrived", at: (incident) => incident.arrived },
];

/** The line. */
export function Progress(props: { incident: Incident }) {
  const { say } = useWords();
  const { incident } = props;
  const t0 = instant(incident.t0);
  return (
    <ol class="progress" aria-label={say("progress")}>
      {HOPS.map(({ key, at }, index) => {
        const time = at(incident);
        const ms = instant(time);
        return (
          <li key={key} class={time === null ? "waiting" : "done"}>
            <span class="progress-word">{(say as (key: Key) => string)(key)}</span>
            <Time at={time} />
            {index > 0 && ms !== null && t0 !== null && (
              <span class="figures after">{say("after", { time: span(say, ms - t0) })}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}
