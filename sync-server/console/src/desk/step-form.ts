// What a person fills in for a step, and what is sent for it. Pure: fields and problems by name, no
// elements.

import type { Need, State, StepBody, StepOffer } from "../api/types";
import type { Key } from "../words/words";

/** Longest texts, characters. */
export const LONGEST_UNIT = 100;
export const LONGEST_NOTE = 500;

/** What was typed, as text, by need; `note` beside them. */
export type Typed = Readonly<Record<Need | "note", string>>;

/** Nothing typed yet. */
export const UNTYPED: Typed = { station: "", unit: "", when: "", other: "", reason: "", note: "" };

/** What is wrong with a field. */
export type Faults = Partial<Record<Need | "note", Key>>;

/** Steps that need nothing and can be mended by another step: one press does them. */
const AT_ONCE: ReadonlySet<string> = new Set(["acknowledged", "arrived", "taken_over"]);

/** Whether one press does it. */
export function atOnce(offer: StepOffer): boolean {
  return offer.needs.length === 0 && AT_ONCE.has(offer.step);
}

/** The fields a step shows: what it needs, and the expected arrival where it helps. */
export function fields(offer: StepOffer): { need: Need; optional: boolean }[] {
  const needed = offer.needs.map((need) => ({ need, optional: false }));
  const helps = offer.step === "unit_sent" && !offer.needs.includes("when");
  return helps ? [...needed, { need: "when", optional: true }] : needed;
}

/** The order of the buttons; what is not named comes last in the server's order. */
const ORDER = [
  "acknowledged",
  "unit_sent",
  "eta",
  "arrived",
  "handed_over",
  "closed",
  "cancel_confirmed",
  "taken_over",
  "transferred",
  "declined",
  "escalated",
  "merged",
  "false_alarm",
  "reopened",
];

/** The usual next step of each state. */
const NEXT: Readonly<Partial<Record<State, string>>> = {
  acknowledged: "unit_sent",
  unit_sent: "arrived",
  arrived: "closed",
};

/**
 * The offers as buttons, the usual next one first. Those about another request's report stand beside that
 * report.
 */
export function buttons(
  offers: readonly StepOffer[],
  incident: { state: State; ringing_since: string | null },
): StepOffer[] {
  const next = incident.ringing_since === null ? NEXT[incident.state] : "acknowledged";
  const place = (offer: StepOffer) => {
    if (offer.step === next) return -1;
    const at = ORDER.indexOf(offer.step);
    return at < 0 ? ORDER.length : at;
  };
  return offers.filter((offer) => offer.step !== "split").sort((a, b) => place(a) - place(b));
}

/** Minutes of a text, 1 to a day; `null` for anything else. */
export function minutes(text: string): number | null {
  if (!/^\d{1,4}$/.test(text.trim())) return null;
  const value = Number(text.trim());
  return value >= 1 && value <= 1_440 ? value : null;
}

/** What is to be sent at `nowMs`, or what is wrong. */
export function stepBody(
  offer: StepOffer,
  typed: Typed,
  nowMs: number,
): { body: StepBody } | { faults: Faults } {
  const faults: Faults = {};
  const body: StepBody = { step: offer.step };
  for (const { need, optional } of fields(offer)) {
    const text = typed[need].trim();
    if (text === "") {
      if (!optional) faults[need] = `need_${need}`;
    } else if (need === "when") {
      const value = minutes(text);
      if (value === null) faults.when = "need_when";
      else body.when = new Date(nowMs + value * 60_000).toISOString();
    } else {
      body[need] = text;
    }
  }
  // Of a unit that was chosen from another station's.
  if (offer.step === "unit_sent" && typed.station !== "") body.station = typed.station;
  const note = typed.note.trim();
  if (note !== "") body.note = note;
  if (body.reason === "other" && note === "") faults.note = "need_note";
  return Object.keys(faults).length > 0 ? { faults } : { body };
}
