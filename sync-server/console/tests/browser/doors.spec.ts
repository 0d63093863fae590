// The doors: who sees which, what a typed address says, the keyboard, the back button, the focus; and
// the alarm over whatever somebody reads.

import { APP, ELSEWHERE } from "../../mock/story.mjs";
import { door, enter, evening, heading } from "./doors";
import { banner, expect, rows, signIn, test } from "./stage";

const RECORD = "5e12f0a9c3d44b7e8f60112233445501";

test("the command centre has its doors, a dispatcher and an administrator one workspace each", async ({
  page,
  mock,
}) => {
  await enter(page, mock, "C1");
  const rail = page.getByRole("navigation", { name: "工作区" });
  await expect(rail.getByRole("link")).toHaveText(["值班台", "指挥", "案件", "质效"]);
  await expect(door(page, "值班台")).toHaveAttribute("aria-current", "page");
  await page.context().clearCookies();
  await enter(page, mock, "D1");
  await expect(rail).toHaveCount(0);
  await page.context().clearCookies();
  await enter(page, mock, "A1");
  await expect(rail).toHaveCount(0);
  await expect(heading(page)).toHaveText("管理");
});

test("a typed address for a door that does not open says so in words", async ({ page, mock }) => {
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await enter(page, mock, "D1", `#/records/${RECORD}`);
  await expect(page.getByText("您的角色没有这个工作区")).toBeVisible();
  await expect(page.getByText(/“案件”不对您的角色开放/)).toBeVisible();
  expect(asked.filter((path) => path.includes("/records/"))).toEqual([]);
  await page.getByRole("link", { name: "前往“值班台”" }).click();
  await expect(page.locator(".desk")).toBeVisible();
  await page.context().clearCookies();
  await enter(page, mock, "A1", "#/cases");
  await expect(page.getByText(/“案件”不对您的角色开放/)).toBeVisible();
  await page.evaluate(() => (location.hash = "#/nowhere"));
  await expect(page.getByText("没有这个页面")).toBeVisible();
});

test("by keyboard alone: through a door, to the heading, and back", async ({ page, mock }) => {
  evening(mock);
  await signIn(page, mock, "C1");
  await door(page, "指挥").focus();
  await page.keyboard.press("Enter");
  await expect(heading(page)).toHaveText("执行指挥中心");
  await expect(heading(page)).toBeFocused();
  await expect(page).toHaveTitle(/^指挥 · /);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#\/command\/acts$/);
  await expect(heading(page)).toBeFocused();
  await page.goBack();
  await expect(page).toHaveURL(/#\/command$/);
  await page.goBack();
  await expect(page.locator(".desk")).toBeVisible();
  await page.keyboard.press("Shift+Tab");
  await page.reload();
  await expect(page.locator(".desk")).toBeVisible();
});

test("an address opens its page after signing in, and stays across a reload", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "C1", `#/records/${RECORD}`);
  await expect(heading(page)).toContainText("九江镇测试工业区1号");
  await page.reload();
  await expect(heading(page)).toContainText("九江镇测试工业区1号");
});

test("the alarm stands over what somebody reads and is answered there", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", `#/records/${RECORD}`);
  await expect(heading(page)).toContainText("九江镇");
  const incident = mock.world.raise(APP);
  incident.told.push("command_sees");
  mock.world.changed(incident);
  await expect(banner(page)).toContainText("沙头工业区", { timeout: 2_000 });
  await expect(page).toHaveTitle(/求助未接警/);
  await expect(banner(page)).toHaveAttribute("data-ready", "true");
  await heading(page).click();
  await page.keyboard.press("Enter");
  await expect(banner(page)).toHaveCount(0);
  expect(incident.holder.person).toBe("C1");
  await expect(heading(page)).toContainText("九江镇");
});

test("an Enter that opened a page answers no alarm", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", "#/command");
  const incident = mock.world.raise(APP);
  incident.told.push("command_sees");
  mock.world.changed(incident);
  await expect(banner(page)).toHaveAttribute("data-ready", "true");
  // The moment the heading has the focus, the second Enter of an impatient finger comes.
  const pressed = page.evaluate(
    () =>
      new Promise<void>((done) => {
        const press = (event: FocusEvent) => {
          if (!(event.target instanceof HTMLHeadingElement)) return;
          document.removeEventListener("focusin", press);
          const key = { key: "Enter", bubbles: true };
          event.target.dispatchEvent(new KeyboardEvent("keydown", key));
          done();
        };
        document.addEventListener("focusin", press);
      }),
  );
  await door(page, "案件").focus();
  await page.keyboard.press("Enter");
  await pressed;
  await expect(heading(page)).toHaveText("案件");
  await expect(page.getByText("买卖合同纠纷")).toBeVisible();
  expect(incident.holder).toBeNull();
  await expect(banner(page)).toBeVisible();
});

test("the banner leads to the desk, where what was begun still stands", async ({ page, mock }) => {
  evening(mock);
  await signIn(page, mock, "C1");
  await page.getByRole("button", { name: "电话报警录入" }).click();
  await page.getByLabel("地点").fill("半句");
  await door(page, "案件").click();
  await expect(heading(page)).toHaveText("案件");
  const incident = mock.world.raise(ELSEWHERE);
  incident.told.push("command_sees");
  mock.world.changed(incident);
  await banner(page).locator(".banner-text").click();
  await expect(page.locator(".desk")).toBeVisible();
  await expect(page.getByLabel("地点")).toHaveValue("半句");
  await expect(rows(page)).toHaveCount(1);
});

test("the skip link leads to the page's heading and leaves the address", async ({ page, mock }) => {
  await enter(page, mock, "C1", "#/cases");
  await expect(heading(page)).toBeVisible();
  await page.locator(".skip").focus();
  await page.keyboard.press("Enter");
  await expect(heading(page)).toBeFocused();
  await expect(page).toHaveURL(/#\/cases$/);
});

test("the president reads without a desk, and is shown no alarm and no requests", async ({
  page,
  mock,
}) => {
  evening(mock);
  mock.world.raise(APP);
  await enter(page, mock, "Y1");
  await expect(heading(page)).toHaveText("执行指挥中心");
  const tray = page.getByRole("region", { name: "待核" });
  await tray.getByRole("button", { name: /霍启明/ }).click();
  await tray.getByRole("radio", { name: /^采纳/ }).check();
  await tray.getByLabel("理由（必填）").fill("同意");
  await tray.getByRole("button", { name: "确认采纳" }).click();
  await expect(tray).toContainText("核定结果：已进入记录。");
  await expect(banner(page)).toHaveCount(0);
  await expect(page.getByText("进行中的求助")).toHaveCount(0);
  await door(page, "质效").click();
  await expect(page.getByText("本账号不接收求助，这里不作统计。")).toBeVisible();
});
