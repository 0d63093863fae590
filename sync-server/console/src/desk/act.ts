// What the button of a step says: the act, or the server's own label for a step this version does
// not know.

import type { StepOffer } from "../api/types";
import { pick, type Language, type Say } from "../words/words";
import { knownWord } from "./reasons";

/** The words on the button. */
export function actWords(say: Say, language: Language, offer: StepOffer): string {
  return knownWord(say, "act", offer.step) ?? pick(language, offer.label);
}
