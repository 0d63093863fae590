// The command centre: deciding in quarantine, the day as it comes in, lists that fail, are empty, go
// on, and leave as files.

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { APP } from "../../mock/story.mjs";
import { enter, evening, heading } from "./doors";
import { expect, rows, test } from "./stage";

const list = (page: Page, name: string | RegExp) => page.getByRole("region", { name, exact: true });

test("a change is admitted with a reason, by keyboard, and never by one click", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  const tray = list(page, "待核");
  await expect(tray).toContainText("到达法院前，作者的证书已被吊销。");
  await expect(tray.locator("li.card")).toHaveCount(2);
  await tray.getByRole("button", { name: "核定：霍启明 记录经过" }).focus();
  await page.keyboard.press("Enter");
  await tray.getByRole("button", { name: "确认", exact: true }).click();
  await expect(tray).toContainText("请先选择。");
  expect(mock.world.office.quarantine).toHaveLength(2);
  await tray.getByRole("radio", { name: /^采纳/ }).focus();
  await page.keyboard.press("Space");
  await tray.getByRole("button", { name: "确认采纳" }).click();
  await expect(tray).toContainText("请写明理由。");
  expect(mock.world.office.quarantine).toHaveLength(2);
  await tray.getByLabel("理由（必填）").fill("吊销前已在现场签收，内容与笔录一致");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(tray).toContainText("核定结果：已进入记录。");
  await expect(tray.locator("li.card")).toHaveCount(1);
  await expect(tray.locator(".done")).toBeFocused();
  expect(mock.world.office.lastDecision).toMatchObject({
    admit: true,
    reason: "吊销前已在现场签收，内容与笔录一致",
  });
});

test("set aside: it stays out and stands among the rejected", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  const tray = list(page, "待核");
  await tray.getByRole("button", { name: "核定：邓承武 拍照" }).click();
  await tray.getByRole("radio", { name: /^搁置/ }).check();
  await tray.getByLabel("理由（必填）").fill("非本案人员");
  await tray.getByRole("button", { name: "确认搁置" }).click();
  await expect(tray).toContainText("未进入记录");
  await page.getByRole("link", { name: /待接与退回/ }).click();
  await expect(list(page, "退回")).toContainText("经人核定搁置，原件保留。");
  await expect(list(page, "待接")).toContainText("前面的记录尚未到达，已保存待接。");
});

test("a reason that was begun stays while another page is read", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  const tray = list(page, "待核");
  await tray.getByRole("button", { name: /霍启明/ }).click();
  await tray.getByLabel("理由（必填）").fill("写到一半");
  await page.getByRole("link", { name: /今日执行/ }).click();
  await page.getByRole("link", { name: /待决定/ }).click();
  await tray.getByRole("button", { name: /霍启明/ }).click();
  await expect(tray.getByLabel("理由（必填）")).toHaveValue("写到一半");
});

test("somebody else decided meanwhile: it is said, nothing is lost", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  const tray = list(page, "待核");
  await tray.getByRole("button", { name: /霍启明/ }).click();
  await tray.getByRole("radio", { name: /^采纳/ }).check();
  await tray.getByLabel("理由（必填）").fill("理由");
  mock.world.office.quarantine.length = 0;
  await tray.getByRole("button", { name: "确认采纳" }).click();
  await expect(tray).toContainText("该改动已不在待核之列");
  await expect(tray.getByLabel("理由（必填）")).toHaveValue("理由");
});

test("today's acts come in by themselves, with what is missing and the article", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command/acts");
  const acts = list(page, "2026-03-17 的执行活动");
  await expect(acts.locator("li.card")).toHaveCount(3);
  await expect(acts).toContainText("清单尚未由在场人签名并交付一份");
  await expect(acts).toContainText("《民事诉讼法》第二百五十六条第二款");
  await expect(acts).toContainText("2 件校验不符或丢失，待重传");
  mock.world.office.more = 1;
  mock.world.tell("acts", () => ({}));
  await expect(acts.locator("li.card")).toHaveCount(4);
});

test("after a break the lists are read again", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command/acts");
  const acts = list(page, "2026-03-17 的执行活动");
  await expect(acts.locator("li.card")).toHaveCount(3);
  mock.cut();
  await expect(page.locator(".office.dimmed")).toBeVisible({ timeout: 20_000 });
  await expect(acts.locator("li.card")).toHaveCount(3);
  mock.world.office.more = 2;
  mock.heal();
  await expect(acts.locator("li.card")).toHaveCount(5, { timeout: 20_000 });
  await expect(page.locator(".office.dimmed")).toHaveCount(0);
});

