// Every page in both languages, light and dark, at the size of an old monitor: free of serious
// findings of axe, free of sideways scrolling, and kept as a picture to be looked at.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { APP, ELSEWHERE, LISHUI, VOICE } from "../../mock/story.mjs";
import { banner, expect, picture, rows, signIn, test, type Mock } from "./stage";

/** The morning at 09:12: one request rings, one unit is under way, one is on the spot, one is closed. */
function morning({ world }: Mock): void {
  const tan = { person: "D1", name: "谭立衡" };
  const cen = { person: "D2", name: "岑秀仪" };
  world.setClock("2026-03-17T08:30:00+08:00");
  const done = world.raise({
    ...ELSEWHERE,
    request: { ...ELSEWHERE.request, place: "九江镇大正路市场门口", situation: "threat" },
  });
  world.step(done, { step: "unit_sent", unit: "九江所 1 号车" }, cen);
  world.setClock("2026-03-17T08:44:00+08:00");
  world.step(done, { step: "arrived" }, cen);
  world.step(done, { step: "closed", reason: "settled", note: "双方已分开" }, cen);
  world.setClock("2026-03-17T08:53:00+08:00");
  const there = world.raise({
    ...ELSEWHERE,
    request: {
      ...ELSEWHERE.request,
      position: "geo:22.8150,112.9790;crs=wgs84;u=20",
      place: "九江镇烟南村口",
      situation: "property_damage",
      weapons: false,
    },
  });
  world.step(there, { step: "unit_sent", unit: "九江所 1 号车" }, tan);
  world.setClock("2026-03-17T09:05:00+08:00");
  world.step(there, { step: "arrived" }, tan);
  const coming = world.raise(ELSEWHERE);
  world.setClock("2026-03-17T09:06:10+08:00");
  world.step(coming, { step: "acknowledged" }, tan);
  world.step(
    coming,
    { step: "unit_sent", unit: "九江所 3 号车", when: "2026-03-17T01:18:00Z" },
    tan,
  );
  world.setClock("2026-03-17T09:07:00+08:00");
  const voice = world.raise(VOICE, tan);
  world.setClock("2026-03-17T09:12:10+08:00");
  world.ladder();
  const app = world.raise(APP);
  world.step(app, { step: "merged", other: voice.id }, null);
  voice.photos = APP.photos;
  world.setClock("2026-03-17T09:12:31+08:00");
}

async function sound(page: Page): Promise<void> {
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

for (const language of ["zh", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    const name = (page: string) => `${page}-${language}-${theme}`;
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

      test("sign-in", async ({ page, mock }) => {
        await page.goto(mock.address);
        await expect(page.getByRole("button", { name: /^(登录|Sign in)$/ })).toBeVisible();
        await sound(page);
        await picture(page, name("sign-in"));
      });

      test("quiet desk", async ({ page, mock }) => {
        await signIn(page, mock, "D1");
        await expect(page.locator(".leaflet-tooltip").first()).toBeVisible();
        await sound(page);
        await picture(page, name("quiet"));
      });

      test("the morning", async ({ page, mock }) => {
        morning(mock);
        await signIn(page, mock, "D1");
        await expect(banner(page)).toHaveAttribute("data-ready", "true");
        await expect(page.locator(".timeline li").first()).toBeVisible();
        await expect(page.locator(".leaflet-tooltip").first()).toBeVisible();
        await sound(page);
        await picture(page, name("dispatch"));
        await page.locator(".right").evaluate((right) => right.scrollTo(0, right.scrollHeight));
        await picture(page, name("dispatch-below"));

        await page.getByRole("button", { name: /^(列表|As a list)$/ }).click();
        await page.getByRole("button", { name: /^▸/ }).click();
        await sound(page);
        await picture(page, name("places"));

        await page.keyboard.press("F2");
        await sound(page);
        await picture(page, name("phone"));
        await page.keyboard.press("Escape");

        await rows(page).nth(1).click();
        await page.getByRole("button", { name: /^(结束处置|Close)$/ }).click();
        await sound(page);
        await picture(page, name("step"));

        await page.getByRole("button", { name: /^(电话报警录入|Report by voice)$/ }).click();
        await page
          .getByRole("button", { name: /^(录入并立即受理|Enter: it counts as received)$/ })
          .click();
        await sound(page);
        await picture(page, name("voice"));
      });

      test("handover, command centre", async ({ page, mock }) => {
        morning(mock);
        mock.world.raise(LISHUI);
        mock.world.presence("440605125", false);
        await signIn(page, mock, "D2");
        await page.getByRole("button", { name: /^(交接班|Handover)$/ }).click();
        await sound(page);
        await picture(page, name("handover"));
        await page.context().clearCookies();
        await signIn(page, mock, "C1");
        await expect(banner(page)).toHaveAttribute("data-ready", "true");
        await expect(page.locator(".leaflet-tooltip").first()).toBeVisible();
        await sound(page);
        await picture(page, name("command"));
      });

      test("cut off", async ({ page, mock }) => {
        morning(mock);
        await signIn(page, mock, "D1");
        await expect(page.locator(".timeline li").first()).toBeVisible();
        mock.cut();
        await expect(page.locator(".bar.stale")).toBeVisible({ timeout: 20_000 });
        await sound(page);
        await picture(page, name("stale"));
      });
    });
  }
}

test("the language switches at once, and stays", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "English" }).click();
  await expect(banner(page)).toContainText("crew or vehicle surrounded");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await page.reload();
  await expect(banner(page)).toContainText("not acknowledged");
  await page.getByRole("button", { name: "中文" }).click();
  await expect(banner(page)).toContainText("未接警");
});
