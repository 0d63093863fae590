// What is committed in `dist` is what the sources give, byte for byte; it is small, asks nobody else for
// anything, and holds nothing that the server's content policy refuses.

import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = join(ROOT, "dist");
/** First load, compressed as any server compresses. */
const MOST_BYTES = 300_000;

function files(directory: string): string[] {
  const all = readdirSync(directory, { recursive: true, withFileTypes: true });
  return all
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();
}

function hashes(directory: string): Record<string, string> {
  const hash = (name: string) =>
    createHash("sha256")
      .update(readFileSync(join(directory, name)))
      .digest("hex");
  return Object.fromEntries(files(directory).map((name) => [name, hash(name)]));
}

describe("dist", () => {
  const fresh = mkdtempSync(join(tmpdir(), "console-"));
  const before = process.env["NODE_ENV"];
  beforeAll(async () => {
    // The test runner's own environment would build another program.
    process.env["NODE_ENV"] = "production";
    await build({
      root: ROOT,
      mode: "production",
      logLevel: "error",
      build: { outDir: fresh, emptyOutDir: true },
    });
  });
  afterAll(() => {
    process.env["NODE_ENV"] = before;
    rmSync(fresh, { recursive: true });
  });

  it("is what the sources give; otherwise run `npm run build` and commit it", () => {
    expect(hashes(DIST)).toEqual(hashes(fresh));
  });

  it("loads with at most 300 kB", () => {
    const bytes = files(DIST).map((name) => gzipSync(readFileSync(join(DIST, name))).length);
    const sum = bytes.reduce((a, b) => a + b, 0);
    console.log(`first load: ${sum} bytes compressed, ${bytes.length} files`);
    expect(sum).toBeLessThanOrEqual(MOST_BYTES);
  });

  it("asks nothing of the browser that came after Chromium 109", () => {
    const script =
      /\.(toSorted|toReversed|toSpliced|isWellFormed|difference|union)\(|Object\.groupBy|withResolvers|AbortSignal\.any|fromAsync/;
    const style =
      /color-mix\(|oklch\(|light-dark\(|@scope|@starting-style|text-wrap|field-sizing|:popover-open|[{;}]\s*&/;
    for (const name of files(DIST)) {
      const text = readFileSync(join(DIST, name), "utf8");
      if (name.endsWith(".js")) expect(script.exec(text)?.[0], name).toBeUndefined();
      if (name.endsWith(".css")) expect(style.exec(text)?.[0], name).toBeUndefined();
    }
  });

  it("has no inline script or style and nobody else's address", () => {
    const html = readFileSync(join(DIST, "index.html"), "utf8");
    expect(html).toContain('<meta name="court" content="__COURT__" />');
    expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/i);
    for (const name of files(DIST)) {
      const text = readFileSync(join(DIST, name), "utf8");
      // A namespace and Leaflet's own link, which is not shown, are no requests.
      const addresses = [...text.matchAll(/https?:\/\/[\w.-]+/g)].map((match) => match[0]);
      const strange = addresses.filter((each) => !/www\.w3\.org|leafletjs\.com/.test(each));
      expect(strange, name).toEqual([]);
      expect(text, name).not.toMatch(/\beval\(|new Function\(/);
    }
  });
});
