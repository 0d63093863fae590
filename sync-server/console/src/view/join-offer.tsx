// Right after a report was written down: the requests that may be the same event, and why they seem
// so.

import type { Incident, Proposal } from "../api/types";
import { clockTime, instant } from "../desk/clock";
import { wordOf } from "../desk/reasons";
import { placeWords, stateWords } from "../desk/request";
import { useDesk, useNow, useWords } from "./context";
import { StepButton } from "./step-form";

/** The offer. It goes when the report was joined, or a person says that it is none of them. */
export function JoinOffer(props: {
  incident: Incident;
  proposed: Proposal[];
  onClose: () => void;
}) {
  const desk = useDesk();
  const { say } = useWords();
  const now = useNow();
  const { incident } = props;
  const joined = desk.incidents.get(incident.id)?.merged_into !== null;
  const heads = props.proposed.flatMap(({ id, why }) => {
    const head = desk.incidents.get(id);
    return head === undefined ? [] : [{ head, why }];
  });
  if (joined || heads.length === 0) return null;
  return (
    <section class="join" aria-label={say("join_title")}>
      <h2>{say("join_title")}</h2>
      <p>{say("join_lead")}</p>
      <ul>
        {heads.map(({ head, why }) => (
          <li key={head.id}>
            <strong>
              {clockTime(instant(head.t0), now)} {placeWords(say, head)}
            </strong>
            <div class="hint">
              {stateWords(say, head)} · {why.map((code) => wordOf(say, "why", code)).join(" · ")}
            </div>
            <StepButton
              incident={incident}
              body={{ step: "merged", other: head.id }}
              label={say("join_into")}
              primary
            />
          </li>
        ))}
      </ul>
      <button type="button" onClick={props.onClose}>
        {say("join_none")}
      </button>
    </section>
  );
}
