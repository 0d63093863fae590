// The figures of today. Each is counted from a list and opens it; what is not counted completely says
// so.

import type { ComponentChildren } from "preact";
import { nowOnServer } from "../../control/time";
import { actFigures, requestFigures } from "../../desk/figures";
import { address, type Route } from "../../desk/route";
import { dayOf } from "../../desk/shown-time";
import { span } from "../../desk/span";
import { hasDesk, signedIn } from "../../desk/state";
import { useDesk, usePage, useToday, useWords } from "../context";
import { Heading } from "../office/parts";
import { ListProblem } from "../office/list-frame";
import { useAll } from "../office/use-all";

/** The workspace. */
export function Figures() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { office } = page;
  const day = dayOf(useToday());
  const acts = useAll((after) => office.acts(day, after), `acts ${day}`);
  const conflicts = useAll((after) => office.conflicts(after), "conflicts");
  const session = signedIn(desk);
  const hears = session !== null && hasDesk(session);
  const target = session?.arrival_target_s ?? 0;
  const requests = requestFigures(desk.incidents.values(), target * 1_000, nowOnServer(desk));
  const counted = acts.items === null ? null : actFigures(acts.items);
  const time = (ms: number | null) => (ms === null ? "–" : span(say, ms));
  const asked: Route = { page: "desk" };
  const acted: Route = { page: "command", part: "acts" };
  return (
    <>
      <Heading>{say("figures_title", { day })}</Heading>
      <p class="hint">{say("figures_lead")}</p>
      <div role="alert">
        {acts.problem && <ListProblem problem={acts.problem} onAgain={acts.again} />}
        {conflicts.problem && <ListProblem problem={conflicts.problem} onAgain={conflicts.again} />}
      </div>
      <section class="figures-group" aria-label={say("figures_acts")}>
        <h3>{say("figures_acts")}</h3>
        {counted === null && <p class="hint">{say("list_loading")}</p>}
        <ul class="tiles">
          <Tile route={acted} label={say("figure_acts")} value={counted?.acts} />
          <Tile
            route={acted}
            label={say("figure_finalised")}
            value={counted && `${counted.finalised} / ${counted.acts}`}
          />
          <Tile route={acted} label={say("figure_missing")} value={counted?.missing} />
          <Tile
            route={{ page: "command", part: "now" }}
            label={say("figure_conflicts")}
            value={conflicts.items?.length}
          />
          <Tile
            route={acted}
            label={say("figure_pending")}
            hint={say("figure_pending_what")}
            value={counted?.pending}
          />
        </ul>
      </section>
      <section class="figures-group" aria-label={say("figures_requests")}>
        <h3>{say("figures_requests")}</h3>
        {!hears && <p class="hint">{say("figures_no_desk")}</p>}
        {hears && !desk.loaded && <p class="hint">{say("open_loading")}</p>}
        {desk.loaded && (
          <ul class="tiles">
            <Tile route={asked} label={say("figure_requests")} value={requests.requests}>
              {say("figure_requests_open", { n: requests.open })}
            </Tile>
            <Tile
              route={asked}
              label={say("figure_answered")}
              value={time(requests.answered.p50)}
              hint={say("figure_of", { n: requests.answered.n })}
            >
              {say("figure_max", { time: time(requests.answered.max) })}
            </Tile>
            <Tile
              route={asked}
              label={say("figure_arrived")}
              value={time(requests.arrived.p50)}
              hint={say("figure_of", { n: requests.arrived.n })}
            >
              {say("figure_max", { time: time(requests.arrived.max) })}
            </Tile>
            <Tile
              route={asked}
              label={say("figure_in_time", { n: Math.round(target / 60) })}
              value={
                requests.inTime + requests.late === 0
                  ? "–"
                  : `${requests.inTime} / ${requests.inTime + requests.late}`
              }
            >
              {say("figure_late", { n: requests.late })}
            </Tile>
          </ul>
        )}
      </section>
    </>
  );
}

function Tile(props: {
  route: Route;
  label: string;
  value: string | number | null | undefined;
  hint?: string;
  children?: ComponentChildren;
}) {
  return (
    <li>
      <a class="tile" href={address(props.route)}>
        <span class="tile-label">{props.label}</span>
        <strong class="tile-value figures">{props.value ?? "–"}</strong>
        {props.children && <span class="tile-more figures">{props.children}</span>}
        {props.hint && <span class="hint figures">{props.hint}</span>}
      </a>
    </li>
  );
}
