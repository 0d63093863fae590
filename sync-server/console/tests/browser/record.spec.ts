// Cases and records: found, read like a paper file, conflicts settled with a reason, photos that do
// not look like what the court does not have.

import type { Page } from "@playwright/test";
import { door, enter, evening, heading } from "./doors";
import { expect, test } from "./stage";

const RECORD = "#/records/5e12f0a9c3d44b7e8f60112233445501";
const FINALISED = "#/records/5e12f0a9c3d44b7e8f60112233445502";
const EVICTION = "#/records/5e12f0a9c3d44b7e8f60112233445503";
const estimate = (page: Page) => page.getByRole("article", { name: /新能源小型轿车 · 现场估值/ });

test("a case is found at the server, its records and the way back", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1");
  await door(page, "案件").click();
  await expect(page.locator("tbody tr")).toHaveCount(3);
  const asked = page.waitForRequest(/\/cases\?search=/);
  await page.getByLabel("搜索案件").fill("黎伟昌");
  await page.keyboard.press("Enter");
  expect(decodeURIComponent((await asked).url())).toContain("search=黎伟昌");
  await expect(page.locator("tbody tr")).toHaveCount(1);
  await page.getByLabel("搜索案件").fill("不存在");
  await page.getByRole("button", { name: "搜索", exact: true }).click();
  await expect(page.getByText("没有找到")).toBeVisible();
  await page.getByLabel("搜索案件").fill("");
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "(2026)粤0605执1101号" }).click();
  await expect(heading(page)).toHaveText("案件 (2026)粤0605执1101号");
  await expect(page.getByText("佛山市南海测试五金有限公司")).toBeVisible();
  const exported = page.getByRole("link", { name: "导出本案全部记录" });
  await expect(exported).toHaveAttribute("href", /\/cases\/\(2026\)%E7%B2%A4.*\/export$/);
  await page.getByRole("link", { name: /查封（扣押）财产清单/ }).click();
  await expect(heading(page)).toContainText("九江镇测试工业区1号");
  await page.goBack();
  await page.goBack();
  await expect(heading(page)).toHaveText("案件");
});

test("a record reads like a paper file", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", RECORD);
  const lines = page.getByRole("region", { name: "财产清单" });
  await expect(lines.locator("li.entry")).toHaveCount(4);
  const struck = lines.locator("li.struck").last();
  await expect(struck.locator("del")).toContainText("宿舍床上用品");
  await expect(struck).toContainText("划去理由：生活必需品，不得查封");
  await expect(lines).toContainText("有分歧，待确定：现场估值（仅供参考）");
  await expect(page.getByRole("button", { name: /原件待上传/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /原件上传中/ })).toBeVisible();
  await expect(page.getByRole("link", { name: /^F-01/ })).toContainText("草稿，不得送达");
  const change = page.locator(".history li").filter({ hasText: "至少快 6 分钟" });
  await change.locator("summary").click();
  await expect(change).toContainText("手机时间 08:59（至少快 6 分钟），可证明在 08:25–08:53 之间");
  await expect(change).toContainText("P2 执行局 2 号手机");
});

test("a finalised record shows its lock, its digest and what came late", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", FINALISED);
  const { content_digest } = mock.world.office.records.get(FINALISED.split("/").at(-1));
  await expect(page.locator(".standing")).toContainText(`已定稿 ${content_digest.slice(0, 8)}`);
  await expect(page.locator(".standing")).toContainText("1 处改动定稿后才到，列出但不计入");
  await expect(page.locator(".history li.late")).toContainText("晚到，不计入");
});

test("photos say on themselves what the court does not have", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", EVICTION);
  const differs = page.getByRole("button", { name: /照片校验不符，待重传/ });
  await expect(differs.locator(".photo-state")).toHaveText("照片校验不符，待重传");
  await differs.click();
  await expect(page.getByRole("dialog")).toContainText("照片校验不符，待重传");
  await page.keyboard.press("Escape");
  await expect(differs).toBeFocused();
  const lost = page.getByRole("button", { name: /原件在法院丢失，待重传/ });
  await expect(lost.locator(".photo-state.differs")).toHaveText("原件在法院丢失，待重传");
  await lost.click();
  await expect(page.getByRole("dialog")).toContainText("原件在法院丢失，待重传");
});

test("a conflict is settled with a side and a reason", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", RECORD);
  await expect(estimate(page)).toContainText("¥92,500.00");
  await expect(estimate(page)).toContainText("¥86,000.00");
  await estimate(page).getByText("能证明的时间").first().click();
  await expect(estimate(page)).toContainText("可证明在 08:25–09:12 之间");
  await estimate(page).getByRole("button", { name: "采用右" }).focus();
  await page.keyboard.press("Enter");
  await estimate(page).getByRole("button", { name: "确定", exact: true }).click();
  await expect(estimate(page)).toContainText("请写明理由。");
  await estimate(page)
    .getByLabel(/确定的理由/)
    .fill("以承办人现场勘验为准");
  await expect(estimate(page), "no fault that is mended").not.toContainText("请写明理由。");
  await estimate(page).getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.locator(".done")).toHaveText("已确定：新能源小型轿车 · 现场估值（仅供参考）");
  await expect(page.locator(".done")).toBeFocused();
  await expect(estimate(page)).toHaveCount(0);
  await expect(page.getByRole("region", { name: "财产清单" })).toContainText("¥86,000.00");
  const settled = page.getByRole("region", { name: "已确定的分歧" });
  await expect(settled).toContainText("采用其中一种");
  await expect(settled).toContainText("理由：以承办人现场勘验为准");
});

