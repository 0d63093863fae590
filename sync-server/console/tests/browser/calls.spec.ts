// What may be a call for help although nobody pressed the button: texts that no machine carried out, at
// the command centre and at the desk, and promises of crews that run out.

import type { Page } from "@playwright/test";
import { PROMISES, promise, TEXTS, UNDELIVERED } from "../../mock/calls.mjs";
import { APP } from "../../mock/story.mjs";
import { enter, evening, sound } from "./doors";
import { banner, expect, picture, rows, signIn, test, type Mock } from "./stage";

const list = (page: Page, name: string) => page.getByRole("region", { name, exact: true });
const line = (page: Page) => page.getByRole("button", { name: /条短信待人工查看$/ });

/** A quarter to six, with the afternoon's texts and promises. */
function afternoon(mock: Mock): void {
  evening(mock);
  mock.world.texts = { items: structuredClone(TEXTS), undelivered: structuredClone(UNDELIVERED) };
  mock.world.promises = structuredClone(PROMISES);
}

test("the command centre sees who has to be heard of, overdue first, and what is over behind a fold", async ({
  page,
  mock,
}) => {
  afternoon(mock);
  await enter(page, mock, "C1", "#/command");
  const watches = list(page, "报备");
  const row = watches.locator("tbody tr");
  await expect(row).toHaveCount(2);
  await expect(row.first()).toHaveClass("late");
  await expect(row.first()).toContainText("已过约定时间，尚无消息");
  await expect(row.first()).toContainText(/01:\d\d 后自动求助/);
  await expect(row.first()).toContainText("陆启航、温若棠");
  await expect(row.first()).toContainText("北纬 22.8335，东经 112.9850，±8 米");
  await expect(row.last()).toContainText(/还剩 24:\d\d/);
  const fold = page.getByRole("button", { name: /已报平安、已了结 \(1\)/ });
  await expect(page.getByText("里水镇河村新街 3 巷")).toHaveCount(0);
  await fold.click();
  await expect(page.getByRole("row", { name: /已报平安.*里水镇河村新街/ })).toBeVisible();
});

test("a deadline passes by the clock; silence raises a request and turns red, and a person closes it", async ({
  page,
  mock,
}) => {
  evening(mock);
  const crew = [["luqihang", "陆启航"]];
  const each = promise("d", "九江镇沙口地下车库", crew, mock.world.now(), 5);
  mock.world.promises.push(each);
  await signIn(page, mock, "C1");
  await page.evaluate(() => (location.hash = "#/command"));
  const row = list(page, "报备").locator("tbody tr");
  await expect(row).toContainText("约定时间未到");
  await expect(row).toContainText(/已过约定时间，尚无消息 已超 00:0\d/, { timeout: 10_000 });
  await expect(row).toHaveClass("late");
  each.grace_s = 0;
  const raised = mock.world.raise(APP);
  each.incident = raised.id;
  await expect(row).toContainText("失联，已求助", { timeout: 10_000 });
  await expect(row).toHaveClass("ringing");
  const guan = { person: "C1", name: "关咏仪" };
  mock.world.step(raised, { step: "acknowledged" }, guan);
  await expect(row).toHaveClass("late");
  await row.getByRole("button", { name: "查看求助" }).click();
  await expect(page.locator(".detail h2")).toContainText("沙头工业区");
  await page.evaluate(() => (location.hash = "#/command"));
  mock.world.step(raised, { step: "closed", reason: "settled" }, guan);
  await expect(list(page, "报备")).toContainText("目前没有进行中的报备");
  await expect(page.getByRole("button", { name: /已报平安、已了结 \(1\)/ })).toBeVisible();
});

test("texts say who, what, when and why; the number only to whoever asks", async ({ page, mock }) => {
  afternoon(mock);
  await enter(page, mock, "C1", "#/command");
  const texts = list(page, "短信");
  await expect(texts.locator("li.card")).toHaveCount(3);
  const first = texts.locator("li.card").first();
  await expect(first).toContainText("17:38");
  await expect(first).toContainText("沙口地下车库有人拦车");
  await expect(first).toContainText("共收到 2 次");
  await expect(first).toContainText("不是系统发出的短信，可能是人手写的求助");
  await expect(first).toContainText("尾号 0102");
  await expect(page.getByText("13900000102")).toHaveCount(0);
  await first.getByRole("button", { name: "显示号码：尾号 0102" }).click();
  await expect(first).toContainText("13900000102");
  await first.getByRole("button", { name: "隐藏号码：尾号 0102" }).click();
  await expect(page.getByText("13900000102")).toHaveCount(0);
  await expect(texts.locator("li.card").nth(1)).toContainText("本院还没有该手机的证书");
  await expect(texts.locator("li.card").nth(2)).toContainText("所说的求助已经结束");
  const failed = list(page, "未能发出的短信");
  await expect(failed).toContainText("尾号 0104");
  await expect(failed).toContainText("预计17:20到达");
});

