// What the tests of the workspaces beside the desk share: the evening, and ways in.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { expect, type Mock } from "./stage";

/** A quarter to six in the evening: what the phones had has come in, as far as it came. */
export function evening(mock: Mock): void {
  mock.world.setClock("2026-03-17T17:45:00+08:00");
}

const PASSWORDS: Record<string, string> = {
  D1: "duty-1",
  C1: "command-1",
  Y1: "president-1",
  A1: "admin-1",
  O1: "officer-1",
  luqihang: "lu-1",
};

/** Signs a person in at an address, without waiting for anything of the desk. */
export async function enter(page: Page, mock: Mock, person: string, hash = ""): Promise<void> {
  const loaded = page.url().startsWith(mock.address);
  await page.goto(`${mock.address}/${hash}`);
  // Another part after `#` alone does not load the page anew.
  if (loaded) await page.reload();
  await page.getByLabel(/工号|Staff number/).fill(person);
  await page.getByLabel(/密码|Password/).fill(PASSWORDS[person] ?? "");
  await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
  await expect(page.getByLabel(/密码|Password/)).toHaveCount(0);
}

/** The heading of the page that is shown. */
export function heading(page: Page) {
  return page.locator("main:not([hidden]) h2[data-heading]");
}

/** A door of the rail. */
export function door(page: Page, name: string) {
  return page
    .getByRole("navigation", { name: /^(工作区|Workspaces)$/ })
    .getByRole("link", { name });
}

/** No serious finding of axe, no sideways scrolling. */
export async function sound(page: Page): Promise<void> {
  const scan = await new AxeBuilder({ page }).analyze();
  const serious = scan.violations.filter(
    ({ impact }) => impact === "serious" || impact === "critical",
  );
  const told = serious.map(
    ({ id, nodes }) =>
      `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("\n")}`,
  );
  expect(told).toEqual([]);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(wide).toBe(false);
}
