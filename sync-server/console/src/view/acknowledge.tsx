// The button that answers a request, wherever it stands.

import { useRef, useState } from "preact/hooks";
import { freshKey } from "../api/client";
import { sentence, type Problem } from "../api/problem";
import type { Incident } from "../api/types";
import { ringsAgain } from "../desk/urgency";
import { usePage, useStale, useWords } from "./context";

/** Whether the person signed in may answer it. */
export function mayAcknowledge(incident: Incident): boolean {
  return incident.steps.some((offer) => offer.step === "acknowledged");
}

/** Answers a request: one at a time, and says what went wrong beside the button. */
export function useAcknowledge(): {
  send: (incident: Incident) => Promise<void>;
  sending: boolean;
  problem: Problem | null;
} {
  const page = usePage();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const busy = useRef(false);
  const send = async (incident: Incident) => {
    if (busy.current) return;
    busy.current = true;
    setSending(true);
    setProblem(await page.console.step(incident.id, { step: "acknowledged" }, freshKey()));
    busy.current = false;
    setSending(false);
  };
  return { send, sending, problem };
}

/** The button. */
export function Acknowledge(props: { incident: Incident }) {
  const { say, language } = useWords();
  const stale = useStale();
  const { send, sending, problem } = useAcknowledge();
  const { incident } = props;
  if (!mayAcknowledge(incident)) return null;
  return (
    <>
      <button
        type="button"
        class="primary"
        disabled={stale || sending}
        onClick={() => void send(incident)}
      >
        {say(ringsAgain(incident) ? "acknowledge_news" : "act_acknowledged")}
      </button>
      {problem && (
        <span class="problem" role="alert">
          {sentence(language, problem)}
        </span>
      )}
    </>
  );
}
