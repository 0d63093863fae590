// A request from its arrival to its end, the report by voice and what it is joined with, transfer,
// handover.

import { APP, ELSEWHERE, LISHUI, VOICE } from "../../mock/story.mjs";
import { answerByEnter, banner, expect, listen, rows, signIn, test } from "./stage";

test("unit sent, expected, arrived, closed", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);

  await page.getByRole("button", { name: "出警", exact: true }).click();
  const form = page.getByRole("form", { name: "出警" });
  await expect(form.getByLabel("出警单位")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(form.getByText("请填写单位。")).toBeVisible();
  await form.getByLabel("出警单位").fill("九江所 2 号车");
  await form.getByRole("button", { name: "10 分钟" }).click();
  await form.getByRole("button", { name: "确认：出警" }).click();
  await expect(form).toHaveCount(0);
  await expect(rows(page)).toContainText("已出警");
  await expect(rows(page)).toContainText(/预计 \d\d:\d\d 到达（(9|10) 分钟后）/);
  await expect(page.locator(".progress li.done")).toHaveCount(3);

  await page.getByRole("button", { name: "登记到场" }).click();
  await expect(page.locator(".progress li.done")).toHaveCount(4);
  await expect(page.locator(".warnings")).toContainText("到场");

  await page.getByRole("button", { name: "结束处置" }).click();
  await page.getByLabel("原因").selectOption({ label: "其他（请在说明中写明）" });
  await page.getByRole("button", { name: "确认：结束处置" }).click();
  await expect(page.getByText("选择“其他”时请写明说明。")).toBeVisible();
  await page.getByLabel("说明", { exact: true }).fill("人群散去，车辆已拖走");
  await page.getByRole("button", { name: "确认：结束处置" }).click();
  await expect(rows(page)).toHaveCount(0);
  await page.getByRole("button", { name: /今日已结 \(1\)/ }).click();
  await rows(page).click();
  const timeline = page.getByRole("region", { name: "时间线" });
  for (const step of ["已送达", "已接警", "已出警", "已到场", "处置完毕"]) {
    await expect(timeline).toContainText(step);
  }
  await expect(timeline).toContainText("九江所 2 号车");
  await expect(timeline).toContainText("人群散去，车辆已拖走");
});

test("a report by voice, and the app's request joined with it", async ({ page, mock }) => {
  mock.world.setClock("2026-03-17T09:12:00+08:00");
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "电话报警录入" }).click();
  const form = page.getByRole("form", { name: "电话报警录入" });
  await expect(form.getByLabel("地点")).toBeFocused();
  await expect(form.getByLabel("来电时间")).toHaveValue("09:12");
  await form.getByRole("button", { name: "录入并立即受理" }).click();
  await expect(form.getByText("请填写地点。")).toBeVisible();
  await form.getByLabel("地点").fill("九江镇沙头工业区 7 号厂房");
  await form.getByLabel("回拨电话").fill("0757-00000701");
  await form.getByLabel("来电时间").fill("09:07");
  await form.getByLabel("情况", { exact: false }).first().selectOption("blockade");
  await form.getByLabel("对方约几人").fill("15");
  await form.getByLabel("案号").fill("(2026)粤0605执1101号");
  await form.getByRole("button", { name: "录入并立即受理" }).click();
  await expect(form).toHaveCount(0);
  const join = page.getByRole("region", { name: "可能是同一件事" });
  await expect(join).toContainText("同一案件 · 同一地点");
  const voice = [...mock.world.incidents.values()].at(-1);
  expect(voice.t0).toBe("2026-03-17T01:07:00.000Z");
  await join.getByRole("button", { name: "并入这一件" }).click();
  await expect(join).toHaveCount(0);
  await expect(rows(page)).toHaveCount(1);
  await expect(banner(page)).toContainText("有新情况，未确认");
});

