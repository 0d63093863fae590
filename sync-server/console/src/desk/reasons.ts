// Which reasons a person may give for a step, by code. The words are in the table of texts; what
// the server or a later version says beyond them is shown as it is.

import { WORDS, type Key, type Say } from "../words/words";

const REASONS: Readonly<Record<string, readonly string[]>> = {
  declined: ["no_unit", "not_our_area", "other"],
  closed: ["settled", "crew_safe", "persons_taken", "other"],
  false_alarm: ["pressed_by_mistake", "nothing_found", "drill", "other"],
  reopened: ["closed_too_early", "calls_again", "other"],
  escalated: ["more_help", "bigger_than_thought", "other"],
};

/** The reasons offered for a step. */
export function reasonsFor(step: string): readonly string[] {
  return REASONS[step] ?? ["other"];
}

/** The words of a code; `null` where no word is known. */
export function knownWord(say: Say, group: string, code: string): string | null {
  const key = `${group}_${code}`;
  return Object.hasOwn(WORDS, key) ? (say as (key: Key) => string)(key as Key) : null;
}

/** The words of a code, or the code itself where no word is known. */
export function wordOf(say: Say, group: string, code: string): string {
  return knownWord(say, group, code) ?? code;
}
