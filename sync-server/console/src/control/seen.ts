// Which texts somebody has looked at, kept in this browser for each person: when they came and how
// often, neither number nor words.

import type { SeenTexts } from "../desk/texts";

const name = (person: string) => `lastmile.texts.${person}`;

/** What this person has looked at; nothing where the browser keeps nothing. */
export function readSeen(person: string): SeenTexts {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name(person)) ?? "[]");
    const pairs = Array.isArray(kept) ? kept.filter(isPair) : [];
    return new Map(pairs);
  } catch {
    return new Map();
  }
}

/** Keeps it. A browser that keeps nothing shows the texts again: too often, never too seldom. */
export function keepSeen(person: string, seen: SeenTexts): void {
  try {
    localStorage.setItem(name(person), JSON.stringify([...seen]));
  } catch {
    // Full, or forbidden.
  }
}

function isPair(value: unknown): value is [string, number] {
  return Array.isArray(value) && typeof value[0] === "string" && typeof value[1] === "number";
}
