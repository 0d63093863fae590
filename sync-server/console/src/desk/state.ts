// What a desk knows, as one value: who is signed in, the requests, who is on duty, what happened,
// and whether it is still true. Only `reduce` makes the next one.

import type { Texts, Watches } from "../api/calls";
import type { Answer } from "../api/problem";
import type { Incident, MapContent, Presence, Session, StationName } from "../api/types";
import type { ClockReading } from "./clock";
import type { Heard } from "./link";
import { UNREAD, type Reading } from "./reading";
import type { SeenTexts } from "./texts";

/** Something that happened and that a person should notice without being interrupted. */
export interface News {
  id: number;
  kind: "answered" | "faster" | "moved" | "done";
  name: string;
  place: string;
  at: number;
  detail: { zh: string; en: string };
}

/** How the stream stands. */
export type Link = "idle" | "connecting" | "live" | "lost";

/** Everything a desk knows. */
export interface Desk {
  /** `unknown`: not asked yet. */
  session: Session | null | "unknown";
  /** The session ended while its page was open: the page stays, dimmed, and nothing typed is lost. */
  expired: boolean;
  incidents: ReadonlyMap<string, Incident>;
  /** What this desk may no longer see, with the version it had: a late answer must not bring it back. */
  gone: ReadonlyMap<string, number>;
  /** `false` until the first list is there: an empty list must not look like a quiet day. */
  loaded: boolean;
  presence: readonly Presence[];
  /** The server has heard of this desk since the stream stands; before, it knows of nobody here. */
  attended: boolean;
  map: { content: MapContent; pageMs: number } | null;
  selected: string | null;
  /** Texts that no machine carried out, which of them were looked at, whether the desk shows them. */
  texts: Reading<Texts>;
  seenTexts: SeenTexts;
  showsTexts: boolean;
  /** Promises of crews, for the command centre. */
  watches: Reading<Watches>;
  link: Link;
  heard: Heard | null;
  clock: ClockReading | null;
  /** Grows whenever records may have changed: lists that show them ask again. */
  acts: number;
  news: readonly News[];
  nextNews: number;
}

/** A desk before anybody signed in. */
export const EMPTY: Desk = {
  session: "unknown",
  expired: false,
  incidents: new Map(),
  gone: new Map(),
  loaded: false,
  presence: [],
  attended: false,
  map: null,
  selected: null,
  texts: UNREAD,
  seenTexts: new Map(),
  showsTexts: false,
  watches: UNREAD,
  link: "idle",
  heard: null,
  clock: null,
  acts: 0,
  news: [],
  nextNews: 1,
};

/** What can happen to a desk. */
export type Event =
  | { type: "session"; session: Session | null }
  | { type: "expired" }
  | { type: "link"; link: Link }
  | { type: "heard"; heard: Heard; serverTime?: string }
  /** `known`: what the desk held when the list was asked for. */
  | { type: "list"; items: Incident[]; state: "open" | "closed"; known: Desk["incidents"] }
  | { type: "incident"; incident: Incident; own: boolean; at: number }
  | { type: "faster"; incident: Incident; why: { zh: string; en: string }; at: number }
  | { type: "gone"; id: string; seq: number; station: StationName | null; at: number }
  | { type: "presence"; stations: Presence[] }
  /** The server has noted that somebody is at this desk. */
  | { type: "attended"; desk: string | null }
  | { type: "texts"; answer: Answer<Texts>; at: number }
  | { type: "watches"; answer: Answer<Watches>; at: number }
  | { type: "seen"; seen: SeenTexts }
  | { type: "shows_texts"; shown: boolean }
  | { type: "map"; content: MapContent; pageMs: number }
  | { type: "clock"; serverTime: string; pageMs: number }
  | { type: "acts" }
  | { type: "select"; id: string | null }
  | { type: "done"; name: string; detail: { zh: string; en: string }; at: number }
  | { type: "dismiss"; id: number };

/** The person signed in, if somebody is. */
export function signedIn(desk: Desk): Session | null {
  return desk.session === "unknown" ? null : desk.session;
}

/** Whether the desk belongs to the command centre: it sees every station. Who has both sits at the station. */
export function isCommand(session: Session): boolean {
  const atStation = session.station !== null && session.roles.includes("dispatcher");
  return session.roles.includes("command") && !atStation;
}

/** The code of the command centre where stations are named. */
export const COMMAND_DESK = "command";

/** The desks without anybody, as far as the server can know: it hears of this one a moment later. */
export function unattended(desk: Desk): Presence[] {
  const session = signedIn(desk);
  const own = session !== null && isCommand(session) ? COMMAND_DESK : session?.station?.code;
  return desk.presence.filter((each) => !each.online && (desk.attended || each.code !== own));
}

/** Whether the person has a desk here at all. */
export function hasDesk(session: Session): boolean {
  return isCommand(session) || (session.station !== null && session.roles.includes("dispatcher"));
}
