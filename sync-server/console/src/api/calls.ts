// What may be a call for help although nobody pressed the button: text messages that no machine could
// carry out, and promises that crews left before a dead zone. As the server's description has it.

import type { Label, Person } from "./types";

/** A text that changed nothing: a person has to look at it. */
export interface TextMessage {
  /** When it first came. */
  at: string;
  /** The telephone it came from, as the gateway says. */
  from: string;
  text: string;
  /** Why it changed nothing, a code. */
  verdict: string;
  /** How often it came. */
  times: number;
}

/** A text that no gateway could send. */
export interface UndeliveredText {
  at: string;
  to: string;
  text: string;
}

/** The texts of the last week, the latest first. */
export interface Texts {
  items: TextMessage[];
  undelivered: UndeliveredText[];
}

/** A promise of a crew; its label says how it stands. Members with `?` may be missing. */
export interface Watch extends Label {
  id: string;
  case_no: string;
  /** Who went, the one who promised first. */
  crew: Person[];
  place: string;
  position?: string | null;
  received: string;
  /** `quiet`, `overdue`, `raised`, `heard_late`, `kept`. */
  standing: string;
  /** `quiet`: the deadline; `overdue`: when help is called; else nothing more is due. */
  until?: string | null;
  heard?: string | null;
  /** The request that its silence raised. */
  incident?: string | null;
}

/** Promises that are not over, the oldest first; then those of the last day. */
export interface Watches {
  server_time: string;
  items: Watch[];
}
