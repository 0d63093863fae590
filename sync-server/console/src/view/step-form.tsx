// The form of one step, inside the page and not over it, so that an alarm can be answered
// meanwhile; and the button of a step that needs nothing. What was typed stays until it was taken.

import { useEffect, useRef, useState } from "preact/hooks";
import { freshKey } from "../api/client";
import { sentence, type Problem } from "../api/problem";
import type { Incident, Need, StepBody, StepOffer } from "../api/types";
import { nowOnServer } from "../control/time";
import { actWords } from "../desk/act";
import {
  fields,
  LONGEST_NOTE,
  stepBody,
  UNTYPED,
  type Faults,
  type Typed,
} from "../desk/step-form";
import { useDesk, usePage, useStale, useWords } from "./context";
import { Field } from "./field";
import { StepField } from "./step-field";

/** A button that takes a step at once. */
export function StepButton(props: {
  incident: Incident;
  body: StepBody;
  label: string;
  primary?: boolean;
}) {
  const page = usePage();
  const { language } = useWords();
  const stale = useStale();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    setProblem(await page.console.step(props.incident.id, props.body, freshKey()));
    setSending(false);
  };
  return (
    <>
      <button
        type="button"
        class={props.primary ? "primary" : ""}
        disabled={stale || sending}
        onClick={() => void send()}
      >
        {props.label}
      </button>
      {problem && (
        <span class="problem" role="alert">
          {sentence(language, problem)}
        </span>
      )}
    </>
  );
}

/** The form of a step. */
export function StepForm(props: { incident: Incident; offer: StepOffer; onDone: () => void }) {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const stale = useStale();
  const { incident, offer } = props;
  const [typed, setTyped] = useState<Typed>(UNTYPED);
  const [faults, setFaults] = useState<Faults>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(freshKey());

  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);

  const set = (name: Need | "note", text: string) => setTyped({ ...typed, [name]: text });
  // Typed by hand, a unit is of no other station that anybody has named.
  const setUnit = (unit: string, station = "") => setTyped({ ...typed, unit, station });
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending || stale) return;
    const made = stepBody(offer, typed, nowOnServer(desk));
    setFaults("faults" in made ? made.faults : {});
    if ("faults" in made) return;
    setSending(true);
    const problem = await page.console.step(incident.id, made.body, key.current);
    setSending(false);
    setProblem(problem);
    if (problem === null) props.onDone();
    // Refused: what is sent next is something else. Lost on the way: it is the same.
    else if (problem.kind === "refused") key.current = freshKey();
  };
  const fault = (name: Need | "note") => {
    const word = faults[name];
    return word === undefined ? null : (say as (key: string) => string)(word);
  };
  const noteLabel = typed.reason === "other" ? say("field_note_needed") : say("field_note");
  return (
    <form
      ref={form}
      class="step-form"
      aria-label={actWords(say, language, offer)}
      noValidate
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => event.key === "Escape" && props.onDone()}
    >
      {fields(offer).map(({ need, optional }) => (
        <StepField
          key={need}
          need={need}
          optional={optional}
          step={offer.step}
          incident={incident}
          value={typed[need]}
          lentBy={typed.station}
          problem={fault(need)}
          onChange={(text) => (need === "unit" ? setUnit(text) : set(need, text))}
          onUnit={setUnit}
        />
      ))}
      <Field label={noteLabel} problem={fault("note")}>
        {(field) => (
          <textarea
            {...field}
            rows={2}
            maxLength={LONGEST_NOTE}
            value={typed.note}
            onInput={(event) => set("note", event.currentTarget.value)}
          />
        )}
      </Field>
      {problem && (
        <p class="problem" role="alert">
          {sentence(language, problem)}
        </p>
      )}
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending || stale}>
          {sending ? say("sending") : say("confirm_step", { step: actWords(say, language, offer) })}
        </button>
        <button type="button" onClick={props.onDone}>
          {say("cancel")} <kbd>Esc</kbd>
        </button>
      </div>
    </form>
  );
}
