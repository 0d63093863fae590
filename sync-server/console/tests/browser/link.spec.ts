// Cable pulled, server restarted, session over: the page says what is true, keeps what was typed,
// and comes back.

import { APP, ELSEWHERE, VOICE } from "../../mock/story.mjs";
import { answerByEnter, banner, expect, rows, signIn, test } from "./stage";

test("cut off, the page says since when, dims, lets nothing be done, and comes back", async ({
  page,
  mock,
}) => {
  mock.world.raise(VOICE);
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "电话报警录入" }).click();
  await page.getByLabel("地点").fill("半句");
  mock.cut();
  await expect(page.getByText(/数据截至 \d\d:\d\d:\d\d，连接已断开/)).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.locator(".desk.dimmed")).toBeVisible();
  await expect(rows(page)).toContainText("沙头工业区");
  await expect(banner(page).getByRole("button", { name: /^接警/ })).toBeDisabled();
  await expect(page.getByRole("button", { name: "录入并立即受理" })).toBeDisabled();
  await expect(page.getByText("连接已断开，暂不能操作；紧急情况请打电话。")).toBeVisible();
  await expect(page).toHaveTitle(/求助未接警/);
  // Meanwhile another request arrives, which must not be missed.
  mock.world.raise(ELSEWHERE);
  mock.heal();
  await expect(page.getByText(/数据截至/)).toHaveCount(0, { timeout: 20_000 });
  await expect(page.locator(".desk.dimmed")).toHaveCount(0);
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByLabel("地点")).toHaveValue("半句");
});

test("a request that arrives while the list travels is not lost", async ({ page, mock }) => {
  await page.route("**/incidents?state=open", async (route) => {
    const answer = await route.fetch();
    mock.world.raise(APP);
    await expect(banner(page)).toBeVisible();
    await route.fulfill({ response: answer });
  });
  const listed = page.waitForResponse("**/incidents?state=open");
  await signIn(page, mock, "D1");
  await listed;
  await expect(page.locator(".timeline")).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(banner(page)).toContainText("沙头工业区");
});

test("a server that says nothing is taken for gone", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  for (const stream of mock.world.streams) stream.silent = true;
  await expect(page.getByText(/数据截至/)).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/数据截至/)).toHaveCount(0, { timeout: 20_000 });
});

test("a restarted server is read anew", async ({ page, mock }) => {
  const incident = mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  // What was told while nobody listened, and is in no list of events any more.
  mock.cut();
  mock.world.step(
    incident,
    { step: "unit_sent", unit: "3 号车" },
    { person: "D2", name: "岑秀仪" },
  );
  mock.restart();
  mock.heal();
  await expect(rows(page)).toContainText("3 号车", { timeout: 20_000 });
  await expect(page.locator(".timeline")).toContainText("3 号车");
});

test("a session that is over asks again and keeps the page and what was typed", async ({
  page,
  mock,
}) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "出警", exact: true }).click();
  await page.getByLabel("出警单位").fill("九江所 2 号车");
  mock.world.sessions.clear();
  await page.getByRole("button", { name: "确认：出警" }).click();
  const dialog = page.getByRole("dialog", { name: "登录已过期，请重新登录" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByLabel("工号")).toHaveValue("D1");
  await dialog.getByLabel("密码").fill("wrong");
  await page.keyboard.press("Enter");
  await expect(dialog.getByText("工号或密码不正确。")).toBeVisible();
  await expect(dialog.getByLabel("密码")).toHaveValue("wrong");
  await dialog.getByLabel("密码").fill("duty-1");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByLabel("出警单位")).toHaveValue("九江所 2 号车");
  await page.getByRole("button", { name: "确认：出警" }).click();
  await expect(rows(page)).toContainText("已出警");
});

test("somebody else begins with an empty page", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await expect(rows(page)).toHaveCount(1);
  mock.world.sessions.clear();
  mock.restart();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole("button", { name: "换人登录" }).click();
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByLabel("工号")).toHaveValue("");
});

test("signing in is refused, then throttled for as long as the server says", async ({
  page,
  mock,
}) => {
  await page.goto(mock.address);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByText("请输入工号。")).toBeVisible();
  await page.getByLabel("工号").fill("D1");
  await page.getByLabel("密码").fill("wrong");
  const enter = page.getByRole("button", { name: "登录", exact: true });
  for (let n = 0; n < 5; n += 1) {
    await enter.click();
    await expect.poll(() => mock.world.failures).toBe(n + 1);
    await expect(page.getByText("工号或密码不正确。")).toBeVisible();
  }
  await enter.click();
  await expect(page.getByText(/尝试过多，请在 \d 秒后重试。/)).toBeVisible();
  await expect(enter).toBeDisabled();
  await expect(enter).toBeEnabled();
  await page.getByLabel("密码").fill("duty-1");
  await enter.click();
  await expect(page.getByText(/连接正常/)).toBeVisible();
});

test("an account without a desk is told so", async ({ page, mock }) => {
  await page.goto(mock.address);
  await page.getByLabel("工号").fill("O1");
  await page.getByLabel("密码").fill("officer-1");
  await page.keyboard.press("Enter");
  await expect(page.getByText("本账号没有值班岗位")).toBeVisible();
});

test("signing out ends the session at the server and leaves an empty page", async ({
  page,
  mock,
}) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "退出" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "退出" }).click();
  await expect(page.getByLabel("工号")).toBeVisible();
  await expect(banner(page)).toHaveCount(0);
  expect(mock.world.sessions.size).toBe(0);
  await page.reload();
  await expect(page.getByLabel("工号")).toBeVisible();
});
