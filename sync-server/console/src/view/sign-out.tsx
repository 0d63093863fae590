// Leaving. Whoever still holds requests is told so first.

import { useState } from "preact/hooks";
import { sentence, type Problem } from "../api/problem";
import { signedIn } from "../desk/state";
import { openList } from "../desk/urgency";
import { useDesk, usePage, useWords } from "./context";
import { Dialog } from "./dialog";

/** Asks, and signs out. */
export function SignOut(props: { onClose: () => void }) {
  const page = usePage();
  const desk = useDesk();
  const { say, language } = useWords();
  const [problem, setProblem] = useState<Problem | null>(null);
  const person = signedIn(desk)?.person;
  const holds = openList(desk.incidents.values()).filter((each) => each.holder?.person === person);
  const leave = async () => setProblem(await page.console.signOut());
  return (
    <Dialog title={say("sign_out")} onClose={props.onClose}>
      {holds.length > 0 && <p>{say("sign_out_holding", { n: holds.length })}</p>}
      {problem && (
        <p class="problem" role="alert">
          {sentence(language, problem)}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void leave()}>
          {say(holds.length > 0 ? "sign_out_sure" : "sign_out")}
        </button>
        <button type="button" onClick={props.onClose}>
          {say("cancel")}
        </button>
      </div>
    </Dialog>
  );
}
