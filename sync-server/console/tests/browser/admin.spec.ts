// The administrator: a phone is invited, another withdrawn, and no case is in sight.

import { enter, evening, heading } from "./doors";
import { expect, test } from "./stage";

test("a phone is invited; the code is shown once", async ({ page, mock }) => {
  evening(mock);
  const asked: string[] = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await enter(page, mock, "A1");
  await expect(heading(page)).toHaveText("管理");
  await expect(page.getByText("管理员看不到案件和记录内容。")).toBeVisible();
  await page.getByRole("button", { name: "为陆启航登记设备" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "生成登记码" }).click();
  await expect(dialog).toContainText("请填写设备名称。");
  await dialog.getByLabel("设备名称").fill("执行局 5 号手机");
  await page.keyboard.press("Enter");
  await expect(dialog).toContainText("7K4M-QX2P-9TRD-H3VN");
  await expect(dialog).toContainText("只显示这一次");
  const picture = dialog.getByRole("img", { name: /二维码/ });
  await expect(picture).toBeVisible();
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  expect(mock.world.office.lastEnrolment).toEqual({
    person: "luqihang",
    roles: ["officer"],
    device_name: "执行局 5 号手机",
  });
  await page.keyboard.press("Escape");
  await expect(page.getByText("7K4M")).toHaveCount(0);
  expect(asked.filter((path) => /records|cases|acts|words|conflicts/.test(path))).toEqual([]);
});

test("whoever needs approvals is told how many", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "A1");
  await page.getByRole("button", { name: "为何管理登记设备" }).click();
  await page.getByRole("dialog").getByLabel("设备名称").fill("机房");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog")).toContainText("还需 2 名管理员或院长批准");
});

test("a phone is withdrawn by its name, with a reason", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "A1", "#/admin/devices");
  await expect(page.locator("tbody tr").nth(1)).toContainText("47 小时前");
  await page.getByRole("button", { name: "吊销麦晓岚的P4 执行局 4 号手机" }).click();
  await page.getByRole("button", { name: "确认吊销" }).click();
  await expect(page.getByText("请先选择。")).toBeVisible();
  await page.getByLabel("吊销原因").selectOption("lost");
  await page.getByLabel(/联网后清除/).check();
  await page.getByLabel(/以确认/).fill("P4");
  await page.getByRole("button", { name: "确认吊销" }).click();
  await expect(page.getByText("与设备名称不符。")).toBeVisible();
  expect(mock.world.office.lastWithdrawal).toBeUndefined();
  await page.getByLabel(/以确认/).fill("P4 执行局 4 号手机");
  await page.getByRole("button", { name: "确认吊销" }).click();
  await expect(page.getByText("已吊销 麦晓岚 的 P4 执行局 4 号手机。")).toBeVisible();
  expect(mock.world.office.lastWithdrawal).toMatchObject({ reason: "lost", wipe: true });
  await expect(page.getByRole("button", { name: /麦晓岚/ })).toHaveCount(0);
});

test("stations with their telephones, packs with their versions", async ({ page, mock }) => {
  await enter(page, mock, "A1", "#/admin/stations");
  await expect(page.locator("tbody")).toContainText("0757-00000121");
  await page.getByRole("link", { name: "数据包" }).click();
  await expect(page.locator("tbody")).toContainText("cn-enforcement");
});

test("a session that ran out is renewed over the page, which then is read again", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "A1", "#/admin/devices");
  await expect(page.locator("tbody tr")).toHaveCount(6);
  mock.world.sessions.clear();
  await page.getByRole("button", { name: "刷新" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("何管理");
  mock.world.office.devices.pop();
  await dialog.getByLabel("密码").fill("admin-1");
  await page.keyboard.press("Enter");
  await expect(dialog).toHaveCount(0);
  await expect(page.locator("tbody tr")).toHaveCount(5);
});
