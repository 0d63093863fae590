// One request in words: its state, place, danger. Pure functions of the request and the words,
// shared by banner, list, details and the screen reader.

import type { Incident } from "../api/types";
import type { Say } from "../words/words";
import { instant } from "./clock";
import { readGeo, degrees } from "./geo";
import { knownWord, wordOf } from "./reasons";
import { span } from "./span";
import { ringing, ringsAgain } from "./urgency";

/** How a request is marked: red asks for an act now, and nothing else is red. */
export type Mark = "ringing" | "open" | "there" | "ended";

/** Its mark. */
export function mark(incident: Incident): Mark {
  if (ringing(incident)) return "ringing";
  switch (incident.state) {
    case "arrived":
      return "there";
    case "closed":
    case "false_alarm":
    case "cancelled":
      return "ended";
    default:
      return "open";
  }
}

/** A shape beside the colour, for those who do not see red. */
export const SHAPES: Readonly<Record<Mark, string>> = {
  ringing: "●",
  open: "◐",
  there: "○",
  ended: "✓",
};

/** Where it stands, in the words of the desk. */
export function stateWords(say: Say, incident: Incident): string {
  if (ringsAgain(incident)) return say("state_news");
  const { state } = incident;
  return knownWord(say, "state", state) ?? say("state_unknown", { code: state });
}

/** Where, in words. */
export function placeWords(say: Say, incident: Incident): string {
  return incident.request.place.trim() || say("place_unknown");
}

/** What happens: the kind of situation. */
export function situationWords(say: Say, incident: Incident): string {
  const { situation } = incident.request;
  return situation === null ? say("situation_unknown") : wordOf(say, "situation", situation);
}

/** The short facts after the place: situation, people, court staff. */
export function facts(say: Say, incident: Incident): string[] {
  const { people, officers_on_site } = incident.request;
  return [
    situationWords(say, incident),
    ...(people === null ? [] : [say("people_about", { n: people })]),
    ...(officers_on_site === null ? [] : [say("court_people", { n: officers_on_site })]),
  ];
}

/** What whoever goes there must know first. */
export function dangers(say: Say, incident: Incident): string[] {
  const { weapons, injured } = incident.request;
  return [...(weapons ? [say("weapons")] : []), ...(injured ? [say("injured")] : [])];
}

/** What is known of weapons and injuries; unknown is never shown as none. */
export function dangerWords(say: Say, incident: Incident): string {
  const { weapons, injured } = incident.request;
  const seen = dangers(say, incident);
  if (seen.length > 0) return seen.join(" · ");
  return say(weapons === null || injured === null ? "danger_unknown" : "danger_none");
}

/** The position with its accuracy. */
export function positionWords(say: Say, text: string | null): string {
  const point = readGeo(text);
  if (point === null) return say("position_none");
  const at = { lat: degrees(point.lat), lon: degrees(point.lon) };
  return point.accuracyM === null
    ? say("position_bare", at)
    : say("position_text", { ...at, u: Math.round(point.accuracyM) });
}

/** When a unit is expected, as seen at `nowMs`. */
export function etaWords(say: Say, incident: Incident, time: string, nowMs: number): string | null {
  const eta = instant(incident.eta);
  if (eta === null || incident.arrived !== null) return null;
  const minutes = Math.round((eta - nowMs) / 60_000);
  return minutes >= 0
    ? say("eta_at", { time, n: minutes })
    : say("eta_passed", { time, n: -minutes });
}

/** How the arrival stands to the court's target: words, and whether they warn. */
export function targetWords(
  say: Say,
  incident: Incident,
  targetS: number,
  nowMs: number,
): { words: string; late: boolean } | null {
  const t0 = instant(incident.t0);
  if (t0 === null) return null;
  const arrived = instant(incident.arrived);
  const spent = (arrived ?? nowMs) - t0;
  const left = targetS * 1_000 - spent;
  if (arrived !== null)
    return { words: say("target_met", { time: span(say, spent) }), late: left < 0 };
  if (mark(incident) === "ended") return null;
  return left >= 0
    ? {
        words: say("target_left", { n: Math.round(targetS / 60), time: span(say, left) }),
        late: false,
      }
    : { words: say("target_passed", { time: span(say, -left) }), late: true };
}

/** The unit that was sent, with its station where that is another than the one that has the request. */
export function unitWords(incident: Incident): string | null {
  if (incident.unit === null || incident.lent_by === null) return incident.unit;
  return `${incident.lent_by.name} ${incident.unit}`;
}
