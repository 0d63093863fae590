// Changes that are not part of their record: held until something else arrives, and sent back for
// good. All of them are kept; the reason stands in words.

import type { WaitingChange } from "../../api/office";
import { kindOfVerb, verbLabel } from "../../desk/labels";
import { waitWords } from "../../desk/waiting";
import { sheetTime } from "../../desk/shown-time";
import { pick } from "../../words/words";
import { useWords } from "../context";
import { ListFrame, type Sheet } from "../office/list-frame";
import { useName, useReference } from "../office/office";
import { At, CaseLink, RecordLink } from "../office/parts";
import type { List } from "../office/use-list";

/** Both trays. */
export function Waiting(props: { held: List<WaitingChange>; rejected: List<WaitingChange> }) {
  const { say } = useWords();
  const sheet = useWaitingSheet();
  return (
    <>
      <ListFrame
        title={say("held_title")}
        list={props.held}
        empty={say("held_none")}
        emptyWhy={say("held_none_why")}
        sheet={sheet}
        lead={<p class="hint">{say("held_lead")}</p>}
      >
        {(items) => <WaitingTable items={items} />}
      </ListFrame>
      <ListFrame
        title={say("rejected_title")}
        list={props.rejected}
        empty={say("rejected_none")}
        emptyWhy={say("rejected_none_why")}
        sheet={sheet}
        lead={<p class="hint">{say("rejected_lead")}</p>}
      >
        {(items) => <WaitingTable items={items} />}
      </ListFrame>
    </>
  );
}

/** What was done, in words. */
export function useVerb(): (change: { verb?: string | null }) => string {
  const { words } = useReference();
  const { say, language } = useWords();
  return ({ verb }) =>
    verb ? pick(language, verbLabel(words, kindOfVerb(words, verb), verb)) : say("verb_not_told");
}

/** The columns of a tray as a file. */
export function useWaitingSheet(): Sheet<WaitingChange> {
  const { say } = useWords();
  const name = useName();
  const verb = useVerb();
  return {
    head: [
      say("col_arrived"),
      say("col_person"),
      say("col_device"),
      say("col_verb"),
      say("col_case"),
      say("col_reason"),
      say("col_phone_time"),
      say("col_record"),
      say("col_envelope"),
    ],
    row: (change) => [
      sheetTime(change.received),
      name(change.person),
      change.device_name,
      verb(change),
      change.case_no ?? "",
      waitWords(say, change.reason),
      sheetTime(change.device),
      change.record,
      change.envelope,
    ],
  };
}

function WaitingTable(props: { items: readonly WaitingChange[] }) {
  const { say } = useWords();
  const name = useName();
  const verb = useVerb();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("col_arrived")}</th>
          <th scope="col">{say("col_person")}</th>
          <th scope="col">{say("col_verb")}</th>
          <th scope="col">{say("col_case")}</th>
          <th scope="col">{say("col_reason")}</th>
        </tr>
      </thead>
      <tbody>
        {props.items.map((change) => (
          <tr key={change.envelope}>
            <td>
              <At moment={change.received} />
            </td>
            <td>
              {name(change.person)}
              <div class="hint">{change.device_name}</div>
            </td>
            <td>
              <RecordLink id={change.record}>{verb(change)}</RecordLink>
            </td>
            <td>
              <CaseLink no={change.case_no} />
            </td>
            <td>{waitWords(say, change.reason)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
