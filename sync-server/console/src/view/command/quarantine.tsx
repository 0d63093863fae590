// What waits for a person to decide: the author's certificate was withdrawn or had run out, or the
// author did not belong to the case. Admitting and setting aside take a reason in one's own words,
// never a single click.

import { useState } from "preact/hooks";
import type { Decided, WaitingChange } from "../../api/office";
import { sentence, type Problem } from "../../api/problem";
import { waitWords } from "../../desk/waiting";
import { useCut, useWords, usePage } from "../context";
import { Field } from "../field";
import { useDraft } from "../office/draft";
import { ListFrame } from "../office/list-frame";
import { useName } from "../office/office";
import { At, CaseLink, Done, RecordLink } from "../office/parts";
import type { List } from "../office/use-list";
import { useVerb, useWaitingSheet } from "./waiting";

/** The tray. */
export function Quarantine(props: { list: List<WaitingChange> }) {
  const { say } = useWords();
  const name = useName();
  const verb = useVerb();
  const [open, setOpen] = useState<string | null>(null);
  const [done, setDone] = useState<{ decided: Decided; what: string } | null>(null);
  const { list } = props;
  return (
    <ListFrame
      title={say("quarantine_title")}
      list={list}
      empty={say("quarantine_none")}
      emptyWhy={say("quarantine_none_why")}
      sheet={useWaitingSheet()}
      lead={
        done && (
          <Done key={done.decided.envelope}>
            {done.what} · {say("decided_now", { state: say(`decided_${stateOf(done.decided)}`) })}
            {done.decided.reason !== "" && ` ${waitWords(say, done.decided.reason)}`}
          </Done>
        )
      }
    >
      {(items) => (
        <ul class="cards">
          {items.map((change) => (
            <li key={change.envelope} class="card">
              <div class="card-row">
                <div>
                  <strong>
                    <RecordLink id={change.record}>{verb(change)}</RecordLink>
                  </strong>{" "}
                  <CaseLink no={change.case_no} />
                  <div class="card-why">{waitWords(say, change.reason)}</div>
                  <div class="hint">
                    {name(change.person)} · {change.device_name} · {say("phone_said")}{" "}
                    <At moment={change.device} /> · {say("received_at")}{" "}
                    <At moment={change.received} />
                  </div>
                </div>
                <button
                  type="button"
                  aria-expanded={open === change.envelope}
                  aria-label={say("decide_about", {
                    what: `${name(change.person)} ${verb(change)}`,
                  })}
                  onClick={() => setOpen(open === change.envelope ? null : change.envelope)}
                >
                  {say("decide")}
                </button>
              </div>
              {open === change.envelope && (
                <DecisionForm
                  change={change}
                  onDone={(decided) => {
                    setOpen(null);
                    setDone({ decided, what: `${name(change.person)} ${verb(change)}` });
                    list.again?.();
                  }}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </ListFrame>
  );
}

function stateOf(decided: Decided): "accepted" | "held" | "quarantined" | "rejected" {
  const { state } = decided;
  return state === "accepted" || state === "held" || state === "quarantined" ? state : "rejected";
}

function DecisionForm(props: { change: WaitingChange; onDone: (decided: Decided) => void }) {
  const page = usePage();
  const { say, language } = useWords();
  const cut = useCut();
  const { envelope } = props.change;
  const [admit, setAdmit] = useState<boolean | null>(null);
  const [reason, setReason] = useDraft(`decision ${envelope}`);
  const [lacks, setLacks] = useState<"choice" | "reason" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    const lack = admit === null ? "choice" : reason.trim() === "" ? "reason" : null;
    setLacks(lack);
    if (lack !== null || admit === null) return;
    setSending(true);
    const answer = await page.office.decide(envelope, admit, reason.trim());
    setSending(false);
    if (!answer.ok) return setProblem(answer.problem);
    setReason("");
    props.onDone(answer.value);
  };
  const choice = (value: boolean, text: string, what: string) => (
    <label class="choice">
      <input
        type="radio"
        name={`decision-${envelope}`}
        checked={admit === value}
        onChange={() => setAdmit(value)}
      />
      <span>
        <strong>{text}</strong> <span class="hint">{what}</span>
      </span>
    </label>
  );
  return (
    <form class="inline-form" noValidate onSubmit={(event) => void submit(event)}>
      <fieldset>
        <legend>{say("decision")}</legend>
        {choice(true, say("admit"), say("admit_what"))}
        {choice(false, say("set_aside"), say("set_aside_what"))}
        {lacks === "choice" && (
          <div class="problem" role="alert">
            {say("choose_first")}
          </div>
        )}
      </fieldset>
      <Field
        label={say("decision_reason")}
        hint={say("decision_reason_hint")}
        problem={lacks === "reason" ? say("reason_needed") : null}
      >
        {(field) => (
          <textarea
            {...field}
            rows={2}
            maxLength={300}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </Field>
      <div role="alert" class="problem">
        {problem && sentence(language, problem)}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending || cut}>
          {say(
            sending
              ? "sending"
              : admit === null
                ? "confirm"
                : admit
                  ? "confirm_admit"
                  : "confirm_aside",
          )}
        </button>
      </div>
    </form>
  );
}
