// What the workspaces beside the desk share: the words of fields and verbs, the names of people.
// Asked for once, and again after each reconnection until they are there.

import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";
import type { WordList } from "../../api/office";
import { doors } from "../../desk/doors";
import { NO_WORDS } from "../../desk/labels";
import { signedIn } from "../../desk/state";
import { useDesk, usePage } from "../context";

/** Words and names. */
export interface Reference {
  words: WordList;
  names: ReadonlyMap<string, string>;
}

const ReferenceContext = createContext<Reference>({ words: NO_WORDS, names: new Map() });

/** Words and names as far as they are known. */
export function useReference(): Reference {
  return useContext(ReferenceContext);
}

/** A person by name; the id where the name is not known. */
export function useName(): (person: string | null | undefined) => string {
  const { names } = useReference();
  return (person) => (person ? (names.get(person) ?? person) : "–");
}

/** Kept beyond a page: they do not change while somebody works. */
let known: { person: string; words: WordList | null; names: ReadonlyMap<string, string> | null } = {
  person: "",
  words: null,
  names: null,
};

/** Loads words and names for what stands inside. An administrator sees no content and needs none. */
export function OfficeFrame(props: { children: ComponentChildren }) {
  const page = usePage();
  const desk = useDesk();
  const session = signedIn(desk);
  const person = session?.person ?? "";
  const reads = session !== null && doors(session).includes("cases");
  const [, again] = useState(0);
  if (known.person !== person) known = { person, words: null, names: null };
  useEffect(() => {
    if (!reads || (known.words !== null && known.names !== null)) return;
    let here = true;
    void Promise.all([page.office.words(), page.office.names()]).then(([words, names]) => {
      if (!here || known.person !== person) return;
      if (words.ok) known = { ...known, words: words.value };
      if (names.ok) known = { ...known, names: new Map(Object.entries(names.value.names)) };
      again((n) => n + 1);
    });
    return () => {
      here = false;
    };
  }, [person, reads, desk.acts]);
  const { words, names } = known;
  const value = useMemo(
    () => ({ words: words ?? NO_WORDS, names: names ?? new Map<string, string>() }),
    [words, names],
  );
  return <ReferenceContext.Provider value={value}>{props.children}</ReferenceContext.Provider>;
}
