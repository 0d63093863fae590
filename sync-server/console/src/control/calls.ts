// Asks for the texts and promises that may be calls for help, as often as they may have changed: when
// the stream stands, while somebody looks, and after a request has moved.

import type { Client } from "../api/client";
import type { Session } from "../api/types";
import { due } from "../desk/reading";
import { signedIn } from "../desk/state";
import { seenAll } from "../desk/texts";
import { keepSeen, readSeen } from "./seen";
import type { Store } from "./store";
import { now, nowOnServer } from "./time";

/** Texts and promises of whoever is signed in. */
export class Calls {
  private askedMs: number | null = null;
  private moved = false;

  constructor(
    private readonly store: Store,
    private readonly client: Client,
  ) {}

  /** Somebody signed in. */
  begin(session: Session): void {
    this.askedMs = null;
    this.store.send({ type: "seen", seen: readSeen(session.person) });
  }

  /** The stream stands: what came meanwhile is not known. */
  hello(): void {
    this.askedMs = null;
  }

  /** A request has changed: it may have come by text, or out of silence. */
  incident(): void {
    this.moved = true;
  }

  /** Asks when it is time to; called each second while the stream stands. */
  second(): void {
    const { moved } = this;
    if (due(this.askedMs, { moved, visible: !document.hidden }, now().pageMs)) this.read();
  }

  /** Asks now. */
  read(): void {
    const session = signedIn(this.store.get());
    if (session === null) return;
    this.askedMs = now().pageMs;
    this.moved = false;
    const { roles } = session;
    const command = roles.includes("command");
    if (command || roles.includes("dispatcher")) void this.readTexts(session);
    if (command) void this.readWatches(session);
  }

  /** Somebody has looked at every text that is listed. */
  seen(): void {
    const desk = this.store.get();
    const session = signedIn(desk);
    if (session === null || desk.texts.value === null) return;
    const seen = seenAll(desk.texts.value.items);
    keepSeen(session.person, seen);
    this.store.send({ type: "seen", seen });
  }

  private async readTexts(session: Session): Promise<void> {
    const answer = await this.client.texts();
    if (!this.still(session)) return;
    this.store.send({ type: "texts", answer, at: nowOnServer(this.store.get()) });
  }

  private async readWatches(session: Session): Promise<void> {
    const answer = await this.client.watches();
    if (!this.still(session)) return;
    this.store.send({ type: "watches", answer, at: nowOnServer(this.store.get()) });
  }

  /** Whether nobody else signed in while an answer travelled. */
  private still(session: Session): boolean {
    return signedIn(this.store.get())?.person === session.person;
  }
}
