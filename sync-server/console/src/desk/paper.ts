// A record as a paper file: its head, its lines with their photos, its other parts, what was struck
// and why. Pure: the server's facts in, an order to read them in out.

import type { Facts, Item, RecordFile, Value, WordList } from "../api/office";
import { itemsOf, valueOf } from "./value";

/** Parts that stand elsewhere: strikes at their lines, conflicts on top, finalising in the head. */
const ELSEWHERE = new Set([
  "strikes",
  "resolutions",
  "finalisations",
  "conflicts",
  "late",
  "head",
  "photos",
  "proofs",
]);

/** Lists of things, which are read line by line with a photo first. */
const LISTS = ["lines", "moved_items"];

/** What is not shown among the fields of an item. */
const INNER = new Set(["id", "struck", "current"]);

/** A photo and where its file stands; `null`: the server names no such file. */
export interface Picture {
  item: Item;
  place: string;
  hash: string;
  file: RecordFile | null;
}

/** One line or item. */
export interface Entry {
  item: Item;
  /** `lines/01J…`. */
  place: string;
  struck: boolean;
  /** What is contested of it: fields, or "" for the item itself. */
  contested: string[];
  /** Somebody signed what has changed since. */
  signedBefore: boolean;
  /** Why it was struck, each time it was. */
  reasons: string[];
  pictures: Picture[];
  fields: [field: string, value: Value][];
}

/** A part of the record. */
export interface Part {
  collection: string;
  list: boolean;
  entries: Entry[];
}

/** The fields that are set, in the order of the words, then the others. */
function fieldsOf(item: { [field: string]: unknown }, order: readonly string[]): Entry["fields"] {
  const names = Object.keys(item).filter((name) => !INNER.has(name));
  const at = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return names
    .sort((a, b) => at(a) - at(b))
    .flatMap((name): Entry["fields"] => {
      const value = valueOf(item, name);
      return value === undefined || value === null ? [] : [[name, value]];
    });
}

function order(words: WordList, kind: string, collection: string): string[] {
  const fields = Object.keys(words.kinds[kind]?.fields ?? {});
  const inside = fields.filter((key) => key.startsWith(`${collection}/`));
  return inside.length > 0
    ? inside.map((key) => key.slice(collection.length + 1))
    : fields.filter((key) => !key.includes("/"));
}

/** The pictures of a record, by the item they show; what shows none stands under "". */
export function pictures(facts: Facts, files: readonly RecordFile[]): Map<string, Picture[]> {
  const found = new Map<string, Picture[]>();
  for (const collection of ["photos", "proofs"]) {
    for (const item of itemsOf(facts, collection)) {
      const { hash, item: shows } = item as { hash?: unknown; item?: unknown };
      if (typeof hash !== "string") continue;
      const file = files.find((each) => each.hash === hash) ?? null;
      const of = typeof shows === "string" ? shows : "";
      const picture = { item, place: `${collection}/${item.id}`, hash, file };
      found.set(of, [...(found.get(of) ?? []), picture]);
    }
  }
  return found;
}

/** What is contested of a place of the record, by its open conflicts: fields, or "" for all of it. */
export function contestedOf(facts: Facts, place: string): string[] {
  const conflicts = facts["conflicts"];
  if (!Array.isArray(conflicts)) return [];
  return conflicts.flatMap((each: { target?: unknown } | null) => {
    const target = each?.target;
    if (target === place) return [""];
    const inside = typeof target === "string" && target.startsWith(`${place}/`);
    return inside ? [target.slice(place.length + 1)] : [];
  });
}

/** The head's fields. */
export function head(facts: Facts, words: WordList): Entry["fields"] {
  return fieldsOf(facts.head ?? {}, order(words, facts.kind, "head"));
}

/** The parts, lists of things first, then in the order of the words. */
export function parts(
  facts: Facts,
  words: WordList,
  shown: ReadonlyMap<string, readonly Picture[]>,
): Part[] {
  const known = Object.keys(words.kinds[facts.kind]?.collections ?? {});
  const names = Object.keys(facts).filter(
    (name) => !ELSEWHERE.has(name) && itemsOf(facts, name).length > 0,
  );
  const at = (name: string) => {
    if (LISTS.includes(name)) return -1;
    return known.includes(name) ? known.indexOf(name) : known.length;
  };
  const strikes = itemsOf(facts, "strikes");
  return names
    .sort((a, b) => at(a) - at(b))
    .map((collection) => ({
      collection,
      list: LISTS.includes(collection),
      entries: itemsOf(facts, collection).map((item) => {
        const place = `${collection}/${item.id}`;
        return {
          item,
          place,
          struck: item.struck === true,
          contested: contestedOf(facts, place),
          signedBefore: item["current"] === false,
          reasons: strikes
            .filter((strike) => strike["item"] === place)
            .map((strike) => String(strike["reason"] ?? "")),
          pictures: [...(shown.get(place) ?? [])],
          fields: fieldsOf(item, order(words, facts.kind, collection)),
        };
      }),
    }));
}

/** Pictures that no line or item of the record shows beside itself. */
export function loosePictures(
  all: ReadonlyMap<string, readonly Picture[]>,
  read: readonly Part[],
): Picture[] {
  const places = new Set(read.flatMap((part) => part.entries.map((entry) => entry.place)));
  return [...all].flatMap(([place, found]) => (places.has(place) ? [] : found));
}

/** The papers that can be made of a kind of record. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  seizure: ["F-01", "F-06"],
  onsite: ["F-04", "F-06"],
  eviction: ["F-03", "F-04", "F-05", "F-06"],
  correction: ["F-12"],
  supplement: ["F-12"],
};

/** The numbers of the forms of a kind; none where no paper is made of it. */
export function forms(kind: string): readonly string[] {
  return (Object.hasOwn(FORMS, kind) ? FORMS[kind] : undefined) ?? [];
}