test("what was joined meanwhile is not closed unseen: the server's words stand at the form", async ({
  page,
  mock,
}) => {
  const tan = { person: "D1", name: "谭立衡" };
  const head = mock.world.raise(VOICE, tan);
  mock.world.step(head, { step: "unit_sent", unit: "2 号车" }, tan);
  mock.world.step(head, { step: "arrived" }, tan);
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "结束处置" }).click();
  await page.getByLabel("原因").selectOption("settled");
  await page.getByLabel(/^说明/).fill("人群散去");
  const app = mock.world.raise(APP);
  mock.world.step(app, { step: "merged", other: head.id }, null);
  await expect(banner(page)).toContainText("有新情况，未确认");
  const form = page.getByRole("form", { name: "结束处置" });
  await form.getByRole("button", { name: "确认：结束处置" }).click();
  await expect(form.getByRole("alert")).toHaveText("有新并入的报告尚未确认，请先接警。");
  await expect(page.getByText("已先处理")).toHaveCount(0);
  await expect(form.getByLabel(/^说明/)).toHaveValue("人群散去");
  await banner(page).getByRole("button", { name: /^确认新情况/ }).click();
  await expect(banner(page)).toHaveCount(0);
  await form.getByRole("button", { name: "确认：结束处置" }).click();
  await expect(page.getByRole("button", { name: /今日已结 \(1\)/ })).toBeVisible();
  expect(head.state).toBe("closed");
});

test("a report that could not be sent keeps what was typed, and is entered once", async ({
  page,
  mock,
}) => {
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "电话报警录入" }).click();
  const form = page.getByRole("form", { name: "电话报警录入" });
  await form.getByLabel("地点").fill("儒林西路");
  await form.getByLabel("回拨电话").fill("13900000102");
  await form.getByLabel("情况", { exact: false }).first().selectOption("threat");
  // The server takes it, and the answer is lost on the way.
  await page.route(
    "**/incidents",
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await form.getByRole("button", { name: "录入并立即受理" }).click();
  await expect(form.getByText("没有送达服务器，请重试；已填写的内容仍在。")).toBeVisible();
  await expect(form.getByLabel("地点")).toHaveValue("儒林西路");
  await form.getByRole("button", { name: "录入并立即受理" }).click();
  await expect(form).toHaveCount(0);
  expect(mock.world.incidents.size).toBe(1);
});

test("a step whose answer is lost is sent again and taken once", async ({ page, mock }) => {
  const incident = mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await page.getByRole("button", { name: "出警", exact: true }).click();
  await page.getByLabel("出警单位").fill("2 号车");
  await page.route(
    "**/steps",
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await page.getByRole("button", { name: "确认：出警" }).click();
  await expect(page.getByText("没有送达服务器，请重试；已填写的内容仍在。")).toBeVisible();
  await page.getByRole("button", { name: "确认：出警" }).click();
  await expect(page.getByRole("form")).toHaveCount(0);
  const sent = incident.timeline.filter((entry: { step: string }) => entry.step === "unit_sent");
  expect(sent).toHaveLength(1);
});

test("an alarm is answered while a form is open", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "电话报警录入" }).click();
  await page.getByLabel("地点").fill("半句");
  mock.world.raise(ELSEWHERE);
  await expect(banner(page)).toHaveAttribute("data-ready", "true");
  // Enter belongs to the field that has the focus: it sends the form, which is not complete yet.
  await page.keyboard.press("Enter");
  await expect(page.getByText("请选择情况。")).toBeVisible();
  await expect(banner(page)).toBeVisible();
  await banner(page).getByRole("button", { name: /^接警/ }).click();
  await expect(banner(page)).toHaveCount(0);
  await expect(page.getByLabel("地点")).toHaveValue("半句");
});

test("a transferred request leaves the desk with a word, and rings at the other", async ({
  page,
  browser,
  mock,
  complaints,
}) => {
  mock.world.raise(ELSEWHERE);
  await signIn(page, mock, "D1");
  const other = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  listen(other, mock, complaints);
  await other.goto(mock.address);
  await other.getByLabel("工号").fill("D3");
  await other.getByLabel("密码").fill("duty-3");
  await other.getByRole("button", { name: "登录", exact: true }).click();
  await expect(other.getByText("请再输入动态口令。")).toBeVisible();
  await expect(other.getByLabel("动态口令")).toBeFocused();
  await other.getByLabel("动态口令").fill("246810");
  await other.keyboard.press("Enter");
  await expect(other.getByText("目前没有求助")).toBeVisible();

  await page.getByRole("button", { name: "转派" }).click();
  await page.getByLabel("转给").selectOption({ label: "里水派出所 · 值守中" });
  await page.getByRole("button", { name: "确认：转派" }).click();
  await expect(page.getByText("九江镇儒林西路 22 号 的求助已转往 里水派出所")).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await expect(banner(other)).toContainText("儒林西路");
  await other.context().close();
});

