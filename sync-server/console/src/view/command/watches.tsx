// Promises of crews before dead zones: who has to be heard of and until when, what is overdue first;
// what is over lies behind a fold.

import { useState } from "preact/hooks";
import type { Watch } from "../../api/calls";
import { clockTime, instant } from "../../desk/clock";
import { positionWords } from "../../desk/request";
import { sheetTime } from "../../desk/shown-time";
import {
  byDeadline,
  clockWords,
  isOver,
  raisedBy,
  standingNow,
  urgency,
  type Urgency,
} from "../../desk/watches";
import { pick } from "../../words/words";
import { Clock } from "../clock";
import { useDesk, useNow, usePage, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { At, CaseLink } from "../office/parts";
import { readList } from "../office/use-list";
import { goTo } from "../route";

/** Colour and shape of a row: red and amber are never told by colour alone. */
const MARKS: Readonly<Record<Urgency, [row: string, shape: string]>> = {
  red: ["ringing", "●"],
  amber: ["late", "◐"],
  calm: ["", "○"],
};

/** The section. */
export function Watches() {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const nowMs = useNow();
  const { incidents } = desk;
  const open = (items: readonly Watch[]) =>
    byDeadline(
      items.filter((watch) => !isOver(watch, incidents)),
      incidents,
      nowMs,
    );
  const over = (desk.watches.value?.items ?? []).filter((watch) => isOver(watch, incidents));
  return (
    <>
      <ListFrame
        title={say("watches_title")}
        list={readList(desk.watches, ({ items }) => open(items), () => page.console.calls.read())}
        empty={say("watches_none")}
        emptyWhy={say("watches_none_why")}
        lead={<p class="hint">{say("watches_lead")}</p>}
        sheet={{
          head: [
            say("col_state"),
            say("col_deadline"),
            say("col_crew"),
            say("col_going_to"),
            say("col_case"),
            say("col_heard"),
            say("col_promised"),
          ],
          row: (watch) => [
            pick(language, watch),
            sheetTime(watch.until),
            crewWords(watch),
            watch.place,
            watch.case_no,
            sheetTime(watch.heard),
            sheetTime(watch.received),
          ],
        }}
      >
        {(items) => <WatchTable watches={items} />}
      </ListFrame>
      {over.length > 0 && <Over watches={over} />}
    </>
  );
}

/** Who went, the one who promised first. */
function crewWords(watch: Watch): string {
  return watch.crew.map((person) => person.name).join("、");
}

function Over(props: { watches: readonly Watch[] }) {
  const { say } = useWords();
  const [shown, setShown] = useState(false);
  return (
    <div class="watches-over">
      <button
        type="button"
        class="plain fold"
        aria-expanded={shown}
        onClick={() => setShown(!shown)}
      >
        {shown ? "▾" : "▸"} {say("watches_over", { n: props.watches.length })}
      </button>
      {shown && <WatchTable watches={props.watches} />}
    </div>
  );
}

function WatchTable(props: { watches: readonly Watch[] }) {
  const { say } = useWords();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{say("col_state")}</th>
          <th scope="col">{say("col_deadline")}</th>
          <th scope="col">{say("col_crew")}</th>
          <th scope="col">{say("col_going_to")}</th>
          <th scope="col">{say("col_case")}</th>
          <th scope="col">{say("col_heard")}</th>
        </tr>
      </thead>
      <tbody>
        {props.watches.map((watch) => (
          <WatchRow key={watch.id} watch={watch} />
        ))}
      </tbody>
    </table>
  );
}

function WatchRow(props: { watch: Watch }) {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const nowMs = useNow();
  const { watch } = props;
  const done = isOver(watch, desk.incidents);
  const [row, shape] = MARKS[done ? "calm" : urgency(watch, desk.incidents, nowMs)];
  const raised = raisedBy(watch, desk.incidents);
  const passed = standingNow(watch, nowMs) !== watch.standing;
  const until = instant(watch.until);
  const at = { time: clockTime(until, nowMs) };
  return (
    <tr class={row}>
      <td>
        <span class={`mark ${row}`} aria-hidden="true">
          {done ? "✓" : shape}
        </span>{" "}
        <strong>{passed ? say("watch_overdue") : pick(language, watch)}</strong>{" "}
        {!done && <span class="clock">{clockWords(say, watch, nowMs)}</span>}
        {!done && raised && <Clock since={raised.t0} />}
        {raised && (
          <div>
            <button
              type="button"
              class="plain in-text"
              onClick={() => {
                page.console.select(raised.id);
                goTo({ page: "desk" });
              }}
            >
              {say("watch_request")}
            </button>
          </div>
        )}
      </td>
      <td class="figures">
        {until === null
          ? "–"
          : say(watch.standing === "overdue" ? "watch_raise_at" : "watch_until", at)}
      </td>
      <td>{crewWords(watch)}</td>
      <td>
        {watch.place}
        {watch.position && <div class="hint">{positionWords(say, watch.position)}</div>}
      </td>
      <td>
        <CaseLink no={watch.case_no} />
      </td>
      <td>
        <At moment={watch.heard ?? null} />
        <div class="hint">
          {say("col_promised")} <At moment={watch.received} />
        </div>
      </td>
    </tr>
  );
}
