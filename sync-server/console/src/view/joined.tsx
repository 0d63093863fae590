// The reports that make one incident: those joined with this one, or the one it was joined with.
// Parting is a step like others.

import type { Incident } from "../api/types";
import { wordOf } from "../desk/reasons";
import { placeWords } from "../desk/request";
import { clockTime, instant } from "../desk/clock";
import { actWords } from "../desk/act";
import { useDesk, useNow, usePage, useWords } from "./context";
import { StepButton } from "./step-form";

/** The reports that belong together. */
export function Joined(props: { incident: Incident }) {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { merged, merged_into } = props.incident;
  if (merged_into !== null) {
    return (
      <section>
        <p>{say("joined_into")}</p>
        <button type="button" onClick={() => page.console.select(merged_into)}>
          {say("open_head")}
        </button>
      </section>
    );
  }
  const reports = merged.flatMap((id) => desk.incidents.get(id) ?? []);
  if (merged.length === 0) return null;
  return (
    <section aria-label={say("joined_reports", { n: merged.length })}>
      <h3>{say("joined_reports", { n: merged.length })}</h3>
      <ul class="joined">
        {reports.map((report) => (
          <Report key={report.id} report={report} head={props.incident.id} />
        ))}
      </ul>
    </section>
  );
}

function Report(props: { report: Incident; head: string }) {
  const { say, language } = useWords();
  const now = useNow();
  const { report } = props;
  const part = report.steps.find((offer) => offer.step === "split");
  const { situation_text, callback } = report.request;
  return (
    <li>
      <div>
        {say("report_of", {
          time: clockTime(instant(report.t0), now),
          channel: wordOf(say, "channel", report.request.channel),
          place: placeWords(say, report),
        })}
        {situation_text && <div class="note">“{situation_text}”</div>}
        {callback && <div class="hint figures">{callback}</div>}
      </div>
      {part && (
        <StepButton
          incident={report}
          body={{ step: "split", other: props.head }}
          label={actWords(say, language, part)}
        />
      )}
    </li>
  );
}
