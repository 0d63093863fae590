// The selected request: where it stands on top, what can be done next, then what is known of it.

import type { Incident } from "../api/types";
import {
  dangerWords,
  etaWords,
  mark,
  placeWords,
  positionWords,
  situationWords,
  stateWords,
  targetWords,
  unitWords,
} from "../desk/request";
import { clockTime, instant } from "../desk/clock";
import { wordOf } from "../desk/reasons";
import { signedIn } from "../desk/state";
import { Actions } from "./actions";
import { Clock, Time } from "./clock";
import { useDesk, useNow, useWords } from "./context";
import { Joined } from "./joined";
import { NearCourt } from "./near";
import { Photos } from "./photos";
import { Progress } from "./progress";
import { Timeline } from "./timeline";
import { Told } from "./told";

/** The right column. */
export function Detail() {
  const desk = useDesk();
  const { say } = useWords();
  const incident = desk.selected === null ? undefined : desk.incidents.get(desk.selected);
  return (
    <aside class="detail" aria-label={say("details")}>
      {incident === undefined ? (
        <div class="empty">
          <strong>{say("details_none")}</strong>
          <p>{say("details_none_why")}</p>
        </div>
      ) : (
        <Whole key={incident.id} incident={incident} />
      )}
    </aside>
  );
}

function Whole(props: { incident: Incident }) {
  const { say } = useWords();
  const { incident } = props;
  return (
    <>
      <header class={`detail-head ${mark(incident)}`}>
        <h2>{placeWords(say, incident)}</h2>
        <div class="detail-state">
          <strong>{stateWords(say, incident)}</strong>
          {mark(incident) !== "ended" && <Clock since={incident.t0} />}
          <Told incident={incident} />
        </div>
        <Holder incident={incident} />
      </header>
      {incident.duress && (
        <div class="duress" role="note">
          <strong>{say("duress")}</strong>
          <p>{say("duress_more")}</p>
        </div>
      )}
      <Progress incident={incident} />
      <Warnings incident={incident} />
      <Actions incident={incident} />
      <Facts incident={incident} />
      {mark(incident) !== "ended" && <NearCourt incident={incident} />}
      <Photos photos={incident.photos} />
      <Joined incident={incident} />
      <Timeline entries={incident.timeline} />
    </>
  );
}

function Holder(props: { incident: Incident }) {
  const { say } = useWords();
  const now = useNow();
  const { holder } = props.incident;
  const unit = unitWords(props.incident);
  if (holder === null) return <div class="hint">{say("held_by_nobody")}</div>;
  const time = clockTime(instant(holder.since), now);
  return (
    <div class="hint">
      {say("held_by", { name: holder.name, time })}
      {unit && ` · ${unit}`}
    </div>
  );
}

/** What asks for attention: expected arrival, target, a wish to withdraw, contested fields. */
function Warnings(props: { incident: Incident }) {
  const { say } = useWords();
  const desk = useDesk();
  const now = useNow();
  const { incident } = props;
  const target = targetWords(say, incident, signedIn(desk)?.arrival_target_s ?? 1_200, now);
  const eta = etaWords(say, incident, clockTime(instant(incident.eta), now), now);
  const cancel = instant(incident.cancel_asked);
  return (
    <ul class="warnings figures">
      {eta && <li>{eta}</li>}
      {target && <li class={target.late ? "late" : ""}>{target.words}</li>}
      {cancel !== null && mark(incident) !== "ended" && !incident.duress && (
        <li class="late">{say("cancel_asked", { time: clockTime(cancel, now) })}</li>
      )}
      {incident.conflicts > 0 && (
        <li class="late">{say("conflicts", { n: incident.conflicts })}</li>
      )}
    </ul>
  );
}

function Facts(props: { incident: Incident }) {
  const { say } = useWords();
  const { request, station, case_no } = props.incident;
  const { people, officers_on_site } = request;
  return (
    <dl class="facts">
      <dt>{say("callback")}</dt>
      <dd class="figures">
        <strong>{request.callback ?? say("callback_none")}</strong>
      </dd>
      <dt>{say("situation")}</dt>
      <dd>
        {situationWords(say, props.incident)}
        {request.situation_text && <div class="note">“{request.situation_text}”</div>}
      </dd>
      <dt>{say("people")}</dt>
      <dd class="figures">
        {people === null ? say("people_unknown") : say("people_about", { n: people })}
        {officers_on_site !== null && ` · ${say("court_people", { n: officers_on_site })}`}
      </dd>
      <dt>{say("danger")}</dt>
      <dd>{dangerWords(say, props.incident)}</dd>
      <dt>{say("position")}</dt>
      <dd class="figures">{positionWords(say, request.position)}</dd>
      {request.needs.length > 0 && (
        <>
          <dt>{say("needed")}</dt>
          <dd>{request.needs.map((need) => wordOf(say, "need", need)).join(" · ")}</dd>
        </>
      )}
      <dt>{say("station")}</dt>
      <dd>
        {station.name}
        {station.derived && <span class="hint"> {say("station_derived")}</span>}
        {station.duty_phone && <span class="figures"> · {station.duty_phone}</span>}
      </dd>
      <dt>{say("channel")}</dt>
      <dd>
        {wordOf(say, "channel", request.channel)} · <Time at={props.incident.t0} />
      </dd>
      <dt>{say("case_no")}</dt>
      <dd class="figures">{case_no ?? say("case_none")}</dd>
    </dl>
  );
}
