// The two clocks of this computer and the beat that moves what is shown, in one place.

import { serverNow } from "../desk/clock";
import type { Heard } from "../desk/link";
import type { Desk } from "../desk/state";

/** Both clocks now. */
export function now(): Heard {
  return { pageMs: performance.now(), wallMs: Date.now() };
}

/** The server's clock now, as well as this desk knows it. */
export function nowOnServer(desk: Desk): number {
  const { pageMs, wallMs } = now();
  return serverNow(desk.clock, pageMs, wallMs);
}

const listeners = new Set<() => void>();
let beating: ReturnType<typeof setInterval> | undefined;

/** Calls `listener` each second, all of them together, until the function it gives is called. */
export function everySecond(listener: () => void): () => void {
  listeners.add(listener);
  beating ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(beating);
      beating = undefined;
    }
  };
}
