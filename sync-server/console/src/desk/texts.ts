// Texts that no machine carried out: which of them somebody has still to look at, the end of a
// telephone number, and why nothing was done, in words.

import type { TextMessage } from "../api/calls";
import type { Say } from "../words/words";
import { instant } from "./clock";
import { knownWord } from "./reasons";

const DAY_MS = 24 * 3_600_000;

/** What somebody has looked at: how often each text had come by then, by when it first came. */
export type SeenTexts = ReadonlyMap<string, number>;

/** Whether it has to be looked at. One that was seen has to be again when it comes once more. */
export function isUnread(text: TextMessage, seen: SeenTexts, nowMs: number): boolean {
  const known = seen.get(text.at);
  if (known !== undefined) return text.times > known;
  // What is no instant is shown rather than passed over.
  const at = instant(text.at);
  return at === null || nowMs - at < DAY_MS;
}

/** Those that have to be looked at. */
export function unread(
  texts: readonly TextMessage[],
  seen: SeenTexts,
  nowMs: number,
): TextMessage[] {
  return texts.filter((text) => isUnread(text, seen, nowMs));
}

/** What is seen once somebody has looked at these; what is not listed any more is forgotten. */
export function seenAll(texts: readonly TextMessage[]): SeenTexts {
  return new Map(texts.map((text) => [text.at, text.times]));
}

/** The last four characters of a number: enough to tell two apart, too little to call. */
export function numberTail(number: string): string {
  return [...number.trim()].slice(-4).join("");
}

/** Why it changed nothing, and what to do; a code of a later version is named as it is. */
export function verdictWords(say: Say, code: string): string {
  return knownWord(say, "verdict", code) ?? say("verdict_unknown", { code });
}
