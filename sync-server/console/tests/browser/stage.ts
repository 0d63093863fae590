// What every browser test stands on: a mock server of its own, people who sign in, and pictures.

import { test as base, expect, type Page } from "@playwright/test";
import { fileURLToPath } from "node:url";
// The mock is plain JavaScript.
import { startMock } from "../../mock/server.mjs";

/** A running mock server. */
export interface Mock {
  world: any;
  address: string;
  cut(): void;
  heal(): void;
  restart(): void;
  stop(): Promise<void>;
}

export const PICTURES = fileURLToPath(new URL("../../../../target/console", import.meta.url));

/** A test with its own server; it fails on anything the page complains of or asks of others. */
export const test = base.extend<{ mock: Mock; complaints: string[] }>({
  mock: async ({}, use) => {
    const mock: Mock = await startMock();
    await use(mock);
    await mock.stop();
  },
  complaints: async ({}, use) => {
    const complaints: string[] = [];
    await use(complaints);
    expect(complaints).toEqual([]);
  },
  page: async ({ page, mock, complaints }, use) => {
    listen(page, mock, complaints);
    await use(page);
  },
});

/** Writes down script errors, refused content and requests to anybody else. */
export function listen(page: Page, mock: Mock, complaints: string[]): void {
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && /content security|refused to/i.test(text))
      complaints.push(text);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(mock.address) && !url.startsWith("data:")) complaints.push(url);
  });
}

const PASSWORDS: Record<string, string> = {
  D1: "duty-1",
  D2: "duty-2",
  D3: "duty-3",
  C1: "command-1",
  A1: "admin-1",
  Y1: "president-1",
  O1: "officer-1",
};

/** Signs a person in and waits until the desk is connected. */
export async function signIn(page: Page, mock: Mock, person: string): Promise<void> {
  await page.goto(mock.address);
  await page.getByLabel(/工号|Staff number/).fill(person);
  await page.getByLabel(/密码|Password/).fill(PASSWORDS[person] ?? "");
  await page.getByRole("button", { name: /^(登录|Sign in)$/ }).click();
  await expect(page.getByText(/连接正常|Connected/)).toBeVisible();
}

/** The red banner. */
export function banner(page: Page) {
  return page.locator(".banner");
}

/** The rows of the lists; a drop-down has options of its own. */
export function rows(page: Page) {
  return page.getByRole("listbox").getByRole("option").and(page.locator("li"));
}

/** Waits until Enter answers the banner, and presses it. */
export async function answerByEnter(page: Page): Promise<void> {
  await expect(banner(page)).toHaveAttribute("data-ready", "true");
  await page.keyboard.press("Enter");
}

/** A picture for people to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: "disabled" });
}

export { expect };
