// The contrast of every pair of colours that carries text, computed as WCAG 2 says, for day and
// night.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const CSS = readFileSync(fileURLToPath(new URL("tokens.css", import.meta.url)), "utf8");

/** [ink, ground, least ratio]: 4.5 for text, 3 for lines, marks and focus. */
const PAIRS: readonly (readonly [string, string, number])[] = [
  ["ink", "ground", 7],
  ["ink", "panel", 7],
  ["ink", "chosen", 7],
  ["ink", "red-tint", 7],
  ["ink", "amber-tint", 7],
  ["muted", "ground", 4.5],
  ["muted", "panel", 4.5],
  ["muted", "chosen", 4.5],
  ["muted", "red-tint", 4.5],
  ["on-navy", "navy", 4.5],
  ["on-red", "red", 4.5],
  ["on-amber", "amber", 7],
  ["link", "ground", 4.5],
  ["link", "panel", 4.5],
  ["red-ink", "ground", 4.5],
  ["red-ink", "panel", 4.5],
  ["red-ink", "red-tint", 4.5],
  ["red-ink", "chosen", 4.5],
  ["amber-ink", "panel", 4.5],
  ["amber-ink", "amber-tint", 4.5],
  ["link", "amber-tint", 4.5],
  ["link", "red-tint", 4.5],
  ["muted", "amber-tint", 4.5],
  ["muted", "red-tint", 4.5],
  ["amber-ink", "ground", 4.5],
  ["calm", "ground", 3],
  ["calm", "panel", 3],
  ["amber-ink", "chosen", 4.5],
  ["link", "chosen", 4.5],
  ["edge", "ground", 3],
  ["edge", "panel", 3],
  ["focus", "ground", 3],
  ["focus", "panel", 3],
  ["map-line", "map-ground", 3],
  ["crew", "map-ground", 3],
];

function tokens(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\b/gi)].map((m) => [m[1] ?? "", m[2] ?? ""]),
  );
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function ratio(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const [day, night] = CSS.split(':root[data-theme="dark"]').map(tokens) as [
  Map<string, string>,
  Map<string, string>,
];

describe.each([
  ["day", day],
  ["night", night],
] as const)("%s", (_, colours) => {
  it.each(PAIRS)("%s on %s has at least %d", (ink, ground, least) => {
    const [a, b] = [colours.get(ink), colours.get(ground)];
    expect(a, ink).toBeDefined();
    expect(b, ground).toBeDefined();
    expect(ratio(a ?? "#000000", b ?? "#000000")).toBeGreaterThanOrEqual(least);
  });
});

it("knows the two ends of contrast", () => {
  expect(ratio("#000000", "#ffffff")).toBeCloseTo(21);
  expect(ratio("#777777", "#ffffff")).toBeLessThan(4.5);
});
