// Who could come: buttons beside the unit's field, the nearest free one first, each with what its
// estimate rests on. A proposal: whatever is typed counts.

import { useEffect, useState } from "preact/hooks";
import type { Near, Nearest } from "../api/units";
import type { Incident } from "../api/types";
import { useDesk, useNow, usePage, useWords } from "./context";
import type { Say } from "../words/words";
import { outWords } from "../desk/duty";
import { isCommand, signedIn } from "../desk/state";

/** Asked again so often: fixes grow old, and units are sent elsewhere. */
const AGAIN_MS = 30_000;

function useNearest(incident: Incident): Nearest | null {
  const { office } = usePage();
  const [near, setNear] = useState<Nearest | null>(null);
  const turn = Math.floor(useNow() / AGAIN_MS);
  useEffect(() => {
    let gone = false;
    void office.nearest(incident.id).then((answer) => {
      // What was true a while ago is not shown as if it were now.
      if (!gone) setNear(answer.ok ? answer.value : null);
    });
    return () => {
      gone = true;
    };
  }, [incident.id, incident.seq, turn]);
  return near;
}

function words(say: Say, near: Near): string {
  const far =
    near.metres < 1_000
      ? say("near_metres", { n: near.metres })
      : say("near_km", { n: (near.metres / 1_000).toFixed(1) });
  const rests =
    near.fix_age_s === null
      ? say("near_from_station")
      : near.fix_age_s < 60
        ? say("near_fix_s", { n: near.fix_age_s })
        : say("near_fix_min", { n: Math.floor(near.fix_age_s / 60) });
  const about = say("near_about", { n: near.minutes });
  const where = near.out === null ? "" : outWords(near.out);
  const busy = where === "" ? say("near_busy") : say("near_busy_at", { where });
  return `${about} · ${far} · ${rests}${near.busy ? ` · ${busy}` : ""}`;
}

/** Units of the police on duty, to be chosen. */
export function NearUnits(props: {
  incident: Incident;
  value: string;
  /** The other station that the chosen unit is of, or empty. */
  lentBy: string;
  onChoose: (unit: string, lentBy: string) => void;
}) {
  const session = signedIn(useDesk());
  const { say } = useWords();
  const near = useNearest(props.incident);
  if (near === null) return null;
  // Units of two stations may have one name.
  const all = session !== null && isCommand(session);
  const lender = (one: Near) =>
    one.station === null || one.station.code === props.incident.station.code
      ? ""
      : one.station.code;
  const of = (one: Near) => (all && one.station !== null ? `${one.station.name} · ` : "");
  if (near.police.length === 0) {
    return <p class="hint">{say(near.placed ? "near_nobody" : "near_no_place")}</p>;
  }
  return (
    <ul class="near" aria-label={say("near_police")}>
      {near.police.map((one) => (
        <li key={`${one.station?.code ?? ""} ${one.unit}`}>
          <button
            type="button"
            aria-pressed={props.value === one.unit && props.lentBy === lender(one)}
            onClick={() => props.onChoose(one.unit, lender(one))}
          >
            {one.unit}
          </button>
          <span class="hint figures">
            {of(one)}
            {words(say, one)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Own people near a request, for the command centre. */
export function NearCourt(props: { incident: Incident }) {
  const desk = useDesk();
  const { say } = useWords();
  const session = signedIn(desk);
  return session !== null && isCommand(session) ? (
    <section aria-label={say("near_court")}>
      <h3>{say("near_court")}</h3>
      <CourtList incident={props.incident} />
    </section>
  ) : null;
}

function CourtList(props: { incident: Incident }) {
  const { say } = useWords();
  const near = useNearest(props.incident);
  if (near === null) return null;
  if (near.court.length === 0) {
    return <p class="hint">{say(near.placed ? "near_court_nobody" : "near_no_place")}</p>;
  }
  return (
    <ul class="near">
      {near.court.map((one) => (
        <li key={one.unit}>
          <strong>{one.unit}</strong>
          <span class="hint figures">{words(say, one)}</span>
        </li>
      ))}
    </ul>
  );
}
