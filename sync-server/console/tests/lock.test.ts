// `npm ci` installs from the lock file alone: the lock names what the package asks for, exactly and
// with hashes.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8"));

it("the lock file is of this package", () => {
  const asked = read("package.json") as Locked;
  const { packages } = read("package-lock.json") as { packages: Record<string, Locked> };
  const { "": root, ...rest } = packages;
  expect(root?.dependencies).toEqual(asked.dependencies);
  expect(root?.devDependencies).toEqual(asked.devDependencies);
  for (const [name, version] of Object.entries({
    ...asked.dependencies,
    ...asked.devDependencies,
  })) {
    expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
  for (const [name, { integrity }] of Object.entries(rest))
    expect(integrity, name).toMatch(/^sha512-/);
});