test("handover: each request is ticked and taken over by name", async ({ page, mock }) => {
  for (const request of [VOICE, ELSEWHERE]) {
    const incident = mock.world.raise(request);
    mock.world.step(incident, { step: "acknowledged" }, { person: "D2", name: "岑秀仪" });
  }
  await signIn(page, mock, "D1");
  await page.getByRole("button", { name: "交接班" }).click();
  const dialog = page.getByRole("dialog", { name: "交接班" });
  await dialog.getByRole("button", { name: "接班 0 件" }).click();
  await expect(dialog.getByText("请勾选要接的求助。")).toBeVisible();
  await dialog.getByRole("checkbox").first().check();
  await dialog.getByRole("checkbox").last().check();
  await dialog.getByLabel("交班说明").fill("2 号车在途");
  await dialog.getByRole("button", { name: "接班 2 件" }).click();
  await expect(page.getByText("谭立衡 已接班 2 件")).toBeVisible();
  await expect(page.getByRole("button", { name: "交接班" })).toBeFocused();
  const holders = [...mock.world.incidents.values()].map((incident) => incident.holder.person);
  expect(holders).toEqual(["D1", "D1"]);
  await page.getByRole("button", { name: "退出" }).click();
  await expect(page.getByRole("dialog")).toContainText("您手上还有 2 件未结");
});

test("the command centre sees every station, and hears what the ladder brings", async ({
  page,
  mock,
}) => {
  const incident = mock.world.raise(LISHUI);
  mock.world.raise(ELSEWHERE);
  await signIn(page, mock, "C1");
  await expect(rows(page)).toHaveCount(2);
  await expect(rows(page).first()).toContainText("里水派出所");
  await expect(banner(page)).toHaveCount(0);
  mock.world.presence("440605125", false);
  await expect(page.getByText("里水派出所无人值守")).toBeVisible();
  await expect(banner(page)).toContainText("里水镇河村新街");
  await page.getByLabel("按派出所筛选").selectOption("440605121");
  await expect(rows(page)).toHaveCount(1);
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  expect(incident.holder.person).toBe("C1");
});

test("the command centre is never told that nobody sits where the person sits", async ({
  page,
  mock,
}) => {
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      const text = document.querySelector(".bar.presence")?.textContent ?? "";
      if (text !== "") seen.push(text);
    };
    document.addEventListener("DOMContentLoaded", () =>
      new MutationObserver(look).observe(document.body, {
        childList: true,
        subtree: true,
        characterData: true,
      }),
    );
  });
  mock.world.presence("440605125", false);
  await signIn(page, mock, "C1");
  await expect(page.getByText("里水派出所无人值守")).toBeVisible();
  const there = "值守中：九江派出所、西樵派出所、执行指挥中心";
  await expect(page.locator(".bar.presence")).toContainText(there);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.filter((text) => /执行指挥中心.*无人值守/.test(text))).toEqual([]);
});

test("under duress it stays open and says how to act", async ({ page, mock }) => {
  const incident = mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  mock.world.step(incident, { step: "cancel_asked" }, null);
  await expect(page.locator(".warnings")).toContainText("请求撤回，请核实后确认");
  mock.world.step(incident, { step: "duress" }, null);
  await expect(banner(page)).toContainText("胁迫撤回，请秘密处置");
  await expect(page.locator(".detail")).toContainText("不要回拨");
  await expect(page.getByRole("button", { name: "结束处置" })).toHaveCount(0);
});

test("what the map shows is there as a list", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await expect(page.locator(".pin.request")).toContainText("沙头工业区");
  await page.getByRole("button", { name: "列表" }).click();
  const table = page.getByRole("table");
  await expect(table.getByRole("row", { name: /执行小组 陆启航/ })).toContainText(
    /±8 米 · \d+ 秒前/,
  );
  await expect(table.getByRole("row", { name: /执行小组 区子谦/ })).toContainText("过旧");
  await expect(table.getByRole("row", { name: /派出所 九江派出所/ })).toContainText("公里");
});
