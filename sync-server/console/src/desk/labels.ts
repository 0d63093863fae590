// What fields, codes and verbs are called, from the server's list of words. What it does not name is
// shown as the code it is, never left out.

import type { Value, WordList } from "../api/office";
import type { Label } from "../api/types";

/** No words: everything is shown as its code. */
export const NO_WORDS: WordList = { kinds: {}, verbs: {} };

const plain = (code: string): Label => ({ zh: code, en: code });

function own<T>(table: { [key: string]: T } | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** What a kind of record is called. */
export function kindLabel(words: WordList, kind: string): Label {
  return own(words.kinds, kind)?.label ?? plain(kind);
}

/** What a collection of a record is called. */
export function collectionLabel(words: WordList, kind: string, collection: string): Label {
  return own(own(words.kinds, kind)?.collections, collection) ?? plain(collection);
}

/** What a field is called: of a collection, or of the head for `head`. */
export function fieldLabel(
  words: WordList,
  kind: string,
  collection: string,
  field: string,
): Label {
  const fields = own(words.kinds, kind)?.fields;
  return own(fields, `${collection}/${field}`) ?? own(fields, field) ?? plain(field);
}

/** What a code of a field is called; `null` where the field has no codes or not this one. */
export function choiceLabel(
  words: WordList,
  kind: string,
  collection: string,
  field: string,
  code: string,
): Label | null {
  return own(choicesOf(words, kind, collection, field), code) ?? null;
}

/** The codes of a field, if it has any. */
export function choicesOf(
  words: WordList,
  kind: string,
  collection: string,
  field: string,
): { [code: string]: Label } | undefined {
  const choices = own(words.kinds, kind)?.choices;
  return own(choices, `${collection}/${field}`) ?? own(choices, field);
}

/** What was done, in words. */
export function verbLabel(words: WordList, kind: string | null, verb: string): Label {
  const exact = kind === null ? undefined : own(words.verbs, `${kind}/${verb}`);
  return exact ?? own(words.verbs, verb) ?? plain(verb);
}

/**
 * The kind whose words fit a verb, where a list does not say of which kind the record is; `null` where
 * several do.
 */
export function kindOfVerb(words: WordList, verb: string): string | null {
  const kinds = Object.keys(words.kinds).filter(
    (kind) => own(words.verbs, `${kind}/${verb}`) !== undefined,
  );
  return kinds.length === 1 ? (kinds[0] ?? null) : null;
}

/** The kind whose words fit a field, where a list does not say of which kind the record is. */
export function kindOfField(words: WordList, collection: string, field: string): string {
  const has = (kind: string, key: string) => own(words.kinds[kind]?.fields, key) !== undefined;
  const kinds = Object.keys(words.kinds);
  return (
    kinds.find((kind) => has(kind, `${collection}/${field}`)) ??
    kinds.find((kind) => has(kind, field)) ??
    ""
  );
}

/** The parts of `lines/01J…/name`, `lines/01J…`, `head/place`. */
export function readTarget(target: string): { collection: string; item: string; field: string } {
  const [collection = "", second = "", third = ""] = target.split("/");
  return collection === "head"
    ? { collection, item: "", field: second }
    : { collection, item: second, field: third };
}

/** Whether a value is an instant with its offset. */
export function isTime(value: Value): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d.*(Z|[+-]\d\d:\d\d)$/.test(value);
}
