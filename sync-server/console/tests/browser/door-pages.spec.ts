// Every page of the workspaces beside the desk, in both languages, light and dark: free of serious
// findings of axe, free of sideways scrolling, and kept as a picture to be looked at.

import { APP } from "../../mock/story.mjs";
import { enter, evening, heading, sound } from "./doors";
import { expect, picture, test } from "./stage";

const LIST = "5e12f0a9c3d44b7e8f60112233445501";
const FINALISED = "5e12f0a9c3d44b7e8f60112233445502";
const EVICTION = "5e12f0a9c3d44b7e8f60112233445503";
const K1 = encodeURIComponent("(2026)粤0605执1101号");

const COMMAND: [name: string, hash: string][] = [
  ["now", "#/command"],
  ["acts", "#/command/acts"],
  ["evening", "#/command/evening"],
  ["waiting", "#/command/waiting"],
  ["devices", "#/command/devices"],
  ["cases", "#/cases"],
  ["case", `#/cases/${K1}`],
  ["record", `#/records/${LIST}`],
  ["record-finalised", `#/records/${FINALISED}`],
  ["record-eviction", `#/records/${EVICTION}`],
  ["figures", "#/figures"],
  ["unknown", "#/nowhere"],
];

const ADMIN: [name: string, hash: string][] = [
  ["people", "#/admin"],
  ["devices", "#/admin/devices"],
  ["stations", "#/admin/stations"],
  ["packs", "#/admin/packs"],
];

for (const language of ["zh", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test.describe(`${language} ${theme}`, () => {
      test.beforeEach(async ({ page }) => {
        await page.addInitScript(
          ([language, theme]) => {
            localStorage.setItem("lastmile.language", language);
            localStorage.setItem("lastmile.theme", theme);
          },
          [language, theme] as const,
        );
      });

      test("command centre, cases, figures", async ({ page, mock }) => {
        evening(mock);
        await enter(page, mock, "C1", "#/command");
        await expect(page.getByText(/连接正常|Connected/)).toBeVisible();
        for (const [name, hash] of COMMAND) {
          await page.evaluate((hash) => (location.hash = hash), hash);
          expect(page.url().endsWith(hash)).toBe(true);
          if (name !== "now") await expect(heading(page)).toBeFocused();
          await expect(page.locator("main:not([hidden]) [aria-busy=true]")).toHaveCount(0);
          await expect(page.getByText(/^(正在读取…|Loading…)$/)).toHaveCount(0);
          await sound(page);
          await picture(page, `door-${name}-${language}-${theme}`);
          await page.locator("main:not([hidden])").evaluate((main) => main.scrollBy(0, 620));
          await picture(page, `door-${name}-below-${language}-${theme}`);
        }
      });

      test("an alarm over the command centre", async ({ page, mock }) => {
        evening(mock);
        await enter(page, mock, "C1", "#/command");
        mock.world.raise(APP).told = ["command_sees"];
        mock.world.changed([...mock.world.incidents.values()][0]);
        await expect(page.locator(".banner")).toBeVisible();
        await sound(page);
        await picture(page, `door-alarm-${language}-${theme}`);
      });

      test("forms that are open, a photo, an invitation", async ({ page, mock }) => {
        evening(mock);
        await enter(page, mock, "C1", "#/command");
        await page.getByRole("button", { name: /^(核定：|Decide about: )霍启明/ }).click();
        await page.getByRole("button", { name: /^(确认|Confirm)$/ }).click();
        await sound(page);
        await picture(page, `door-decision-${language}-${theme}`);
        await page.evaluate((hash) => (location.hash = hash), `#/records/${LIST}`);
        await page.getByRole("button", { name: /^(另填|Another value)$/ }).click();
        await page.getByRole("button", { name: /^(确定|Settle)$/ }).click();
        await page
          .getByText(/^(能证明的时间|What is proven of the time)$/)
          .first()
          .click();
        await page.locator(".history summary").first().click();
        await sound(page);
        await picture(page, `door-settle-${language}-${theme}`);
        await page.getByRole("button", { name: /(原件上传中|original arriving)/ }).click();
        await sound(page);
        await picture(page, `door-photo-${language}-${theme}`);
        await page.keyboard.press("Escape");
        await page.context().clearCookies();
        await enter(page, mock, "A1", "#/admin");
        await page.getByRole("button", { name: /何管理/ }).click();
        await page.getByLabel(/^(设备名称|Name of the device)$/).fill("5");
        await sound(page);
        await page.keyboard.press("Enter");
        await expect(page.locator(".qr")).toBeVisible();
        await sound(page);
        await picture(page, `door-invitation-${language}-${theme}`);
      });

      test("administration", async ({ page, mock }) => {
        evening(mock);
        await enter(page, mock, "A1", "#/admin");
        for (const [name, hash] of ADMIN) {
          await page.evaluate((hash) => (location.hash = hash), hash);
          await expect(page.locator("table")).toBeVisible();
          await sound(page);
          await picture(page, `door-admin-${name}-${language}-${theme}`);
        }
        await page.evaluate(() => (location.hash = "#/admin/devices"));
        await page.getByRole("button", { name: /P2 执行局/ }).click();
        await sound(page);
        await picture(page, `door-admin-withdraw-${language}-${theme}`);
      });
    });
  }
}
