// One request in the list: mark, state and running clock, place, what happens; for the command
// centre the station.

import type { Incident } from "../api/types";
import {
  dangers,
  etaWords,
  facts,
  mark,
  placeWords,
  SHAPES,
  stateWords,
  unitWords,
} from "../desk/request";
import { clockTime, instant } from "../desk/clock";
import { span } from "../desk/span";
import { ended } from "../desk/urgency";
import { Clock, Time } from "./clock";
import { useNow, useWords } from "./context";

/** The element id of a row. */
export function rowId(id: string): string {
  return `row-${id}`;
}

/** A row. */
export function Row(props: {
  incident: Incident;
  selected: boolean;
  command: boolean;
  onSelect: () => void;
}) {
  const { say } = useWords();
  const { incident } = props;
  const kind = mark(incident);
  return (
    <li
      id={rowId(incident.id)}
      class={`row ${kind}`}
      role="option"
      aria-selected={props.selected}
      onClick={props.onSelect}
    >
      <div class="row-head">
        <span class={`mark ${kind}`} aria-hidden="true">
          {SHAPES[kind]}
        </span>
        <strong>{stateWords(say, incident)}</strong>
        <span class="grow" />
        {ended(incident) ? <Took incident={incident} /> : <Clock since={incident.t0} />}
      </div>
      <div class="row-place">{placeWords(say, incident)}</div>
      <div class="row-facts">
        <Time at={incident.t0} /> · {facts(say, incident).join(" · ")}
      </div>
      {dangers(say, incident).length > 0 && (
        <div class="row-danger">{dangers(say, incident).join(" · ")}</div>
      )}
      {incident.duress && <div class="row-duress">{say("duress")}</div>}
      {(props.command || incident.holder) && (
        <div class="row-facts">
          {props.command && incident.station.name}
          {props.command && incident.holder && " · "}
          {incident.holder?.name}
          {incident.unit && ` · ${unitWords(incident)}`}
        </div>
      )}
      <Eta incident={incident} />
    </li>
  );
}

function Took(props: { incident: Incident }) {
  const { say } = useWords();
  const [t0, arrived] = [instant(props.incident.t0), instant(props.incident.arrived)];
  if (t0 === null || arrived === null) return null;
  return <span class="figures">{say("target_met", { time: span(say, arrived - t0) })}</span>;
}

function Eta(props: { incident: Incident }) {
  const { say } = useWords();
  const now = useNow();
  if (ended(props.incident)) return null;
  const words = etaWords(say, props.incident, clockTime(instant(props.incident.eta), now), now);
  return words === null ? null : <div class="row-facts figures">{words}</div>;
}
