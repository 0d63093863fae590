// The texts that no machine carried out, and those that could not be sent: one list for the command
// centre and for the desk. The files for a spreadsheet name no whole number.

import { useState } from "preact/hooks";
import type { TextMessage, UndeliveredText } from "../../api/calls";
import { nowOnServer } from "../../control/time";
import { sheetTime } from "../../desk/shown-time";
import { isUnread, numberTail, unread, verdictWords } from "../../desk/texts";
import { useDesk, usePage, useWords } from "../context";
import { ListFrame } from "../office/list-frame";
import { At, Done } from "../office/parts";
import { readList } from "../office/use-list";
import { Telephone } from "./telephone";

/** Both lists. */
export function Texts() {
  return (
    <>
      <Incoming />
      <Undelivered />
    </>
  );
}

function Incoming() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  const { calls } = page.console;
  const [marked, setMarked] = useState(false);
  const waiting = unread(desk.texts.value?.items ?? [], desk.seenTexts, nowOnServer(desk)).length;
  return (
    <ListFrame
      title={say("texts_title")}
      list={readList(desk.texts, (texts) => texts.items, () => calls.read())}
      empty={say("texts_none")}
      emptyWhy={say("texts_none_why")}
      sheet={{
        head: [
          say("col_arrived"),
          say("col_from"),
          say("col_text"),
          say("col_reason"),
          say("col_times"),
        ],
        row: (text) => [
          sheetTime(text.at),
          say("number_tail", { tail: numberTail(text.from) }),
          text.text,
          verdictWords(say, text.verdict),
          String(text.times),
        ],
      }}
      lead={
        <div class="texts-lead">
          <p class="hint">{say("texts_lead")}</p>
          {waiting > 0 && (
            <button
              type="button"
              onClick={() => {
                calls.seen();
                setMarked(true);
              }}
            >
              {say("texts_seen", { n: waiting })}
            </button>
          )}
          {waiting === 0 && marked && <Done>{say("texts_seen_done")}</Done>}
        </div>
      }
    >
      {(items) => (
        <ul class="cards">
          {items.map((text) => (
            <Text key={`${text.at} ${text.from} ${text.text}`} text={text} />
          ))}
        </ul>
      )}
    </ListFrame>
  );
}

function Text(props: { text: TextMessage }) {
  const desk = useDesk();
  const { say } = useWords();
  const { text } = props;
  const waits = isUnread(text, desk.seenTexts, nowOnServer(desk));
  return (
    <li class={waits ? "card contested" : "card"}>
      <div class="card-row">
        <At moment={text.at} />
        {waits && <span class="count asks">{say("text_new")}</span>}
        <Telephone number={text.from} />
        {text.times > 1 && <span class="figures">{say("text_times", { n: text.times })}</span>}
      </div>
      <p class="text-words break">{text.text}</p>
      <p class="hint">{verdictWords(say, text.verdict)}</p>
    </li>
  );
}

function Undelivered() {
  const page = usePage();
  const desk = useDesk();
  const { say } = useWords();
  return (
    <ListFrame<UndeliveredText>
      title={say("undelivered_title")}
      list={readList(desk.texts, (texts) => texts.undelivered, () => page.console.calls.read())}
      empty={say("undelivered_none")}
      emptyWhy={say("undelivered_none_why")}
      sheet={{
        head: [say("col_at"), say("col_to"), say("col_text")],
        row: (text) => [
          sheetTime(text.at),
          say("number_tail", { tail: numberTail(text.to) }),
          text.text,
        ],
      }}
      lead={<p class="hint">{say("undelivered_lead")}</p>}
    >
      {(items) => (
        <ul class="cards">
          {items.map((text) => (
            <li key={`${text.at} ${text.to} ${text.text}`} class="card">
              <div class="card-row">
                <At moment={text.at} />
                <Telephone number={text.to} />
              </div>
              <p class="text-words break">{text.text}</p>
            </li>
          ))}
        </ul>
      )}
    </ListFrame>
  );
}
