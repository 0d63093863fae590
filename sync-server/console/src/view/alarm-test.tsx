// The daily test of the alarm: the sound is played, and a person says whether it was heard. While it was
// not, the bar stays and says what to do.

import { useEffect, useState } from "preact/hooks";
import { sentence, type Problem } from "../api/problem";
import { testOf, untested } from "../desk/alarm-test";
import { COMMAND_DESK, isCommand, signedIn } from "../desk/state";
import { useDesk, useNow, usePage, useWords } from "./context";

/** Asks for today's test of this desk's alarm. */
export function AlarmTestBar() {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const time = useNow();
  const [stage, setStage] = useState<"asked" | "sounding" | "listening">("asked");
  const [left, setLeft] = useState(0);
  const [problem, setProblem] = useState<Problem | null>(null);
  useEffect(() => {
    if (left === 0) return;
    const timer = setTimeout(() => {
      setLeft(0);
      setStage("listening");
    }, left * 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  const session = signedIn(desk);
  const code = session === null ? "" : isCommand(session) ? COMMAND_DESK : session.station?.code;
  const own = desk.presence.find((each) => each.code === code);
  const test = own === undefined ? "early" : testOf(own, time);
  if (test === "early" || test === "heard") return null;
  const play = () => {
    const seconds = page.sound.test();
    // Without sound there is nothing to wait for: whether it was heard is known.
    setStage(seconds > 0 ? "sounding" : "listening");
    setLeft(seconds);
  };
  const tell = async (heard: boolean) => {
    const problem = await page.console.alarmTested(code ?? "", heard);
    setProblem(problem);
    if (problem === null) setStage("asked");
  };
  return (
    <div class={test === "unheard" ? "bar sound" : "bar test"} role="status">
      <strong>{say(test === "unheard" ? "alarm_test_unheard" : "alarm_test_due")}</strong>
      {stage === "listening" ? (
        <>
          <span>{say("alarm_test_question")}</span>
          <button type="button" onClick={() => void tell(true)}>
            {say("alarm_test_yes")}
          </button>
          <button type="button" onClick={() => void tell(false)}>
            {say("alarm_test_no")}
          </button>
        </>
      ) : (
        <button type="button" disabled={stage === "sounding"} onClick={play}>
          {say(stage === "sounding" ? "sounding" : "alarm_test_now")}
        </button>
      )}
      {problem && <span role="alert">{sentence(language, problem)}</span>}
    </div>
  );
}

/** Tells the command centre which stations did not try their alarm today. */
export function UntestedBar() {
  const desk = useDesk();
  const { say } = useWords();
  const time = useNow();
  const session = signedIn(desk);
  if (session === null || !isCommand(session)) return null;
  const { due, unheard } = untested(desk.presence, time);
  if (due.length === 0 && unheard.length === 0) return null;
  const names = (stations: typeof due) => stations.map((station) => station.name).join("、");
  return (
    <div class="bar presence" role="status">
      {unheard.length > 0 && (
        <strong>{say("alarm_tests_unheard", { stations: names(unheard) })}</strong>
      )}
      {due.length > 0 && <span>{say("alarm_tests_due", { stations: names(due) })}</span>}
    </div>
  );
}
