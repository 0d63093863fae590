// Who is on duty, and who is proposed for a request.

import { APP } from "../../mock/story.mjs";
import { answerByEnter, expect, PICTURES, rows, signIn, test } from "./stage";

test("the nearest unit on duty is one press away, with what its estimate rests on", async ({
  page,
  mock,
}) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "出警", exact: true }).click();
  const form = page.getByRole("form", { name: "出警" });
  const near = form.getByRole("list", { name: "就近警力" });
  await expect(near.getByRole("listitem")).toHaveText([
    "巡逻一组约3分钟 · 直线850米 ± 28米 · 40秒前定位",
    "巡逻二组约7分钟 · 直线2.3公里 · 位置未知，按所址估算",
  ]);
  await near.getByRole("button", { name: "巡逻一组" }).click();
  await expect(form.getByLabel("出警单位")).toHaveValue("巡逻一组");
  await form.getByRole("button", { name: "确认：出警" }).click();
  await expect(rows(page)).toContainText("已出警");
  await expect(page.getByRole("region", { name: "就近法院人员" })).toHaveCount(0);
});

test("a station writes down who is on duty; nobody on duty is said where a unit is chosen", async ({
  page,
  mock,
}) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "值班警力" }).click();
  const dialog = page.getByRole("dialog", { name: "值班警力" });
  await expect(dialog.getByLabel("第1行 单位")).toHaveValue("巡逻一组");
  await expect(dialog.getByLabel("第1行 开始")).toHaveValue("08:00");
  await dialog.getByRole("button", { name: "删去" }).first().click();
  await dialog.getByRole("button", { name: "加一组" }).click();
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByText("请填写单位名称。")).toBeVisible();
  await dialog.getByLabel("第2行 单位").fill("夜班一组");
  await dialog.getByLabel("第2行 开始").fill("20:00");
  await dialog.getByLabel("第2行 结束").fill("08:00");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toHaveCount(0);
  const plan = mock.world.plan.filter((one: { station: { code: string } }) => {
    return one.station.code === "440605121";
  });
  expect(plan.map((one: { unit: string }) => one.unit)).toEqual(["巡逻二组", "夜班一组"]);
  expect(plan[1].until).toBe("2026-03-18T00:00:00.000Z");

  mock.world.plan = [];
  await page.getByRole("button", { name: "出警", exact: true }).click();
  await expect(page.getByText("没有登记当班警力，请手填。")).toBeVisible();
});

test("who could come is asked for again while the form is open", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "出警", exact: true }).click();
  const near = page.getByRole("list", { name: "就近警力" });
  await expect(near).toContainText("40秒前定位");
  mock.world.plan = mock.world.plan.map((one: object) => ({ ...one, fix_age_s: 300 }));
  mock.world.setClock(new Date(Date.parse(mock.world.now()) + 31_000).toISOString());
  await expect(near).toContainText("5分钟前定位", { timeout: 10_000 });
  await expect(near).not.toContainText("40秒前定位");
});

test("the command centre sees our own people beside the police", async ({ page, mock }) => {
  const request = mock.world.raise(APP);
  await signIn(page, mock, "C1");
  await rows(page).filter({ hasText: request.request.place }).click();
  await expect(page.getByRole("region", { name: "就近法院人员" })).toContainText(
    "温若棠约18分钟 · 直线6.2公里 ± 208米 · 12分钟前定位",
  );
  await page.getByRole("button", { name: "出警", exact: true }).click();
  const near = page.getByRole("list", { name: "就近警力" });
  await expect(near).toContainText("西樵一组西樵派出所 · 约");
});

test("of two who write the plan the second sees what the first saved and loses nothing", async ({
  page,
  mock,
}) => {
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "值班警力" }).click();
  const dialog = page.getByRole("dialog", { name: "值班警力" });
  await dialog.getByRole("button", { name: "加一组" }).click();
  await dialog.getByLabel("第3行 单位").fill("夜班一组");
  // The colleague at the other desk was faster.
  const own = mock.world.plan.find((one: { unit: string }) => one.unit === "巡逻二组");
  const others = mock.world.plan.filter((one: { unit: string }) => one.unit !== "巡逻一组");
  mock.world.plan = [...others, { ...own, unit: "夜班三组" }];
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog.getByText("值班警力刚被他人改过,未保存")).toBeVisible();
  const other = dialog.getByRole("region", { name: "他人刚保存的" });
  await expect(other.getByRole("listitem")).toHaveText([
    "巡逻二组03-17 08:00–20:00您也有",
    "夜班三组03-17 08:00–20:00加入",
  ]);
  await expect(dialog.getByLabel("第1行 单位"), "still as typed").toHaveValue("巡逻一组");
  await expect(dialog.getByLabel("第3行 单位")).toHaveValue("夜班一组");
  await page.screenshot({ path: `${PICTURES}/duty-moved.png` });
  await other.getByRole("button", { name: "加入夜班三组" }).click();
  await expect(dialog.getByLabel("第4行 单位")).toHaveValue("夜班三组");
  await expect(other.getByRole("listitem").nth(1)).toContainText("您也有");
  await dialog.getByRole("button", { name: "保存" }).click();
  await expect(dialog).toHaveCount(0);
  const plan = mock.world.plan.filter((one: { station: { code: string } }) => {
    return one.station.code === "440605121";
  });
  expect(plan.map((one: { unit: string }) => one.unit)).toEqual([
    "巡逻一组",
    "巡逻二组",
    "夜班一组",
    "夜班三组",
  ]);
});

