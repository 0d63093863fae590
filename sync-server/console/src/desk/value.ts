// A value of a record in words: money in yuan, codes by their labels, people by name, instants in
// Beijing time. What cannot be said better is shown as it stands.

import type { Facts, Item, Value, WordList } from "../api/office";
import { pick, say, sayer, type Language } from "../words/words";
import { clockTime, instant } from "./clock";
import { readGeo } from "./geo";
import { choiceLabel, isTime } from "./labels";
import { yuan } from "./money";
import { positionWords } from "./request";

/** What the words of a value depend on. */
export interface Reading {
  language: Language;
  words: WordList;
  kind: string;
  /** Names of people by their ids, staff and parties alike. */
  names: ReadonlyMap<string, string>;
  facts: Facts | null;
  nowMs: number;
}

const ITEM = /^([a-z_]+)\/([0-9A-Za-z]{26})$/;

/** `value` of `field` in words. */
export function valueWords(
  reading: Reading,
  collection: string,
  field: string,
  value: Value,
): string {
  const { language, words, kind } = reading;
  if (value === null) return say(language, "value_none");
  if (typeof value === "boolean") return say(language, value ? "flag_yes" : "flag_no");
  if (typeof value === "number") return field.endsWith("_fen") ? yuan(value) : String(value);
  const choice = choiceLabel(words, kind, collection, field, value);
  if (choice !== null) return pick(language, choice);
  if (isTime(value)) return clockTime(instant(value), reading.nowMs);
  if (readGeo(value) !== null) return positionWords(sayer(language), value);
  if (/^[0-9a-f]{64}$/.test(value)) return `${value.slice(0, 8)}…`;
  if (ITEM.test(value)) return itemWords(reading, value);
  return reading.names.get(value) ?? value;
}

/** An item by what it is called; its last characters where it has no name. */
export function itemWords(reading: Reading, place: string): string {
  const [, collection = "", id = ""] = ITEM.exec(place) ?? [];
  const item = itemsOf(reading.facts, collection).find((each) => each.id === id);
  for (const field of ["name", "plate", "seal_no", "device_no", "label_no", "text", "note"]) {
    const value = item?.[field];
    if (typeof value === "string" && value !== "") return value;
  }
  return id === "" ? place : `…${id.slice(-6)}`;
}

/** The items of a collection, in the order of their recording. */
export function itemsOf(facts: Facts | null, collection: string): Item[] {
  const items = facts?.[collection];
  if (!Array.isArray(items)) return [];
  return items.filter(
    (item): item is Item =>
      typeof item === "object" && item !== null && typeof (item as Item).id === "string",
  );
}

/** A field's value, if it is one. */
export function valueOf(item: { [field: string]: unknown }, field: string): Value | undefined {
  const value = item[field];
  const fits =
    value === null ||
    typeof value === "string" ||
    typeof value === "number" ||
    typeof value === "boolean";
  return fits ? value : undefined;
}
