// Handover of the shift: whoever comes takes over each open request by a signed step, having ticked
// it.

import { useRef, useState } from "preact/hooks";
import { freshKey } from "../api/client";
import { sentence, type Problem } from "../api/problem";
import type { Incident } from "../api/types";
import { clockTime, instant } from "../desk/clock";
import { placeWords, stateWords, unitWords } from "../desk/request";
import { signedIn } from "../desk/state";
import { openList, ringing } from "../desk/urgency";
import { say as sayIn } from "../words/words";
import { useDesk, useNow, usePage, useStale, useWords } from "./context";
import { Dialog } from "./dialog";
import { Field } from "./field";

/** The dialog. */
export function Handover(props: { onClose: () => void }) {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const stale = useStale();
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const [note, setNote] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [nothing, setNothing] = useState(false);
  const [sending, setSending] = useState(false);
  const key = useRef(freshKey());
  const session = signedIn(desk);
  const open = openList(desk.incidents.values());
  const mine = open.filter((each) => each.holder?.person === session?.person);
  const others = open.filter(
    (each) => !mine.includes(each) && each.steps.some((offer) => offer.step === "taken_over"),
  );
  const unanswered = open.filter((each) => ringing(each) && !others.includes(each));
  const chosen = others.filter((each) => ticked.has(each.id)).map((each) => each.id);

  const toggle = (id: string) => {
    const next = new Set(ticked);
    if (!next.delete(id)) next.add(id);
    setTicked(next);
  };
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending || stale) return;
    setNothing(chosen.length === 0);
    if (chosen.length === 0) return;
    setSending(true);
    const problem = await page.console.handover(note.trim(), chosen, key.current);
    setSending(false);
    setProblem(problem);
    if (problem !== null) {
      if (problem.kind === "refused") key.current = freshKey();
      return;
    }
    const done = { name: session?.name ?? "", n: chosen.length };
    page.console.say({
      zh: sayIn("zh", "handover_done", done),
      en: sayIn("en", "handover_done", done),
    });
    props.onClose();
  };

  return (
    <Dialog title={say("handover")} wide onClose={props.onClose}>
      <form noValidate onSubmit={(event) => void submit(event)}>
        {others.length > 0 ? (
          <p>{say("handover_lead", { name: session?.name ?? "" })}</p>
        ) : (
          <p class="empty">{say("handover_none")}</p>
        )}
        <ul class="handover">
          {others.map((incident) => (
            <li key={incident.id}>
              <label>
                <input
                  type="checkbox"
                  checked={ticked.has(incident.id)}
                  onChange={() => toggle(incident.id)}
                />
                <Line incident={incident} />
              </label>
            </li>
          ))}
        </ul>
        {mine.length > 0 && <p class="hint">{say("handover_yours", { n: mine.length })}</p>}
        {unanswered.length > 0 && (
          <p class="hint">{say("handover_ringing", { n: unanswered.length })}</p>
        )}
        {others.length > 0 && (
          <>
            <Field label={say("handover_note")} problem={null}>
              {(field) => (
                <textarea
                  {...field}
                  rows={3}
                  maxLength={500}
                  value={note}
                  onInput={(event) => setNote(event.currentTarget.value)}
                />
              )}
            </Field>
            <div role="alert" class="problem">
              {problem
                ? sentence(language, problem)
                : nothing && chosen.length === 0 && say("handover_tick")}
            </div>
            {stale && <p class="stale-why">{say("stale_no_action")}</p>}
            <div class="buttons">
              <button type="submit" class="primary" disabled={sending || stale}>
                {say("handover_take", { n: chosen.length })}
              </button>
            </div>
          </>
        )}
      </form>
    </Dialog>
  );
}

function Line(props: { incident: Incident }) {
  const { say } = useWords();
  const now = useNow();
  const { incident } = props;
  const { holder } = incident;
  return (
    <span>
      <strong>
        {clockTime(instant(incident.t0), now)} {placeWords(say, incident)}
      </strong>
      <span class="hint">
        {stateWords(say, incident)}
        {incident.unit && ` · ${unitWords(incident)}`}
        {holder &&
          ` · ${say("held_by", { name: holder.name, time: clockTime(instant(holder.since), now) })}`}
      </span>
    </span>
  );
}
