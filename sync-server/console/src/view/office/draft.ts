// A text field whose content stays while another page is shown.

import { useState } from "preact/hooks";
import { keepDraft, readDraft } from "../../control/drafts";
import { signedIn } from "../../desk/state";
import { useDesk } from "../context";

/** The text under `name`, and how to change it; the empty text forgets it. */
export function useDraft(name: string): [text: string, set: (text: string) => void] {
  const person = signedIn(useDesk())?.person ?? "";
  const [text, set] = useState(() => readDraft(person, name));
  return [
    text,
    (next) => {
      keepDraft(person, name, next);
      set(next);
    },
  ];
}
