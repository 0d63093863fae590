// The request that is never missed: how fast it is seen, how it is answered, who is told that it
// was, and that nothing but a person's act silences it.

import { APP, ELSEWHERE, VOICE } from "../../mock/story.mjs";
import { answerByEnter, banner, expect, listen, rows, signIn, test } from "./stage";

test("a request stands in the banner within two seconds and is acknowledged by Enter", async ({
  page,
  mock,
}) => {
  await signIn(page, mock, "D1");
  await expect(page.getByText("目前没有求助")).toBeVisible();
  const began = Date.now();
  mock.world.raise(APP);
  await expect(banner(page)).toContainText("九江镇沙头工业区", { timeout: 2_000 });
  expect(Date.now() - began).toBeLessThan(2_000);
  await expect(page).toHaveTitle(/\(1\) 求助未接警/);
  await expect(page.locator("link[rel=icon]")).toHaveAttribute("href", /c8102e/);
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  await expect(page).toHaveTitle(/九江派出所/);
  await expect(rows(page)).toContainText("已接警");
  const incident = [...mock.world.incidents.values()][0];
  expect(incident.holder.person).toBe("D1");
  expect(incident.answered).not.toBeNull();
});

test("clocks run from receipt by the server's clock", async ({ page, mock }) => {
  mock.world.setClock("2026-03-17T09:12:31+08:00");
  mock.world.raise(VOICE, null, "2026-03-17T01:07:00Z");
  await signIn(page, mock, "D1");
  await expect(banner(page).locator(".clock")).toHaveText(/^05:3\d$/);
  await expect(banner(page).locator("time")).toHaveText("09:07");
  await expect(page.locator("header .now")).toHaveText(/^09:12:3\d$/);
});

test("Enter held down or pressed twice answers only what was shown", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  mock.world.raise(APP);
  await expect(banner(page)).toBeVisible();
  mock.world.raise(ELSEWHERE);
  await expect(banner(page)).toContainText("另有 1 件未接警");
  // The moment the next one stands there, another Enter comes, and then one that is held down.
  const pressed = page.evaluate(
    () =>
      new Promise<void>((done) => {
        const press = (repeat: boolean) =>
          document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key: "Enter", bubbles: true, repeat }),
          );
        const observer = new MutationObserver(() => {
          if (!document.querySelector(".banner")?.textContent?.includes("儒林西路")) return;
          observer.disconnect();
          requestAnimationFrame(() => requestAnimationFrame(() => (press(false), done())));
        });
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
      }),
  );
  await answerByEnter(page);
  await pressed;
  await expect(banner(page)).toHaveAttribute("data-ready", "true");
  await page.evaluate(() =>
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, repeat: true }),
    ),
  );
  // Whatever was answered would be told by now: this goes the same way, after it.
  await page.getByRole("button", { name: "升级上报" }).click();
  await page.getByLabel("原因").selectOption("more_help");
  await page.getByRole("button", { name: "确认：升级上报" }).click();
  await expect(page.locator(".timeline")).toContainText("需要增援");
  await expect(rows(page).filter({ hasText: "未接警" })).toHaveCount(1);
  await page.getByRole("listbox").focus();
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
});

