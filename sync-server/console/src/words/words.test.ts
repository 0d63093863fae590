// The table of texts: complete, the same names in both languages, no text that nobody says, and the
// words the house does not use.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { say, WORDS, type Entry } from "./words";

const SOURCE = fileURLToPath(new URL("..", import.meta.url));
const entries = Object.entries(WORDS) as [string, Entry][];

function sources(): string {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" });
  const read = files.filter((name) => /\.tsx?$/.test(name) && !/^words|\.test\./.test(name));
  return read.map((name) => readFileSync(`${SOURCE}/${name}`, "utf8")).join("\n");
}

/** Keys put together from a group and a code. */
const GROUPS = [
  "state",
  "channel",
  "situation",
  "need",
  "reason",
  "why",
  "act",
  "kind",
  "theme",
  "field",
  "wait",
  "verdict",
  "role",
  "door",
  "command",
  "decided",
  "case_state",
  "party",
  "pack",
  "form",
  "choice",
  "files",
  "withdrawal",
  "admin",
];

describe("words", () => {
  it("have the same names in both languages", () => {
    const names = (text: string) =>
      [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
    for (const [key, [zh, en]] of entries) expect(names(en), key).toEqual(names(zh));
  });

  it("are all said somewhere", () => {
    const text = sources();
    const unsaid = entries
      .map(([key]) => key)
      .filter(
        (key) => !text.includes(`"${key}"`) && !GROUPS.some((group) => key.startsWith(`${group}_`)),
      );
    expect(unsaid).toEqual([]);
  });

  it("never claim what nobody knows", () => {
    for (const [key, [zh, en]] of entries) {
      expect(zh, key).not.toMatch(/同步成功|志愿者|协助执行人[^员]/);
      expect(en, key).not.toMatch(/synced/i);
    }
  });

  it("use the signs of Chinese print beside Chinese words", () => {
    for (const [key, [zh]] of entries)
      expect(zh, key).not.toMatch(/\p{Script=Han}[,;:!?(]|[,;:!?)]\p{Script=Han}/u);
  });

  it("put values in their places", () => {
    expect(say("zh", "eta_at", { time: "09:18", n: 6 })).toBe("预计 09:18 到达（6 分钟后）");
    expect(say("en", "open", { n: 0 })).toBe("Open (0)");
  });

  it("are said by no component itself", () => {
    const views = readdirSync(`${SOURCE}/view`, { recursive: true, encoding: "utf8" });
    const files = views.filter((name) => name.endsWith(".tsx"));
    expect(files.length).toBeGreaterThan(40);
    for (const name of files) {
      const code = readFileSync(`${SOURCE}/view/${name}`, "utf8").replace(
        /\/\/.*|\/\*[\s\S]*?\*\//g,
        "",
      );
      expect(code.match(/\p{Script=Han}+/gu), name).toBeNull();
    }
  });
});
