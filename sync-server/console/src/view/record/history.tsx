// Who did what, on the right of a record: in the order in which each change follows those it was made
// on. The phone's time is in sight, what is proven of it behind a tap.

import type { Change, RecordDetail } from "../../api/office";
import { verbLabel } from "../../desk/labels";
import { deviceWords, provenWords, skewWords } from "../../desk/history";
import { sheetTime } from "../../desk/shown-time";
import type { Reading } from "../../desk/value";
import { pick } from "../../words/words";
import { useWords } from "../context";
import { useName } from "../office/office";
import { At } from "../office/parts";

/** The history. */
export function History(props: { record: RecordDetail; reading: Reading }) {
  const { say } = useWords();
  const { record, reading } = props;
  return (
    <section class="history" aria-label={say("history")}>
      <h3>
        {say("history")} <span class="count figures">{record.changes.length}</span>
      </h3>
      <p class="hint">{say("history_lead")}</p>
      <ol>
        {record.changes.map((change) => (
          <Entry key={change.envelope} change={change} reading={reading} />
        ))}
      </ol>
    </section>
  );
}

function Entry(props: { change: Change; reading: Reading }) {
  const { say, language } = useWords();
  const name = useName();
  const { change, reading } = props;
  const skew = skewWords(say, change.skew_ms);
  const verb = pick(language, verbLabel(reading.words, reading.kind, change.verb));
  return (
    <li class={change.late ? "late" : ""}>
      <details>
        <summary>
          <At moment={change.device} /> <strong>{name(change.person)}</strong> {verb}
          {skew !== "" && <span class="skew"> {skew}</span>}
          {change.late && <span class="attention"> {say("change_late")}</span>}
          {change.author_withdrawn && (
            <span class="attention"> {say("change_author_withdrawn")}</span>
          )}
          {change.author_expired && <span class="attention"> {say("change_author_expired")}</span>}
        </summary>
        <p>{provenWords(say, change, reading.nowMs)}</p>
        <dl class="facts">
          <dt>{say("from_device")}</dt>
          <dd>{deviceWords(say, change.device_name)}</dd>
          <dt>{say("col_arrived")}</dt>
          <dd class="figures">{sheetTime(change.received)}</dd>
          {change.author_withdrawn && (
            <>
              <dt>{say("change_author_withdrawn")}</dt>
              <dd class="figures">{sheetTime(change.author_withdrawn)}</dd>
            </>
          )}
          {change.author_expired && (
            <>
              <dt>{say("change_author_expired")}</dt>
              <dd class="figures">{sheetTime(change.author_expired)}</dd>
            </>
          )}
          <dt>{say("col_envelope")}</dt>
          <dd class="figures break">{change.envelope}</dd>
        </dl>
      </details>
    </li>
  );
}
