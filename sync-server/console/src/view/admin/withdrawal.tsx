// Withdrawing a device: why, and whether its copy is erased when it next comes. It cannot be undone,
// so the name of the device is typed.

import { useState } from "preact/hooks";
import { WITHDRAWALS, type Device } from "../../api/office";
import { sentence, type Problem } from "../../api/problem";
import { usePage, useWords } from "../context";
import { Field } from "../field";

/** The form. */
export function Withdrawal(props: { device: Device; onDone: (device: Device) => void }) {
  const page = usePage();
  const { say, language } = useWords();
  const { device } = props;
  const [reason, setReason] = useState("");
  const [wipe, setWipe] = useState(false);
  const [typed, setTyped] = useState("");
  const [lacks, setLacks] = useState<"reason" | "name" | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending) return;
    const named = typed.trim() === device.device_name;
    const lack = reason === "" ? "reason" : named ? null : "name";
    setLacks(lack);
    if (lack !== null) return;
    setSending(true);
    const answer = await page.office.withdraw(device.certificate, reason, wipe);
    setSending(false);
    if (!answer.ok) return setProblem(answer.problem);
    props.onDone(device);
  };
  return (
    <form class="inline-form" noValidate onSubmit={(event) => void submit(event)}>
      <p>{say("withdraw_what")}</p>
      {device.waiting > 0 && (
        <p class="attention">{say("withdraw_waiting", { n: device.waiting })}</p>
      )}
      <Field
        label={say("withdraw_reason")}
        problem={lacks === "reason" ? say("choose_first") : null}
      >
        {(field) => (
          <select
            {...field}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          >
            <option value="">{say("choose")}</option>
            {WITHDRAWALS.map((each) => (
              <option key={each} value={each}>
                {say(`withdrawal_${each}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label class="choice">
        <input
          type="checkbox"
          checked={wipe}
          onChange={(event) => setWipe(event.currentTarget.checked)}
        />
        <span>
          <strong>{say("wipe")}</strong> <span class="hint">{say("wipe_what")}</span>
        </span>
      </label>
      <Field
        label={say("withdraw_type", { device: device.device_name })}
        problem={lacks === "name" ? say("withdraw_type_wrong") : null}
      >
        {(field) => (
          <input
            {...field}
            autocomplete="off"
            maxLength={120}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        )}
      </Field>
      <div role="alert" class="problem">
        {problem && sentence(language, problem)}
      </div>
      <div class="buttons">
        <button type="submit" class="primary" disabled={sending}>
          {say(sending ? "sending" : "withdraw_confirm")}
        </button>
      </div>
    </form>
  );
}
