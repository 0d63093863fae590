// A record is finalised by its handling officer: what that means, which content, the password once more. Offered
// only where nothing is contested; whether the law is satisfied the server says, in words.

import { useState } from "preact/hooks";
import type { RecordDetail } from "../../api/office";
import { sentence, type Problem } from "../../api/problem";
import { signedIn } from "../../desk/state";
import { useCut, useDesk, usePage, useWords } from "../context";
import { Field } from "../field";
import { Done } from "../office/parts";

/** The offer, the form behind it, and a word when it is done. */
export function Finalise(props: {
  record: RecordDetail;
  onChange: (record: RecordDetail) => void;
  onAgain: () => void;
}) {
  const session = signedIn(useDesk());
  const { say } = useWords();
  const { record } = props;
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState<string | null>(null);
  const mine = session !== null && session.person === record.handler;
  const offered = mine && !record.finalised && record.conflicts.length === 0;
  if (!offered && done === null) return null;
  return (
    <section class="finalise" aria-label={say("finalise")}>
      {done !== null && <Done key={done}>{done}</Done>}
      {offered && (
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {say("finalise")}
        </button>
      )}
      {offered && open && (
        <Form
          record={record}
          onDone={(after) => {
            setOpen(false);
            setDone(say("finalised_now"));
            props.onChange(after);
          }}
          onMoved={() => {
            setOpen(false);
            setDone(say("finalise_none"));
            props.onAgain();
          }}
        />
      )}
    </section>
  );
}

function Form(props: {
  record: RecordDetail;
  onDone: (record: RecordDetail) => void;
  onMoved: () => void;
}) {
  const page = usePage();
  const { say, language } = useWords();
  const cut = useCut();
  const { record } = props;
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setMissing(password === "");
    if (sending || password === "") return;
    setSending(true);
    const answer = await page.office.finalise(record.id, record.content_digest, password);
    setSending(false);
    setPassword("");
    if (answer.ok) return props.onDone(answer.value);
    if (answer.problem.kind === "refused" && answer.problem.code === "record_moved")
      return props.onMoved();
    setProblem(answer.problem);
  };
  return (
    <form class="inline-form" noValidate onSubmit={(event) => void submit(event)}>
      <p>{say("finalise_lead")}</p>
      <p class="hint figures">
        {say("finalise_digest", { digest: record.content_digest.slice(0, 8) })}
      </p>
      <Field label={say("password")} problem={missing ? say("fill_password") : null}>
        {(control) => (
          <input
            {...control}
            type="password"
            autocomplete="current-password"
            maxLength={256}
            value={password}
            onInput={(event) => {
              setMissing(false);
              setProblem(null);
              setPassword(event.currentTarget.value);
            }}
          />
        )}
      </Field>
      <div role="alert" class="problem">
        {problem && sentence(language, problem)}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending || cut}>
          {say(sending ? "sending" : "finalise_confirm")}
        </button>
      </div>
    </form>
  );
}
