// The open requests in short, in the order of the desk; each opens there, where it can be acted on.

import type { Incident } from "../../api/types";
import { mark, placeWords, SHAPES, situationWords, stateWords } from "../../desk/request";
import { sheetTime } from "../../desk/shown-time";
import { Clock, Time } from "../clock";
import { usePage, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { CaseLink } from "../office/parts";
import { liveList } from "../office/use-list";
import { goTo } from "../route";

/** The list. */
export function OpenRequests(props: { requests: readonly Incident[]; loaded: boolean }) {
  const page = usePage();
  const { say } = useWords();
  return (
    <ListFrame
      title={say("requests_open")}
      list={liveList(props.loaded ? props.requests : null)}
      empty={say("open_none")}
      emptyWhy={say("open_none_all")}
      sheet={{
        head: [
          say("col_state"),
          say("col_since"),
          say("col_place"),
          say("col_situation"),
          say("col_station"),
          say("col_case"),
        ],
        row: (incident) => [
          stateWords(say, incident),
          sheetTime(incident.t0),
          placeWords(say, incident),
          situationWords(say, incident),
          incident.station.name,
          incident.case_no ?? "",
        ],
      }}
    >
      {(requests) => (
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
    </ListFrame>
  );
}
