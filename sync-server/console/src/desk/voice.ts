// The report by voice: what the dispatcher typed, what is sent, what is wrong. Pure.

import type { VoiceReport } from "../api/types";
import type { Key } from "../words/words";
import { lastTimeOfDay } from "./clock";
import { writeGeo } from "./geo";

/** The kinds of situation, as the records have them. */
export const SITUATIONS = [
  "blockade",
  "surrounding",
  "threat",
  "violence",
  "self_harm",
  "property_damage",
  "other",
] as const;

/** What was typed. `weapons`, `injured`: `yes`, `no` or empty for unknown. */
export interface VoiceTyped {
  place: string;
  position: string;
  callback: string;
  situation: string;
  text: string;
  people: string;
  weapons: string;
  injured: string;
  caseNo: string;
  calledAt: string;
}

/** An empty form; `calledAt` is the time it was opened, `hh:mm`. */
export function untypedVoice(calledAt: string): VoiceTyped {
  return {
    place: "",
    position: "",
    callback: "",
    situation: "",
    text: "",
    people: "",
    weapons: "",
    injured: "",
    caseNo: "",
    calledAt,
  };
}

/** What is wrong, by field. */
export type VoiceFaults = Partial<Record<keyof VoiceTyped, Key>>;

const PHONE = /^[\d+\-\s()#*]{5,40}$/;

/** The report to send at `nowMs`, or what is wrong with each field. */
export function voiceReport(
  typed: VoiceTyped,
  nowMs: number,
): { report: VoiceReport } | { faults: VoiceFaults } {
  const faults: VoiceFaults = {};
  const text = (name: keyof VoiceTyped) => typed[name].trim();
  if (text("place") === "") faults.place = "bad_place";
  if (!PHONE.test(text("callback"))) faults.callback = "bad_callback";
  if (!(SITUATIONS as readonly string[]).includes(typed.situation))
    faults.situation = "bad_situation";
  const position = text("position") === "" ? undefined : writeGeo(typed.position);
  if (position === null) faults.position = "bad_position";
  const people = text("people") === "" ? undefined : wholeNumber(text("people"));
  if (people === null) faults.people = "bad_people";
  const calledMs = lastTimeOfDay(typed.calledAt, nowMs);
  if (calledMs === null) faults.calledAt = "bad_called_at";
  if (Object.keys(faults).length > 0 || calledMs === null) return { faults };
  return {
    report: {
      place: text("place"),
      callback: text("callback"),
      situation: typed.situation,
      called_at: new Date(calledMs).toISOString(),
      ...(position ? { position } : {}),
      ...(text("text") === "" ? {} : { situation_text: text("text") }),
      ...(typeof people === "number" ? { people } : {}),
      ...(typed.weapons === "" ? {} : { weapons: typed.weapons === "yes" }),
      ...(typed.injured === "" ? {} : { injured: typed.injured === "yes" }),
      ...(text("caseNo") === "" ? {} : { case_no: text("caseNo") }),
    },
  };
}

function wholeNumber(text: string): number | null {
  const value = Number(text);
  return /^\d{1,6}$/.test(text) && value <= 100_000 ? value : null;
}