test("another value is typed in yuan", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", RECORD);
  await estimate(page).getByRole("button", { name: "另填" }).click();
  await estimate(page).getByLabel("另填内容").fill("很多");
  await estimate(page)
    .getByLabel(/确定的理由/)
    .fill("委托评估");
  await estimate(page).getByRole("button", { name: "确定", exact: true }).click();
  await expect(estimate(page)).toContainText("请填写该项能接受的内容。");
  await estimate(page).getByLabel("另填内容").fill("90,000.50");
  await estimate(page).getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.getByRole("region", { name: "财产清单" })).toContainText("¥90,000.50");
});

test("settled by somebody else meanwhile: it is said, and the record is as it stands", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "C1", RECORD);
  await estimate(page).getByRole("button", { name: "采用左" }).click();
  await estimate(page)
    .getByLabel(/确定的理由/)
    .fill("理由");
  const { office } = mock.world;
  const record = office.records.get(RECORD.split("/").at(-1));
  const { kind, target, sides } = record.conflicts[0];
  const ops = sides.map((side: { op: string }) => side.op);
  const conflict = { kind, target, sides: ops };
  const body = { conflict, keep: sides[1].op, value: null, leave_out: false, reason: "先" };
  office.settle({ person: "luqihang" }, record.id, body);
  await estimate(page).getByRole("button", { name: "确定", exact: true }).click();
  await expect(page.locator(".done")).toContainText("刚刚已经确定，或有了新内容");
  await expect(page.getByRole("region", { name: "财产清单" })).toContainText("¥86,000.00");
  await expect(estimate(page)).toHaveCount(0);
});

test("the handling officer leaves a value out, settles the rest, and finalises", async ({
  page,
  mock,
}) => {
  evening(mock);
  await enter(page, mock, "luqihang", RECORD);
  const settle = async (reason: string) => {
    const first = page.locator(".disputes article").first();
    await first.getByLabel(/确定的理由/).fill(reason);
    await first.getByRole("button", { name: "确定", exact: true }).click();
  };
  const finalise = page.getByRole("region", { name: "定稿" });
  await expect(finalise).toHaveCount(0);
  await estimate(page).getByRole("button", { name: "暂不写入" }).click();
  await settle("待评估机构到场");
  await expect(page.getByRole("region", { name: "已确定的分歧" })).toContainText("暂不写入");
  while ((await page.locator(".disputes article").count()) > 0) {
    const left = await page.locator(".disputes article").count();
    await page.locator(".disputes article").first().getByRole("button").first().click();
    await settle("以现场核对为准");
    await expect(page.locator(".disputes article")).toHaveCount(left - 1);
  }
  await finalise.getByRole("button", { name: "定稿" }).click();
  await finalise.getByRole("button", { name: "确认定稿" }).click();
  await expect(finalise).toContainText("请输入密码");
  await finalise.getByLabel("密码").fill("别的");
  await finalise.getByRole("button", { name: "确认定稿" }).click();
  await expect(finalise.getByRole("alert")).toContainText("密码不正确");
  await expect(finalise.getByLabel("密码")).toHaveValue("");
  mock.world.office.unlawful = true;
  await finalise.getByLabel("密码").fill("lu-1");
  await finalise.getByRole("button", { name: "确认定稿" }).click();
  await expect(finalise.getByRole("alert")).toContainText("尚缺法定事项");
  mock.world.office.unlawful = false;
  await finalise.getByLabel("密码").fill("lu-1");
  await finalise.getByRole("button", { name: "确认定稿" }).click();
  await expect(page.locator(".finalise .done")).toHaveText("已定稿。");
  await expect(page.locator(".standing")).toContainText("已定稿");
  await page.locator(".history summary").last().click();
  await expect(page.locator(".history")).toContainText("法院控制台");
});

test("what is somebody else's to settle has no button here", async ({ page, mock }) => {
  evening(mock);
  await enter(page, mock, "C1", RECORD);
  const strike = page.getByRole("article", { name: /空气压缩机/ });
  await expect(strike).toContainText("由承办人陆启航确定");
  await expect(strike).toContainText("划去，理由：案外人租赁物");
  await expect(strike).toContainText("您的角色不能确定这一项");
  await expect(strike.getByRole("button")).toHaveCount(0);
});

test("without the server's words a record shows codes and hides nothing", async ({
  page,
  mock,
}) => {
  evening(mock);
  mock.world.office.broken.add("/words");
  mock.world.office.broken.add("/names");
  await enter(page, mock, "C1", RECORD);
  await expect(page.getByRole("region", { name: "lines" })).toContainText("新能源小型轿车");
  await expect(page.locator(".history")).toContainText("luqihang");
  mock.world.office.broken.clear();
  mock.world.tell("acts", () => ({}));
  await expect(page.getByRole("region", { name: "财产清单" })).toBeVisible();
});
