// One thing of the server's: loaded when it is shown, again whenever records may have changed. What
// was there stays when an answer does not come.

import { useEffect, useRef, useState } from "preact/hooks";
import type { Answer, Problem } from "../../api/problem";
import { useDesk } from "../context";

/** A thing as it stands. */
export interface One<T> {
  value: T | null;
  problem: Problem | null;
  again(): void;
  /** A newer one that came another way. */
  put(value: T): void;
}

/** Keeps what `ask` gives; another `key` is another thing. */
export function useOne<T>(ask: () => Promise<Answer<T>>, key: string): One<T> {
  const { acts } = useDesk();
  const [held, set] = useState<{ key: string; value: T | null; problem: Problem | null }>({
    key,
    value: null,
    problem: null,
  });
  const turn = useRef(0);
  const load = async () => {
    const mine = ++turn.current;
    const answer = await ask();
    if (turn.current !== mine) return;
    set((held) => {
      if (answer.ok) return { key, value: answer.value, problem: null };
      return { key, value: held.key === key ? held.value : null, problem: answer.problem };
    });
  };
  useEffect(() => {
    void load();
    return () => {
      turn.current += 1;
    };
  }, [key, acts]);
  const here = held.key === key;
  return {
    value: here ? held.value : null,
    problem: here ? held.problem : null,
    again: () => void load(),
    put: (value) => {
      // An answer that is under way is older than this.
      turn.current += 1;
      set({ key, value, problem: null });
    },
  };
}