test("another station's unit that the command centre sends is seen at its own station", async ({
  page,
  mock,
  browser,
}) => {
  const request = mock.world.raise(APP);
  // Whoever sits at the other station.
  mock.world.plan = mock.world.plan.map((one: { station: { code: string } }) =>
    one.station.code === "440605122"
      ? { ...one, station: { code: "440605125", name: "里水派出所" } }
      : one,
  );
  await signIn(page, mock, "C1");
  await rows(page).filter({ hasText: request.request.place }).click();
  await page.getByRole("button", { name: "出警", exact: true }).click();
  const near = page.getByRole("list", { name: "就近警力" });
  const unit = near.getByRole("button", { name: "西樵一组" });
  await unit.click();
  await expect(unit).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "确认：出警" }).click();
  await expect(rows(page)).toContainText("里水派出所 西樵一组");

  const other = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  await other.goto(mock.address);
  await other.getByLabel("工号").fill("D3");
  await other.getByLabel("密码").fill("duty-3");
  await other.getByRole("button", { name: "登录" }).click();
  await other.getByLabel("动态口令").fill("246810");
  await other.getByRole("button", { name: "登录" }).click();
  const lent = other.getByRole("region", { name: "指挥中心派往他所的本所警力" });
  await expect(lent).toContainText(`西樵一组 → 九江派出所 ${request.request.place}`);
  await other.screenshot({ path: `${PICTURES}/lent.png` });
  mock.world.step(request, { step: "arrived" }, null);
  mock.world.setClock(new Date(Date.parse(mock.world.now()) + 16_000).toISOString());
  await expect(lent).toContainText("已到场", { timeout: 20_000 });
  mock.world.step(request, { step: "closed", reason: "settled" }, null);
  mock.world.setClock(new Date(Date.parse(mock.world.now()) + 16_000).toISOString());
  await expect(lent).toHaveCount(0, { timeout: 20_000 });
  await other.context().close();
});

test("nobody is called nearer whom distance does not tell apart, and nobody on duty is left out", async ({
  page,
  mock,
}) => {
  const request = mock.world.raise(APP);
  const own = mock.world.plan.filter((one: { station: { code: string } }) => {
    return one.station.code === "440605121";
  });
  mock.world.plan = own.map((one: object) => ({ ...one, fix_age_s: 40, metres: 850, alike: true }));
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "出警", exact: true }).click();
  const form = page.getByRole("form", { name: "出警" });
  const near = form.getByRole("list", { name: "就近警力" });
  await expect(near.getByRole("listitem").nth(1)).toContainText("850米 ± 28米 · 40秒前定位 · 远近相近");
  await expect(form.getByText("相差小于定位误差，不分先后")).toBeVisible();
  await page.screenshot({ path: `${PICTURES}/near-alike.png` });
  const later = async () => {
    mock.world.setClock(new Date(Date.parse(mock.world.now()) + 31_000).toISOString());
  };
  mock.world.plan = own.map((one: object) => ({ ...one, fix_age_s: null }));
  await later();
  await expect(form.getByText("有当班警力，位置未知，不能按远近排先后。")).toBeVisible({
    timeout: 10_000,
  });
  await expect(form.getByText("没有登记当班警力")).toHaveCount(0);
  await expect(near.getByRole("listitem")).toHaveCount(2);
  request.request.position = null;
  await later();
  await expect(form.getByText("求助没有坐标，无法按远近推荐；以下为当班警力，不分先后。")).toBeVisible({
    timeout: 10_000,
  });
  await expect(near.getByRole("listitem")).toHaveText(["巡逻一组位置未知", "巡逻二组位置未知"]);
  await near.getByRole("button", { name: "巡逻二组" }).click();
  await expect(form.getByLabel("出警单位")).toHaveValue("巡逻二组");
});
