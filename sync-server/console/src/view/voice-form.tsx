// Writing down a call for help, in the right column and not over the page: the alarm stays within
// reach. After it was taken, what may be the same event is offered for joining.

import { useEffect, useRef, useState } from "preact/hooks";
import { freshKey } from "../api/client";
import { sentence, type Problem } from "../api/problem";
import type { Incident, Proposal } from "../api/types";
import { nowOnServer } from "../control/time";
import { clockSeconds } from "../desk/clock";
import { wordOf } from "../desk/reasons";
import {
  SITUATIONS,
  untypedVoice,
  voiceReport,
  type VoiceFaults,
  type VoiceTyped,
} from "../desk/voice";
import { say as sayIn, type Key } from "../words/words";
import { useDesk, usePage, useStale, useWords } from "./context";
import { Field, type FieldControl } from "./field";

/** The form. `onTaken` gets the new request and what resembles it. */
export function VoiceForm(props: {
  onTaken: (incident: Incident, proposed: Proposal[]) => void;
  onClose: () => void;
}) {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const stale = useStale();
  const [typed, setTyped] = useState<VoiceTyped>(() =>
    untypedVoice(clockSeconds(nowOnServer(desk)).slice(0, 5)),
  );
  const [faults, setFaults] = useState<VoiceFaults>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const key = useRef(freshKey());
  const taken = useRef(false);

  useEffect(() => {
    const opener = document.activeElement;
    form.current?.querySelector<HTMLElement>("input")?.focus();
    return () => {
      // The new request rings: Enter is to answer it, not to open another form.
      const list = taken.current ? document.querySelector<HTMLElement>("[role=listbox]") : null;
      if (list !== null) list.focus();
      else if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [faults]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending || stale) return;
    const made = voiceReport(typed, nowOnServer(desk));
    setFaults("faults" in made ? made.faults : {});
    if ("faults" in made) return;
    setSending(true);
    const answer = await page.console.report(made.report, key.current);
    setSending(false);
    if (!answer.ok) {
      setProblem(answer.problem);
      if (answer.problem.kind === "refused") key.current = freshKey();
      return;
    }
    const { incident, proposed } = answer.value;
    const place = { place: incident.request.place };
    page.console.say({
      zh: sayIn("zh", "voice_taken", place),
      en: sayIn("en", "voice_taken", place),
    });
    taken.current = true;
    props.onTaken(incident, proposed);
  };

  const field = (
    name: keyof VoiceTyped,
    label: Key,
    draw: (control: FieldControl & Bound) => preact.JSX.Element,
    hint?: Key,
  ) => {
    const word = faults[name];
    const text = say as (key: Key) => string;
    return (
      <Field
        label={text(label)}
        problem={word === undefined ? null : text(word)}
        {...(hint === undefined ? {} : { hint: text(hint) })}
      >
        {(control) =>
          draw({
            ...control,
            name,
            value: typed[name],
            onInput: (event) => setTyped({ ...typed, [name]: event.currentTarget.value }),
          })
        }
      </Field>
    );
  };

  return (
    <form
      ref={form}
      class="voice"
      aria-label={say("voice")}
      noValidate
      onSubmit={(event) => void submit(event)}
    >
      <header class="dialog-head">
        <h2>{say("voice")}</h2>
        <button type="button" class="plain" onClick={props.onClose}>
          {say("cancel")}
        </button>
      </header>
      <p class="hint">{say("voice_lead")}</p>
      {field(
        "place",
        "voice_place",
        (c) => (
          <input {...c} maxLength={200} />
        ),
        "voice_place_hint",
      )}
      <div class="pair">
        {field("callback", "voice_callback", (c) => (
          <input {...c} class="figures" inputMode="tel" maxLength={40} />
        ))}
        {field("calledAt", "voice_called_at", (c) => (
          <input {...c} class="figures" maxLength={5} />
        ))}
      </div>
      {field("situation", "voice_situation", (c) => (
        <select {...c}>
          <option value="">{say("choose")}</option>
          {SITUATIONS.map((code) => (
            <option key={code} value={code}>
              {wordOf(say, "situation", code)}
            </option>
          ))}
        </select>
      ))}
      <div class="triple">
        {field("people", "voice_people", (c) => (
          <input {...c} class="figures" inputMode="numeric" maxLength={6} />
        ))}
        {field("weapons", "voice_weapons", (c) => (
          <YesNo {...c} />
        ))}
        {field("injured", "voice_injured", (c) => (
          <YesNo {...c} />
        ))}
      </div>
      {field("text", "voice_text", (c) => (
        <textarea {...c} rows={2} maxLength={200} />
      ))}
      <div class="pair">
        {field(
          "position",
          "voice_position",
          (c) => (
            <input {...c} maxLength={40} />
          ),
          "voice_position_hint",
        )}
        {field("caseNo", "voice_case", (c) => (
          <input {...c} maxLength={60} />
        ))}
      </div>
      {problem && (
        <p class="problem" role="alert">
          {sentence(language, problem)}
        </p>
      )}
      {stale && <p class="stale-why">{say("stale_no_action")}</p>}
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending || stale}>
          {say(sending ? "sending" : "voice_save")}
        </button>
      </div>
    </form>
  );
}

interface Bound {
  name: string;
  value: string;
  onInput: (event: { currentTarget: { value: string } }) => void;
}

function YesNo(props: FieldControl & Bound) {
  const { say } = useWords();
  return (
    <select {...props}>
      <option value="">{say("unknown")}</option>
      <option value="yes">{say("yes")}</option>
      <option value="no">{say("no")}</option>
    </select>
  );
}
