// Why a change is not part of its record, in words: the codes are the server's and the phones'.

import type { Say } from "../words/words";
import { knownWord } from "./reasons";

/** The sentence of a code; a code of a later version is named as it is. */
export function waitWords(say: Say, code: string): string {
  return knownWord(say, "wait", code) ?? say("wait_unknown", { code });
}
