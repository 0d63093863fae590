// Every text a person reads, in one typed table: a key that is missing does not compile, and
// neither does a text whose {names} are not given. The parts are by place; nothing here knows a
// component.

import { ACTS } from "./acts";
import { ADMIN } from "./admin";
import { CALLS } from "./calls";
import { COMMAND } from "./command";
import { DESK } from "./desk";
import { DOORS_WORDS } from "./doors";
import { FORMS } from "./forms";
import { MAP } from "./map";
import { RECORD } from "./record";
import { REQUEST } from "./request";
import { SHELL } from "./shell";
import { SIGN_IN } from "./sign-in";
import { UNITS } from "./units";
import { WAITING } from "./waiting";

/** The languages, the first one first. */
export const LANGUAGES = ["zh", "en"] as const;

/** A language of the console. */
export type Language = (typeof LANGUAGES)[number];

/** A text in Chinese and English. `{name}` stands for what is given. */
export type Entry = readonly [zh: string, en: string];

/** The table. */
export const WORDS = {
  ...SHELL,
  ...SIGN_IN,
  ...DESK,
  ...REQUEST,
  ...ACTS,
  ...FORMS,
  ...UNITS,
  ...MAP,
  ...DOORS_WORDS,
  ...COMMAND,
  ...CALLS,
  ...RECORD,
  ...ADMIN,
  ...WAITING,
} as const;

/** A key of the table. */
export type Key = keyof typeof WORDS;

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

type Given<K extends Key> = Names<(typeof WORDS)[K][0]>;

/** What must be given for a key: nothing, or a value for each of its names. */
export type Values<K extends Key> = [Given<K>] extends [never]
  ? []
  : [Record<Given<K>, string | number>];

/** Says `key` in `language`. */
export function say<K extends Key>(language: Language, key: K, ...values: Values<K>): string {
  const [zh, en] = WORDS[key] as Entry;
  const given = (values[0] ?? {}) as Record<string, string | number>;
  return (language === "zh" ? zh : en).replace(/\{(\w+)\}/g, (_, name: string) =>
    String(given[name] ?? ""),
  );
}

/** Says in one language. */
export type Say = <K extends Key>(key: K, ...values: Values<K>) => string;

/** The words of one language as a function. */
export function sayer(language: Language): Say {
  return (key, ...values) => say(language, key, ...values);
}

/** One of two words the server sent. */
export function pick(language: Language, label: { zh: string; en: string }): string {
  return language === "zh" ? label.zh : label.en;
}