test("a long list goes on, keeps its length when it is read again, and leaves whole as a file", async ({
  page,
  mock,
}) => {
  evening(mock);
  mock.world.office.more = 40;
  await enter(page, mock, "C1", "#/command/acts");
  const acts = list(page, "2026-03-17 的执行活动");
  await expect(acts.locator("li.card")).toHaveCount(20);
  await acts.getByRole("button", { name: "更多" }).click();
  await expect(acts.locator("li.card")).toHaveCount(40);
  mock.world.tell("acts", () => ({}));
  await acts.getByRole("button", { name: "刷新" }).click();
  await expect(acts.locator("[role=status]")).toContainText("数据截至");
  await expect(acts.locator("li.card")).toHaveCount(40);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    acts.getByRole("button", { name: /^导出 CSV/ }).click(),
  ]);
  expect(file.suggestedFilename()).toMatch(/^2026-03-17-的执行活动-20260317-17\d\d\.csv$/);
  const text = readFileSync(await file.path(), "utf8");
  expect(text.startsWith("\ufeff开始,案号,种类")).toBe(true);
  expect(text.trimEnd().split("\r\n")).toHaveLength(44);
});

test("a list that cannot be read says so and is tried again; an empty one says why", async ({
  page,
  mock,
}) => {
  evening(mock);
  mock.world.office.broken.add("/held");
  mock.world.office.rejected.length = 0;
  await enter(page, mock, "C1", "#/command/waiting");
  await expect(list(page, "待接")).toContainText("没有读到。");
  await expect(list(page, "待接")).toContainText("数据库暂时不可用");
  await expect(list(page, "退回")).toContainText("没有退回的改动");
  await expect(list(page, "退回")).toContainText(
    "不合规则、不能进入记录的改动列在这里并写明原因。",
  );
  mock.world.office.broken.clear();
  await list(page, "待接").getByRole("button", { name: "重试" }).click();
  await expect(list(page, "待接")).toContainText("温若棠");
});

test("phones not heard of for a day come first", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command/devices");
  const first = page.locator("tbody tr").first();
  await expect(first).toContainText("从未联系");
  await expect(page.locator("tr.quiet")).toHaveCount(2);
  await expect(page.locator("tbody tr").last()).toContainText("已吊销");
});

test("figures open the list behind them", async ({ page, mock }) => {
  evening(mock);
  const incident = mock.world.raise(APP, null, "2026-03-17T17:20:00+08:00");
  mock.world.step(incident, { step: "acknowledged" }, { person: "D1", name: "谭立衡" });
  await enter(page, mock, "C1", "#/figures");
  const figure = (name: string) => page.getByRole("link", { name });
  await expect(figure("已定稿")).toContainText("1 / 3");
  await expect(figure("待确定的分歧")).toContainText("2");
  await expect(figure("未到的原件")).toContainText("5");
  await expect(figure("接警用时")).toContainText("25 分钟");
  await expect(figure("20 分钟内到场")).toContainText("0 / 1");
  await figure("待确定的分歧").click();
  await expect(list(page, "有分歧，待确定")).toContainText("¥92,500.00");
  await page.goBack();
  await figure("接警用时").click();
  await expect(rows(page)).toHaveCount(1);
});

test("the whole works in English", async ({ page, mock }) => {
  evening(mock);
  await page.addInitScript(() => localStorage.setItem("lastmile.language", "en"));
  await enter(page, mock, "C1", "#/command");
  await expect(heading(page)).toHaveText("Command centre");
  const tray = list(page, "Quarantine");
  await tray.getByRole("button", { name: /霍启明 add event/ }).click();
  await tray.getByRole("radio", { name: /^Set aside/ }).check();
  await tray.getByLabel("Reason (required)").fill("after withdrawal");
  await tray.getByRole("button", { name: "Confirm: set aside" }).click();
  await expect(tray).toContainText("Decided: not part of its record.");
  await expect(list(page, "Differs, to be settled")).toContainText("command centre");
  mock.world.office.broken.add("/conflicts");
  await list(page, "Differs, to be settled").getByRole("button", { name: "Refresh" }).click();
  await expect(page.getByText("The database cannot be used now.")).toBeVisible();
});
