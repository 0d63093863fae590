// The open conflicts of a record, on top of it: the sides side by side, one of them or another value
// taken with a reason. Whoever may not decide sees who may.

import { useState } from "preact/hooks";
import type { Conflict, RecordDetail, Side } from "../../api/office";
import { sentence, type Problem } from "../../api/problem";
import { choicesOf, readTarget } from "../../desk/labels";
import { provenWords } from "../../desk/history";
import {
  maySettle,
  settleable,
  settlement,
  takesOther,
  typed,
  type Choice,
  type Fault,
} from "../../desk/settling";
import { signedIn } from "../../desk/state";
import { itemWords, type Reading } from "../../desk/value";
import { pick } from "../../words/words";
import { claimed, contested, whoDecides } from "../command/conflicts";
import { useDesk, usePage, useCut, useWords } from "../context";
import { Field } from "../field";
import { useDraft } from "../office/draft";
import { useName } from "../office/office";
import { At, Done } from "../office/parts";

interface Disputed {
  record: RecordDetail;
  reading: Reading;
  onChange: (record: RecordDetail) => void;
  onAgain: () => void;
}

/** The open conflicts; a word when the last one went. */
export function Disputes(props: Disputed) {
  const { say } = useWords();
  const { conflicts } = props.record;
  const [done, setDone] = useState<string | null>(null);
  if (conflicts.length === 0 && done === null) return null;
  return (
    <section class="disputes" aria-label={say("disputes_title")}>
      <h3>
        {say("disputes_title")} <span class="count figures">{conflicts.length}</span>
      </h3>
      {done !== null && <Done key={done}>{done}</Done>}
      {conflicts.map((conflict) => (
        <Dispute
          key={`${conflict.kind} ${conflict.target}`}
          {...props}
          conflict={conflict}
          onTold={setDone}
        />
      ))}
    </section>
  );
}

function Dispute(props: Disputed & { conflict: Conflict; onTold: (text: string) => void }) {
  const desk = useDesk();
  const { say } = useWords();
  const name = useName();
  const { conflict, reading } = props;
  const [choice, setChoice] = useState<Choice | null>(null);
  const session = signedIn(desk);
  const may = session !== null && settleable(conflict) && maySettle(session, conflict);
  const { collection, item } = readTarget(conflict.target);
  const what = [
    item === "" ? "" : itemWords(reading, `${collection}/${item}`),
    contested(say, reading, conflict),
  ];
  const title = what.filter(Boolean).join(" · ");
  const chosen = (side: Side) => choice !== null && "side" in choice && choice.side.op === side.op;
  const word = (index: number) => {
    if (conflict.sides.length !== 2) return say("take_this", { n: index + 1 });
    return say(index === 0 ? "take_left" : "take_right");
  };
  return (
    <article class="card contested" aria-label={title}>
      <div class="card-row">
        <strong>{title}</strong>
        <span class="hint">{whoDecides(say, conflict)}</span>
      </div>
      <ol class="sides">
        {conflict.sides.map((side, index) => (
          <li key={side.op} class={chosen(side) ? "side chosen" : "side"}>
            <div class="side-value">{claimed(say, reading, conflict, side)}</div>
            <div class="hint">
              {name(side.person)} · {say("phone_said")} <At moment={side.device} />
            </div>
            <Proven record={props.record} side={side} reading={reading} />
            {may && (
              <button type="button" aria-pressed={chosen(side)} onClick={() => setChoice({ side })}>
                {word(index)}
              </button>
            )}
          </li>
        ))}
      </ol>
      {may && takesOther(conflict) && (
        <div class="buttons">
          <button
            type="button"
            aria-pressed={choice !== null && "other" in choice}
            onClick={() => setChoice({ other: "" })}
          >
            {say("take_other")}
          </button>
          <button
            type="button"
            aria-pressed={choice !== null && "nothing" in choice}
            onClick={() => setChoice({ nothing: true })}
          >
            {say("take_nothing")}
          </button>
        </div>
      )}
      {!settleable(conflict) && <p class="hint">{say("settle_elsewhere")}</p>}
      {settleable(conflict) && !may && <p class="hint">{say("settle_not_yours")}</p>}
      {choice !== null && (
        <SettleForm {...props} choice={choice} onChoice={setChoice} title={title} />
      )}
    </article>
  );
}

