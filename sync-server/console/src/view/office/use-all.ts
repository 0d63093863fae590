// A whole list, for what is counted from it: a figure from half a list would claim too much.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Problem } from "../../api/problem";
import { useDesk } from "../context";
import type { Ask } from "./use-list";

/** Pages that are read at most. */
const MOST_PAGES = 200;

/** Every row of the list; `null` until all of them came. */
export function useAll<T>(
  ask: Ask<T>,
  key: string,
): { items: T[] | null; problem: Problem | null; again: () => void } {
  const { acts } = useDesk();
  const [held, set] = useState<{ key: string; items: T[] | null; problem: Problem | null }>({
    key,
    items: null,
    problem: null,
  });
  const turn = useRef(0);
  const load = async () => {
    const mine = ++turn.current;
    const items: T[] = [];
    let next: string | null = null;
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const answer: Awaited<ReturnType<Ask<T>>> = await ask(next);
      if (turn.current !== mine) return;
      if (!answer.ok) {
        set((held) => ({ ...held, problem: answer.problem }));
        return;
      }
      items.push(...answer.value.items);
      next = answer.value.next ?? null;
      if (next === null) return set({ key, items, problem: null });
    }
  };
  useEffect(() => {
    void load();
    return () => {
      turn.current += 1;
    };
  }, [key, acts]);
  return {
    items: held.key === key ? held.items : null,
    problem: held.problem,
    again: () => void load(),
  };
}
