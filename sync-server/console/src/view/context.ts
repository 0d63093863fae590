// What every component may use: the state, what can be done, the words, the time. Handed down by
// context, so that a component names only what it shows.

import { createContext } from "preact";
import { useContext, useEffect, useLayoutEffect, useReducer, useState } from "preact/hooks";
import type { Office } from "../api/office-client";
import type { Console } from "../control/console";
import type { Preferences } from "../control/preferences";
import type { Store } from "../control/store";
import { everySecond, now, nowOnServer } from "../control/time";
import { isStale } from "../desk/link";
import { dayOf } from "../desk/shown-time";
import { hasDesk, signedIn, type Desk } from "../desk/state";
import type { Sound } from "../signal/sound";
import { sayer, type Language, type Say } from "../words/words";

/** What the page is made of. */
export interface Page {
  store: Store;
  console: Console;
  office: Office;
  sound: Sound;
  court: string;
  preferences: Preferences;
  prefer(change: Partial<Preferences>): void;
}

/** The page. */
export const PageContext = createContext<Page | null>(null);

/** The page this component is part of. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error("a component stands outside the page");
  return page;
}

/** The state, shown again whenever it changes. */
export function useDesk(): Desk {
  const { store } = usePage();
  const [, again] = useReducer((n: number) => n + 1, 0);
  const desk = store.get();
  // Listening begins after the drawing: what changed in between would never be shown.
  useLayoutEffect(() => {
    if (store.get() !== desk) again(0);
    return store.listen(() => again(0));
  }, [store]);
  return desk;
}

/** The words in the language chosen. */
export function useWords(): { say: Say; language: Language } {
  const { language } = usePage().preferences;
  return { say: sayer(language), language };
}

/** The server's clock, shown again each second. */
export function useNow(): number {
  const { store } = usePage();
  const [time, set] = useState(() => nowOnServer(store.get()));
  useEffect(() => everySecond(() => set(nowOnServer(store.get()))), [store]);
  return time;
}

/** An instant of today by the server's clock; shown again when the day changes, not each second. */
export function useToday(): number {
  const { store } = usePage();
  const [day, set] = useState(() => dayOf(nowOnServer(store.get())));
  useEffect(() => everySecond(() => set(dayOf(nowOnServer(store.get())))), [store]);
  return Date.parse(`${day}T12:00:00+08:00`);
}

/**
 * Whether nothing may be done because the stream is cut. Who has no desk has no stream either and learns
 * from the answers.
 */
export function useCut(): boolean {
  const session = signedIn(useDesk());
  const stale = useStale();
  return session !== null && hasDesk(session) && stale;
}

/** Whether what is shown is old, looked at each second and at every change. */
export function useStale(): boolean {
  const desk = useDesk();
  useNow();
  return isStale(desk.heard, now());
}
