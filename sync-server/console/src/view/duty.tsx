// Who is on duty at this station: a line for each unit, written down by whoever is at the desk. What is
// proposed for a request follows from it. When somebody else was faster, what they saved stands beside what was
// typed, and nothing of either is lost.

import { useEffect, useState } from "preact/hooks";
import { sentence, type Problem } from "../api/problem";
import type { DutyPlan } from "../api/units";
import { nowOnServer } from "../control/time";
import {
  linesOf,
  LONGEST_UNIT_NAME,
  MOST_SHIFTS,
  nextLine,
  planBody,
  type DutyFault,
  type DutyLine,
} from "../desk/duty";
import { signedIn } from "../desk/state";
import { useDesk, usePage, useStale, useWords } from "./context";
import { Dialog } from "./dialog";
import { DutyOther } from "./duty-other";

/** The dialog. */
export function Duty(props: { onClose: () => void }) {
  const page = usePage();
  const desk = useDesk();
  const stale = useStale();
  const { say, language } = useWords();
  const [lines, setLines] = useState<DutyLine[] | null>(null);
  // The version of the plan that was on the screen, and what somebody else saved since this was opened.
  const [seen, setSeen] = useState("");
  const [other, setOther] = useState<DutyLine[] | null>(null);
  const [faults, setFaults] = useState<ReadonlyMap<number, DutyFault>>(new Map());
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const own = (plan: DutyPlan) => linesOf(plan.shifts, signedIn(desk)?.station?.code ?? "");
  useEffect(() => {
    void page.office.duty().then((answer) => {
      if (!answer.ok) return setProblem(answer.problem);
      const known = own(answer.value);
      setSeen(answer.value.version ?? "");
      return setLines(known.length > 0 ? known : [nextLine([], nowOnServer(desk))]);
    });
  }, []);
  const change = (index: number, part: Partial<DutyLine>) =>
    setLines((lines ?? []).map((line, at) => (at === index ? { ...line, ...part } : line)));
  const save = async (event: Event) => {
    event.preventDefault();
    if (sending || stale || lines === null) return;
    const body = planBody(lines, nowOnServer(desk));
    setFaults("faults" in body ? body.faults : new Map());
    if ("faults" in body) return;
    setSending(true);
    const answer = await page.office.setDuty(body.shifts, seen);
    setSending(false);
    if (answer.ok) return props.onClose();
    setProblem(answer.problem);
    if (answer.problem.kind !== "refused" || answer.problem.plan === null) return;
    setSeen(answer.problem.plan.version ?? "");
    setOther(own(answer.problem.plan));
  };
  return (
    <Dialog title={say("duty")} wide onClose={props.onClose}>
      <form noValidate onSubmit={(event) => void save(event)}>
        <p class="hint">{say("duty_lead")}</p>
        {lines !== null && lines.length === 0 && <p class="empty">{say("duty_none")}</p>}
        <ul class="duty">
          {(lines ?? []).map((line, index) => (
            <Line
              key={index}
              number={index + 1}
              line={line}
              fault={faults.get(index)}
              onChange={(part) => change(index, part)}
              onRemove={() => {
                setFaults(new Map());
                setLines((lines ?? []).filter((_, at) => at !== index));
              }}
            />
          ))}
        </ul>
        {other !== null && lines !== null && (
          <DutyOther saved={other} typed={lines} onAdd={(line) => setLines([...lines, line])} />
        )}
        <div role="alert" class="problem">
          {problem && sentence(language, problem)}
        </div>
        {stale && <p class="stale-why">{say("stale_no_action")}</p>}
        {lines !== null && (
          <div class="buttons">
            <button
              type="button"
              disabled={lines.length >= MOST_SHIFTS}
              onClick={() => setLines([...lines, nextLine(lines, nowOnServer(desk))])}
            >
              {say("duty_add")}
            </button>
            <button type="submit" class="primary" disabled={sending || stale}>
              {say("duty_save")}
            </button>
          </div>
        )}
      </form>
    </Dialog>
  );
}

function Line(props: {
  number: number;
  line: DutyLine;
  fault: DutyFault | undefined;
  onChange: (part: Partial<DutyLine>) => void;
  onRemove: () => void;
}) {
  const { say } = useWords();
  const { line, number: n, fault, onChange } = props;
  return (
    <li>
      <input
        aria-label={say("duty_unit_n", { n })}
        aria-invalid={fault === "duty_need_unit" || fault === "duty_twice"}
        placeholder={say("duty_unit_hint")}
        maxLength={LONGEST_UNIT_NAME}
        value={line.unit}
        onInput={(event) => onChange({ unit: event.currentTarget.value })}
      />
      <input
        class="short figures"
        inputMode="numeric"
        maxLength={5}
        placeholder="08:00"
        aria-label={say("duty_from_n", { n })}
        value={line.from}
        onInput={(event) => onChange({ from: event.currentTarget.value })}
      />
      <span aria-hidden="true">–</span>
      <input
        class="short figures"
        inputMode="numeric"
        maxLength={5}
        placeholder="08:00"
        aria-label={say("duty_until_n", { n })}
        value={line.until}
        onInput={(event) => onChange({ until: event.currentTarget.value })}
      />
      <button type="button" class="plain" onClick={props.onRemove}>
        {say("duty_remove")}
      </button>
      {fault && (
        <span class="problem" role="alert">
          {say(fault)}
        </span>
      )}
    </li>
  );
}