test("empty, the sections say what will appear", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  await expect(list(page, "报备")).toContainText("去向、人员、约定时间列在这里。");
  await expect(list(page, "短信")).toContainText("最近一周的列在这里");
  await expect(list(page, "未能发出的短信")).toContainText("没有未能发出的短信");
});

test("the president, who has no such list, is shown none and asks for none", async ({
  page,
  mock,
}) => {
  afternoon(mock);
  await enter(page, mock, "Y1", "#/command");
  await expect(list(page, "待核")).toBeVisible();
  await expect(list(page, "短信")).toHaveCount(0);
  expect(mock.world.textsAsked).toBe(0);
});

test("the desk has a line that opens the list, until somebody has looked", async ({ page, mock }) => {
  afternoon(mock);
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await expect(line(page)).toHaveText("有 2 条短信待人工查看");
  await line(page).click();
  const panel = page.getByRole("complementary", { name: "待人工查看的短信" });
  await expect(panel.getByRole("heading", { name: "待人工查看的短信" })).toBeFocused();
  await expect(page.locator(".detail")).toHaveCount(0);
  await expect(panel.locator(".count.asks")).toHaveCount(2);
  // Choosing a request, the one that was chosen already as well, shows its details again.
  await rows(page).click();
  await expect(panel).toHaveCount(0);
  await expect(page.locator(".detail h2")).toContainText("沙头工业区");
  await line(page).click();
  await expect(panel.getByRole("heading", { level: 2 })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(panel).toHaveCount(0);
  await expect(line(page)).toBeFocused();
  await line(page).click();
  await panel.getByRole("button", { name: "标为已看 (2)" }).click();
  await expect(line(page)).toHaveCount(0);
  await expect(panel.locator(".done")).toBeFocused();
  await panel.getByRole("button", { name: /^收起/ }).click();
  await expect(page.getByRole("listbox")).toBeFocused();
  // It stays so on this computer for this person, and for nobody else.
  await page.reload();
  await expect(rows(page)).toHaveCount(1);
  await expect.poll(() => mock.world.textsAsked).toBeGreaterThan(1);
  await expect(line(page)).toHaveCount(0);
  mock.world.texts.items[0].times += 1;
  mock.world.raise(APP);
  await expect(line(page)).toHaveText("有 1 条短信待人工查看", { timeout: 8_000 });
  await page.context().clearCookies();
  await signIn(page, mock, "D2");
  await expect(line(page)).toHaveText("有 2 条短信待人工查看");
});

test("after requests it asks every five seconds at most, and after a break at once", async ({
  page,
  mock,
}) => {
  evening(mock);
  await signIn(page, mock, "D1");
  await expect.poll(() => mock.world.textsAsked).toBe(1);
  mock.world.texts.items = structuredClone(TEXTS);
  for (let n = 0; n < 6; n += 1) mock.world.raise(APP);
  await expect(rows(page)).toHaveCount(6);
  expect(mock.world.textsAsked).toBe(1);
  await expect(line(page)).toBeVisible({ timeout: 8_000 });
  expect(mock.world.textsAsked).toBe(2);
  mock.cut();
  mock.heal();
  await expect.poll(() => mock.world.textsAsked, { timeout: 10_000 }).toBe(3);
});

test("texts that cannot be read are said to be", async ({ page, mock }) => {
  afternoon(mock);
  mock.world.office.broken.add("/texts");
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "短信没有读到，点此查看" }).click();
  const panel = page.getByRole("complementary", { name: "待人工查看的短信" });
  await expect(list(page, "短信")).toContainText("数据库暂时不可用");
  mock.world.office.broken.clear();
  await panel.getByRole("button", { name: "重试" }).first().click();
  await expect(panel.locator("li.card")).toHaveCount(4);
});

for (const language of ["zh", "en"] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`pages in ${language}, ${theme}`, async ({ page, mock }) => {
      await page.addInitScript(
        ([language, theme]) => {
          localStorage.setItem("lastmile.language", language);
          localStorage.setItem("lastmile.theme", theme);
        },
        [language, theme] as const,
      );
      afternoon(mock);
      const raised = mock.world.raise(APP);
      mock.world.promises.push(
        promise("e", "西樵镇山根村", [["ouziqian", "区子谦"]], "2026-03-17T16:30:00+08:00", 3_600, {
          incident: raised.id,
        }),
      );
      await enter(page, mock, "C1", "#/command");
      await expect(page.locator("tr.ringing")).not.toHaveCount(0);
      await expect(page.locator(".texts-lead button")).toBeVisible();
      await page.locator(".watches-over .fold").click();
      await sound(page);
      await picture(page, `calls-command-${language}-${theme}`);
      await page.locator("main:not([hidden])").evaluate((main) => main.scrollBy(0, 560));
      await picture(page, `calls-command-below-${language}-${theme}`);
      await page.context().clearCookies();
      await signIn(page, mock, "D1");
      await expect(banner(page)).toHaveAttribute("data-ready", "true");
      await page.locator(".texts-line").click();
      await page.locator(".texts-panel .telephone button").first().click();
      await sound(page);
      await picture(page, `calls-desk-${language}-${theme}`);
    });
  }
}
