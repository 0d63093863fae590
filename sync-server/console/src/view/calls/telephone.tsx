// A telephone number of somebody's: its end, and the whole on request, so that nobody reads it over a
// shoulder.

import { useState } from "preact/hooks";
import { numberTail } from "../../desk/texts";
import { useWords } from "../context";

/** The number, masked until somebody asks. */
export function Telephone(props: { number: string }) {
  const { say } = useWords();
  const [shown, setShown] = useState(false);
  const tail = say("number_tail", { tail: numberTail(props.number) });
  const act = say(shown ? "number_hide" : "number_show");
  return (
    <span class="telephone">
      <span class="figures">{shown ? props.number : tail}</span>
      <button
        type="button"
        class="plain in-text"
        aria-label={say("number_of", { act, tail })}
        onClick={() => setShown(!shown)}
      >
        {act}
      </button>
    </span>
  );
}