test("F2 shows the number and gives the focus back", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await page.getByRole("listbox").focus();
  await page.keyboard.press("F2");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText("13900000101");
  await expect(dialog).toContainText("0757-00000121");
  await expect(dialog.getByRole("button", { name: "接警" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toHaveCount(0);
  await expect(page.getByRole("listbox")).toBeFocused();
});

test("the list is walked with arrows, most urgent first", async ({ page, mock }) => {
  const first = mock.world.raise(VOICE);
  mock.world.step(first, { step: "acknowledged" }, { person: "D2", name: "岑秀仪" });
  mock.world.raise(ELSEWHERE);
  await signIn(page, mock, "D1");
  const list = rows(page);
  await expect(list.nth(0)).toContainText("儒林西路");
  await expect(list.nth(1)).toContainText("沙头工业区");
  await page.getByRole("listbox").focus();
  await page.keyboard.press("ArrowDown");
  await expect(page.locator(".detail h2")).toContainText("沙头工业区");
  await page.keyboard.press("Home");
  await expect(page.locator(".detail h2")).toContainText("儒林西路");
});

test("two dispatchers at once: the slower one is told who was faster", async ({
  page,
  browser,
  mock,
  complaints,
}) => {
  await signIn(page, mock, "D1");
  const other = await (await browser.newContext({ locale: "zh-CN" })).newPage();
  listen(other, mock, complaints);
  await signIn(other, mock, "D2");
  mock.world.raise(APP);
  await expect(banner(page)).toBeVisible();
  await expect(banner(other)).toBeVisible();
  // The second desk hears nothing of the first one's act before its own goes out.
  for (const stream of mock.world.streams) if (stream.session.person === "D2") stream.silent = true;
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  await answerByEnter(other);
  await expect(other.getByText(/谭立衡 已先处理/)).toBeVisible();
  await expect(other.getByRole("dialog")).toHaveCount(0);
  await expect(banner(other)).toHaveCount(0);
  const incident = [...mock.world.incidents.values()][0];
  expect(incident.holder.person).toBe("D1");
  await other.context().close();
});

test("what somebody else answered falls silent with a name", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  const incident = mock.world.raise(APP);
  await expect(banner(page)).toBeVisible();
  mock.world.step(incident, { step: "acknowledged" }, { person: "D2", name: "岑秀仪" });
  await expect(banner(page)).toHaveCount(0);
  await expect(page.getByText(/岑秀仪 .* 已处理/)).toBeVisible();
});

test("a joined report rings again, under whoever has it", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  const voice = mock.world.raise(VOICE);
  await expect(banner(page)).toBeVisible();
  await answerByEnter(page);
  await expect(banner(page)).toHaveCount(0);
  const app = mock.world.raise(APP);
  mock.world.step(app, { step: "merged", other: voice.id }, null);
  await expect(banner(page)).toContainText("有新情况，未确认");
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByText("合并的报告 (1)")).toBeVisible();
  await banner(page).getByRole("button", { name: "确认新情况" }).click();
  await expect(banner(page)).toHaveCount(0);
  await page.getByRole("button", { name: "拆分" }).click();
  await expect(rows(page)).toHaveCount(2);
  await expect(banner(page)).toBeVisible();
});

test("the alarm sounds, and is heard to stop", async ({ page, mock }) => {
  await page.addInitScript(() => {
    const log: string[] = [];
    Object.assign(window, { heard: log });
    const { start, stop } = AudioBufferSourceNode.prototype;
    AudioBufferSourceNode.prototype.start = function (...args) {
      log.push(this.loop ? "alarm" : "test");
      return start.apply(this, args as []);
    };
    AudioBufferSourceNode.prototype.stop = function (...args) {
      log.push("stop");
      return stop.apply(this, args as []);
    };
  });
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard);
  await page.goto(mock.address);
  await page.getByRole("button", { name: "试听警报声" }).click();
  expect(await heard()).toEqual(["test"]);
  await signIn(page, mock, "D1");
  mock.world.raise(APP);
  await expect.poll(heard).toEqual(["alarm"]);
  await answerByEnter(page);
  await expect.poll(heard).toEqual(["alarm", "stop"]);
});

test("a browser that lets no sound out is said to", async ({ page, mock }) => {
  mock.world.raise(APP);
  await signIn(page, mock, "D1");
  await expect(page.getByText("警报听不见")).toHaveCount(0);
  await page.reload();
  await expect(page.getByText("浏览器没有允许发声，警报听不见！")).toBeVisible();
  await page.getByRole("button", { name: "点击开启声音" }).click();
  await expect(page.getByText("警报听不见")).toHaveCount(0);
});

test("a page in the background is said to be, on the tab and when it comes back", async ({
  page,
  mock,
}) => {
  await signIn(page, mock, "D1");
  await page.evaluate(() => {
    const state = { hidden: true, away: 0 };
    const { now } = Date;
    Object.defineProperty(document, "hidden", { get: () => state.hidden });
    Object.assign(window, {
      comeBack: () => {
        state.hidden = false;
        Date.now = () => now() + 240_000;
        document.dispatchEvent(new Event("visibilitychange"));
        Date.now = now;
      },
    });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(page).toHaveTitle(/后台/);
  mock.world.raise(APP);
  await expect(page).toHaveTitle(/求助未接警/);
  await page.evaluate(() => (window as unknown as { comeBack: () => void }).comeBack());
  await expect(page.getByText("本页刚才在后台 4 分钟，看不到警报。")).toBeVisible();
  await page.getByRole("button", { name: "知道了" }).click();
  await expect(page.getByText("本页刚才在后台")).toHaveCount(0);
});

test("each new alarm is said to a screen reader once", async ({ page, mock }) => {
  await signIn(page, mock, "D1");
  const said = page.locator("[aria-live=assertive]");
  await expect(said).toHaveText("");
  mock.world.raise(APP);
  await expect(said).toHaveText(
    "新求助：九江镇沙头工业区 7 号厂房门口，包围执行人员、车辆，未接警",
  );
  mock.world.raise(ELSEWHERE);
  await expect(said).toHaveText("新求助：九江镇儒林西路 22 号，威胁，未接警");
});
