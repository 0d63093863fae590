// A list of the server's, page by page: loaded when it is shown, again whenever records may have
// changed, never emptied by an answer that did not come.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ListPage } from "../../api/office";
import type { Answer, Problem } from "../../api/problem";
import type { Reading } from "../../desk/reading";
import { nowOnServer } from "../../control/time";
import { useDesk, usePage } from "../context";

/** Asks for the page after `after`; the first one for `null`. */
export type Ask<T> = (after: string | null) => Promise<Answer<ListPage<T>>>;

/** A list as it stands. */
export interface List<T> {
  /** `null`: nothing came yet. */
  items: readonly T[] | null;
  /** Whether there are more than those. */
  more: boolean;
  problem: Problem | null;
  loading: boolean;
  /** As of when, the server's clock, milliseconds. */
  atMs: number | null;
  next(): void;
  /** Reads it again; `null`: it moves by itself. */
  again: (() => void) | null;
  /** Every row, for a file; `told` hears how many came; `going` says whether to go on. */
  all(told: (n: number) => void, going: () => boolean): Promise<Answer<T[]>>;
}

/** A list that is here already and moves by itself; `null`: it did not come yet. */
export function liveList<T>(items: readonly T[] | null): List<T> {
  return {
    items,
    more: false,
    problem: null,
    loading: items === null,
    atMs: null,
    next: () => undefined,
    again: null,
    all: async () => ({ ok: true, value: [...(items ?? [])] }),
  };
}

/** A list that is asked for again and again elsewhere. */
export function readList<R, T>(
  reading: Reading<R>,
  of: (value: R) => readonly T[],
  again: () => void,
): List<T> {
  const items = reading.value === null ? null : of(reading.value);
  return {
    ...liveList(items),
    problem: reading.problem,
    loading: items === null && reading.problem === null,
    atMs: reading.atMs,
    again,
  };
}

/** More pages than this are no list that somebody reads. */
const MOST_PAGES = 500;

interface Held<T> {
  items: T[] | null;
  next: string | null;
  problem: Problem | null;
  loading: boolean;
  atMs: number | null;
}

/** Keeps the list that `ask` gives; another `key` is another list. */
export function useList<T>(ask: Ask<T>, key: string): List<T> {
  const page = usePage();
  const { acts } = useDesk();
  const empty: Held<T> = { items: null, next: null, problem: null, loading: true, atMs: null };
  const [held, set] = useState<Held<T>>(empty);
  const asked = useRef(ask);
  asked.current = ask;
  const turn = useRef(0);
  const keyHeld = useRef(key);
  const now = () => nowOnServer(page.store.get());

  /** Reads pages from the beginning until there are as many rows as were shown. */
  const load = async (atLeast: number) => {
    const mine = ++turn.current;
    set((held) => ({ ...held, loading: true }));
    const items: T[] = [];
    let next: string | null = null;
    do {
      const answer: Answer<ListPage<T>> = await asked.current(next);
      if (turn.current !== mine) return;
      if (!answer.ok) {
        set((held) => ({ ...held, loading: false, problem: answer.problem }));
        return;
      }
      items.push(...answer.value.items);
      next = answer.value.next ?? null;
    } while (next !== null && items.length < atLeast);
    set({ items, next, problem: null, loading: false, atMs: now() });
  };

  const loadNext = async () => {
    const { next } = held;
    if (next === null || held.loading) return;
    const mine = ++turn.current;
    set((held) => ({ ...held, loading: true }));
    const answer = await asked.current(next);
    if (turn.current !== mine) return;
    set((held) =>
      answer.ok
        ? {
            items: [...(held.items ?? []), ...answer.value.items],
            next: answer.value.next ?? null,
            problem: null,
            loading: false,
            atMs: held.atMs,
          }
        : { ...held, loading: false, problem: answer.problem },
    );
  };

  const all: List<T>["all"] = async (told, going) => {
    const items: T[] = [];
    let next: string | null = null;
    for (let pages = 0; pages < MOST_PAGES && going(); pages += 1) {
      const answer: Answer<ListPage<T>> = await asked.current(next);
      if (!answer.ok) return answer;
      items.push(...answer.value.items);
      told(items.length);
      next = answer.value.next ?? null;
      if (next === null) break;
    }
    return { ok: true, value: items };
  };

  useEffect(() => {
    const same = keyHeld.current === key;
    keyHeld.current = key;
    if (!same) set(empty);
    void load(same ? (held.items?.length ?? 0) : 0);
  }, [key, acts]);
  useEffect(
    () => () => {
      turn.current += 1;
    },
    [],
  );

  return {
    items: keyHeld.current === key ? held.items : null,
    more: held.next !== null,
    problem: held.problem,
    loading: held.loading,
    atMs: held.atMs,
    next: () => void loadNext(),
    again: () => void load(held.items?.length ?? 0),
    all,
  };
}
