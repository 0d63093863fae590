// What the button of a step says: the act, or the server's own label for a step this version does not know.

import type { StepOffer } from "../api/types";
import { pick, type Language, type Say } from "../words/words";
import { wordOf } from "./reasons";

/** The words on the button. */
export function actWords(say: Say, language: Language, offer: StepOffer): string {
  const word = wordOf(say, "act", offer.step);
  return word === offer.step ? pick(language, offer.label) : word;
}
