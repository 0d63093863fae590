// The open requests in short, in the order of the desk; each opens there, where it can be acted on.

import type { Incident } from "../../api/types";
import { mark, placeWords, SHAPES, situationWords, stateWords } from "../../desk/request";
import { Clock, Time } from "../clock";
import { usePage, useWords } from "../context";
import { CaseLink } from "../office/parts";
import { goTo } from "../route";

/** The list. */
export function OpenRequests(props: { requests: readonly Incident[]; loaded: boolean }) {
  const page = usePage();
  const { say } = useWords();
  const { requests } = props;
  const title = say("requests_open");
  return (
    <section class="list-frame" aria-label={title}>
      <header class="list-head">
        <h3>
          {title} {props.loaded && <span class="count figures">{requests.length}</span>}
        </h3>
      </header>
      {!props.loaded && <p class="hint">{say("open_loading")}</p>}
      {props.loaded && requests.length === 0 && (
        <div class="empty">
          <strong>{say("open_none")}</strong>
          <p>{say("open_none_all")}</p>
        </div>
      )}
      {requests.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">{say("col_state")}</th>
              <th scope="col">{say("col_since")}</th>
              <th scope="col">{say("col_place")}</th>
              <th scope="col">{say("col_station")}</th>
              <th scope="col">{say("col_case")}</th>
            </tr>
          </thead>
          <tbody>
            {requests.map((incident) => (
              <tr key={incident.id} class={mark(incident)}>
                <td>
                  <span class={`mark ${mark(incident)}`} aria-hidden="true">
                    {SHAPES[mark(incident)]}
                  </span>{" "}
                  <strong>{stateWords(say, incident)}</strong> <Clock since={incident.t0} />
                </td>
                <td>
                  <Time at={incident.t0} />
                </td>
                <td>
                  <button
                    type="button"
                    class="plain in-text"
                    onClick={() => {
                      page.console.select(incident.id);
                      goTo({ page: "desk" });
                    }}
                  >
                    {placeWords(say, incident)} · {situationWords(say, incident)}
                  </button>
                </td>
                <td>{incident.station.name}</td>
                <td>
                  <CaseLink no={incident.case_no} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
