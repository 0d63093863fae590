// The form that signs a person in: alone on the page, or over a page whose session ran out.

import { useEffect, useRef, useState } from "preact/hooks";
import { sentence, type Problem } from "../api/problem";
import type { Person } from "../api/types";
import { usePage, useWords } from "./context";
import { Field } from "./field";
import { SoundTest } from "./sound-test";

/** Signs in. `again`: whose session ran out; only that person goes on. */
export function SignInForm(props: { again?: Person }) {
  const page = usePage();
  const { say, language } = useWords();
  const [person, setPerson] = useState(props.again?.person ?? "");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const [asksTotp, setAsksTotp] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [missing, setMissing] = useState<"person" | "password" | null>(null);
  const [sending, setSending] = useState(false);
  const [wait, setWait] = useState(0);
  const totpInput = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (wait <= 0) return;
    const timer = setTimeout(() => setWait(wait - 1), 1_000);
    return () => clearTimeout(timer);
  }, [wait]);
  useEffect(() => {
    if (asksTotp) totpInput.current?.focus();
  }, [asksTotp]);

  const submit = async (event: Event) => {
    event.preventDefault();
    if (sending || wait > 0) return;
    // The click or key that signs in is what lets the browser sound the alarm.
    page.sound.unlock();
    const lacks = person.trim() === "" ? "person" : password === "" ? "password" : null;
    setMissing(lacks);
    if (lacks !== null) return;
    setSending(true);
    const problem = await page.console.signIn({
      person: person.trim(),
      password,
      ...(totp.trim() === "" ? {} : { totp: totp.trim() }),
    });
    setSending(false);
    setProblem(problem);
    if (problem?.kind === "refused" && problem.code === "totp_needed") setAsksTotp(true);
    if (problem?.kind === "refused" && problem.retryAfterS !== null) setWait(problem.retryAfterS);
  };

  const asked = problem?.kind === "refused" && problem.code === "totp_needed";
  return (
    <form class="sign-in" onSubmit={(event) => void submit(event)} noValidate>
      {props.again && <p>{say("sign_in_kept", { name: props.again.name })}</p>}
      <Field label={say("person")} problem={missing === "person" ? say("fill_person") : null}>
        {(field) => (
          <input
            {...field}
            autocomplete="username"
            autofocus={!props.again}
            readOnly={props.again !== undefined}
            maxLength={64}
            value={person}
            onInput={(event) => setPerson(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={say("password")} problem={missing === "password" ? say("fill_password") : null}>
        {(field) => (
          <input
            {...field}
            type="password"
            autocomplete="current-password"
            autofocus={props.again !== undefined}
            maxLength={256}
            value={password}
            onInput={(event) => setPassword(event.currentTarget.value)}
          />
        )}
      </Field>
      {asksTotp && (
        <Field label={say("totp")} problem={null}>
          {(field) => (
            <input
              {...field}
              ref={totpInput}
              autocomplete="one-time-code"
              inputMode="numeric"
              maxLength={8}
              value={totp}
              onInput={(event) => setTotp(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      <div role="alert" class="problem">
        {wait > 0
          ? say("throttled_for", { n: wait })
          : asked
            ? say("totp_needed")
            : problem && sentence(language, problem)}
      </div>
      <button type="submit" class="primary" disabled={sending || wait > 0}>
        {say(sending ? "signing_in" : "sign_in")}
      </button>
      {props.again ? (
        <button type="button" class="plain" onClick={() => page.console.clear()}>
          {say("sign_in_other")}
        </button>
      ) : (
        <div class="sound-first">
          <p>{say("sound_first")}</p>
          <SoundTest />
        </div>
      )}
    </form>
  );
}
