// Who could come: buttons beside the unit's field, each with what its estimate rests on, and said of those that
// distance does not tell apart. A proposal: whatever is typed counts.

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

function length(say: Say, metres: number): string {
  return metres < 1_000
    ? say("near_m", { n: metres })
    : say("near_km", { n: (metres / 1_000).toFixed(1) });
}

function far(say: Say, near: Near): string[] {
  if (near.metres === null || near.minutes === null) return [];
  const line = length(say, near.metres);
  const span = near.plus_minus_m === null ? line : `${line} ± ${length(say, near.plus_minus_m)}`;
  return [say("near_about", { n: near.minutes }), say("near_line", { far: span })];
}

function fix(say: Say, near: Near): string {
  if (near.fix_age_s === null) {
    return say(near.metres === null ? "near_unknown" : "near_from_station");
  }
  return near.fix_age_s < 60
    ? say("near_fix_s", { n: near.fix_age_s })
    : say("near_fix_min", { n: Math.floor(near.fix_age_s / 60) });
}

function words(say: Say, near: Near): string {
  const where = near.out === null ? "" : outWords(near.out);
  const busy = where === "" ? say("near_busy") : say("near_busy_at", { where });
  const alike = near.alike ? [say("near_alike")] : [];
  return [...far(say, near), fix(say, near), ...alike, ...(near.busy ? [busy] : [])].join(" · ");
}

type Caution = "near_nobody" | "near_no_place" | "near_all_unknown" | "near_some_alike";

/** What is to be known of a whole list before one is chosen from it. */
function caution(near: Nearest): Caution | null {
  if (near.police.length === 0) return "near_nobody";
  if (!near.placed) return "near_no_place";
  if (near.police.every((one) => one.fix_age_s === null)) return "near_all_unknown";
  return near.police.some((one) => one.alike) ? "near_some_alike" : null;
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
  const first = caution(near);
  return (
    <>
      {first && <p class="hint">{say(first)}</p>}
      {near.police.length > 0 && (
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
      )}
    </>
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
    return <p class="hint">{say(near.placed ? "near_court_nobody" : "near_court_no_place")}</p>;
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
