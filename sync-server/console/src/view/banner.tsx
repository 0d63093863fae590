// The alarm across the whole width: the most urgent request nobody has answered. It goes when a
// person acts.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Incident } from "../api/types";
import { mayAnswer, READ_BEFORE_MS } from "../desk/alarm";
import { dangers, facts, placeWords, situationWords, stateWords } from "../desk/request";
import { now } from "../control/time";
import { sentence } from "../api/problem";
import { newest, ringsAgain } from "../desk/urgency";
import { mayAcknowledge, useAcknowledge } from "./acknowledge";
import { Clock, Time } from "./clock";
import { usePage, useStale, useWords } from "./context";
import { hears } from "./keys";
import { Told } from "./told";

interface Alarmed {
  rings: Incident[];
  /** The page it stands over: on another one it has to be read again before Enter answers. */
  where: string;
  onPhone: (incident: Incident) => void;
  /** Shows the request at the desk. */
  onShow: () => void;
}

/** The banner. `rings`: what sounds, the most urgent one first. */
export function Banner(props: Alarmed) {
  const first = props.rings[0];
  return (
    <>
      <Announcement incident={newest(props.rings)} />
      {first && <Alarm {...props} first={first} />}
    </>
  );
}

/** Says a new alarm to screen readers once; the running clock would say it each second. */
function Announcement(props: { incident: Incident | undefined }) {
  const { say } = useWords();
  const { incident } = props;
  return (
    <div class="unseen" role="alert" aria-live="assertive">
      {incident &&
        say("alarm_said", {
          place: placeWords(say, incident),
          situation: situationWords(say, incident),
        })}
    </div>
  );
}

function Alarm(props: Alarmed & { first: Incident }) {
  const page = usePage();
  const { say, language } = useWords();
  const stale = useStale();
  const { first, rings } = props;
  const { send, sending, problem } = useAcknowledge();
  const may = mayAcknowledge(first) && !stale;
  const ready = useShown(
    `${first.id} ${first.ringing_since} ${props.where}`,
    () => may && void send(first),
  );
  const where = placeWords(say, first);
  return (
    <section class="banner" aria-label={say("assistance")} data-ready={ready}>
      <button
        type="button"
        class="banner-text"
        onClick={() => {
          page.console.select(first.id);
          props.onShow();
        }}
      >
        <strong class="banner-word">{say("assistance")}</strong>
        <Time at={first.t0} />
        <strong class="banner-place">{where}</strong>
        <span>{facts(say, first).join(" · ")}</span>
        {dangers(say, first).length > 0 && <strong>{dangers(say, first).join(" · ")}</strong>}
        <strong>
          {stateWords(say, first)}{" "}
          <Clock since={ringsAgain(first) ? (first.ringing_since ?? first.t0) : first.t0} />
        </strong>
        {first.duress && <strong class="chip">{say("duress")}</strong>}
        <Told incident={first} />
        {rings.length > 1 && (
          <span class="chip">{say("more_ringing", { n: rings.length - 1 })}</span>
        )}
      </button>
      {problem && <span class="chip">{sentence(language, problem)}</span>}
      {mayAcknowledge(first) && (
        <button
          type="button"
          class="banner-button"
          disabled={stale || sending}
          aria-keyshortcuts="Enter"
          onClick={() => void send(first)}
        >
          {say(ringsAgain(first) ? "acknowledge_news" : "act_acknowledged")} <kbd>Enter</kbd>
        </button>
      )}
      <button
        type="button"
        class="banner-button second"
        aria-keyshortcuts="F2"
        onClick={() => props.onPhone(first)}
      >
        {say("telephone")} <kbd>F2</kbd>
      </button>
    </section>
  );
}

/** Enter answers what has been in sight long enough to be read; gives whether it has. */
function useShown(what: string, answer: () => void): boolean {
  const [ready, setReady] = useState(false);
  const act = useRef(answer);
  act.current = answer;
  useEffect(() => {
    const shownMs = now().pageMs;
    setReady(false);
    const timer = setTimeout(() => setReady(true), READ_BEFORE_MS);
    const key = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !hears(event)) return;
      event.preventDefault();
      if (mayAnswer(shownMs, now().pageMs, event.repeat)) act.current();
    };
    document.addEventListener("keydown", key);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", key);
    };
  }, [what]);
  return ready;
}
