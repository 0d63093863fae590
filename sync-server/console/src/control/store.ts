// Holds the one state of the page and tells who listens when it changed.

import { reduce } from "../desk/reduce";
import { EMPTY, type Desk, type Event } from "../desk/state";

/** The state of the page. */
export class Store {
  private desk: Desk = EMPTY;
  private readonly listeners = new Set<() => void>();

  get(): Desk {
    return this.desk;
  }

  send(event: Event): void {
    const next = reduce(this.desk, event);
    if (next === this.desk) return;
    this.desk = next;
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls `listener` after each change, until the function it gives is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
