// The stream that never gives up: opens it, reads it, notices when it falls silent, and opens it
// again from the last event seen. What the events mean is the desk's business.

import { STALE_AFTER_MS, waitBefore } from "../desk/link";
import { EventReader, liveEvent } from "./event-stream";
import type { LiveEvent } from "./types";

/** What the stream tells its owner. */
export interface Listener {
  event(event: LiveEvent): void;
  connecting(): void;
  lost(): void;
  expired(): void;
}

/** A stream of events that is kept open until `stop`. */
export class Live {
  private lastId: string | null = null;
  private attempt = 0;
  private stopped = false;
  private connection: AbortController | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly address: string,
    private readonly listener: Listener,
  ) {}

  start(): void {
    this.stopped = false;
    window.addEventListener("online", this.now);
    void this.open();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.now);
    this.drop();
  }

  /** Cuts the connection: what had to be read beside it could not be read. It comes back after a wait. */
  giveUp(): void {
    this.connection?.abort();
  }

  /** Does not wait for the next try. */
  readonly now = (): void => {
    if (this.stopped) return;
    this.drop();
    this.attempt = 0;
    void this.open();
  };

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    this.connection?.abort();
    this.connection = null;
  }

  private async open(): Promise<void> {
    const connection = new AbortController();
    this.connection = connection;
    this.listener.connecting();
    this.watch(connection);
    const headers: Record<string, string> = { accept: "text/event-stream" };
    if (this.lastId !== null) headers["last-event-id"] = this.lastId;
    try {
      const response = await fetch(this.address, {
        headers,
        credentials: "same-origin",
        cache: "no-store",
        redirect: "error",
        signal: connection.signal,
      });
      if (response.status === 401) {
        this.stop();
        this.listener.expired();
        return;
      }
      // A captive portal answers 200 as well, with something else.
      const type = response.headers.get("content-type") ?? "";
      if (response.ok && response.body !== null && type.startsWith("text/event-stream")) {
        await this.read(response.body, connection);
      }
    } catch {
      // Cut, refused or silent: all the same from here.
    }
    // Another connection may have taken over while this one was being read.
    if (this.stopped || this.connection !== connection) return;
    this.drop();
    this.listener.lost();
    this.retry = setTimeout(() => void this.open(), waitBefore(this.attempt, Math.random()));
    this.attempt += 1;
  }

  private async read(body: ReadableStream<Uint8Array>, connection: AbortController): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const events = new EventReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || this.connection !== connection) return;
      for (const message of events.take(decoder.decode(value, { stream: true }))) {
        const event = liveEvent(message);
        if (event !== null) {
          this.watch(connection);
          // Only what has lived a while counts as back: else a server that falls over would be hurried.
          if (event.type === "beat") this.attempt = 0;
          this.listener.event(event);
        }
        // Only after it was taken: a message seen and not taken would never come again.
        if (message.id !== null) this.lastId = message.id;
      }
    }
  }

  /** A connection that says nothing is dead, whatever the network thinks of it. */
  private watch(connection: AbortController): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => connection.abort(), STALE_AFTER_MS);
  }
}