/** What is proven of when a side was recorded, behind a tap. */
function Proven(props: { record: RecordDetail; side: Side; reading: Reading }) {
  const { say } = useWords();
  const change = props.record.changes.find((each) => each.change === props.side.change);
  if (change === undefined) return null;
  return (
    <details class="hint">
      <summary>{say("what_is_proven")}</summary>
      {provenWords(say, change, props.reading.nowMs)}
    </details>
  );
}

function SettleForm(
  props: Disputed & {
    conflict: Conflict;
    choice: Choice;
    title: string;
    onChoice: (choice: Choice) => void;
    onTold: (text: string) => void;
  },
) {
  const page = usePage();
  const { say, language } = useWords();
  const cut = useCut();
  const { conflict, choice, record, reading, title } = props;
  const { collection, field } = readTarget(conflict.target);
  const [reason, setReason] = useDraft(`settlement ${record.id} ${conflict.target}`);
  const [fault, setFault] = useState<Fault | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    const body = settlement(conflict, field, choice, reason);
    setProblem(null);
    setFault(typeof body === "string" ? body : null);
    if (typeof body === "string") return;
    setSending(true);
    const answer = await page.office.settle(record.id, body);
    setSending(false);
    if (answer.ok) {
      setReason("");
      props.onChange(answer.value);
      props.onTold(say("settled_now", { what: title }));
      return;
    }
    setProblem(answer.problem);
    if (answer.problem.kind === "refused" && answer.problem.code === "conflict_gone") {
      props.onTold(say("conflict_gone", { what: title }));
      props.onAgain();
    }
  };
  return (
    <form class="inline-form" noValidate onSubmit={(event) => void submit(event)}>
      {"other" in choice && (
        <Other
          kind={typed(conflict, field)}
          choices={choicesOf(reading.words, reading.kind, collection, field)}
          value={choice.other}
          problem={fault === "value_bad" ? say("value_bad") : null}
          onInput={(other) => {
            setFault(null);
            props.onChoice({ other });
          }}
        />
      )}
      <Field
        label={say("settle_reason")}
        hint={say("settle_reason_hint")}
        problem={fault === "reason_missing" ? say("reason_needed") : null}
      >
        {(control) => (
          <textarea
            {...control}
            rows={2}
            maxLength={300}
            value={reason}
            onInput={(event) => {
              setFault(null);
              setReason(event.currentTarget.value);
            }}
          />
        )}
      </Field>
      <div role="alert" class="problem">
        {problem && sentence(language, problem)}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending || cut}>
          {say(sending ? "sending" : "settle_confirm")}
        </button>
      </div>
    </form>
  );
}

function Other(props: {
  kind: ReturnType<typeof typed>;
  choices: ReturnType<typeof choicesOf>;
  value: string;
  problem: string | null;
  onInput: (value: string) => void;
}) {
  const { say, language } = useWords();
  const { kind, choices } = props;
  const options: [string, string][] | null =
    kind === "flag"
      ? [
          ["yes", say("flag_yes")],
          ["no", say("flag_no")],
        ]
      : kind === "text" && choices !== undefined
        ? Object.entries(choices).map(([code, label]) => [code, pick(language, label)])
        : null;
  return (
    <Field
      label={say("other_value")}
      problem={props.problem}
      {...(kind === "money" ? { hint: say("money_hint") } : {})}
    >
      {(control) =>
        options === null ? (
          <input
            {...control}
            inputMode={kind === "text" ? "text" : "decimal"}
            maxLength={600}
            value={props.value}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
        ) : (
          <select
            {...control}
            value={props.value}
            onChange={(event) => props.onInput(event.currentTarget.value)}
          >
            <option value="">{say("choose")}</option>
            {options.map(([code, label]) => (
              <option key={code} value={code}>
                {label}
              </option>
            ))}
          </select>
        )
      }
    </Field>
  );
}
