// The daily test of the alarm, at a station and as the command centre sees it.

import { expect, signIn, test } from "./stage";

const JIUJIANG = "440605121";

test("a station is asked for today's test until somebody has heard the alarm", async ({
  page,
  mock,
}) => {
  mock.world.alarmTests.delete(JIUJIANG);
  await signIn(page, mock, "D1");
  const bar = page.getByRole("status").filter({ hasText: "试警" });
  await expect(bar).toContainText("今日试警还没做。");
  await bar.getByRole("button", { name: "现在试警" }).click();
  await bar.getByRole("button", { name: "没听到" }).click();
  await expect(bar).toContainText("今日试警没有听到：请检查音箱和音量，修好前请守住电话。");
  expect(mock.world.alarmTests.get(JIUJIANG).heard).toBe(false);
  await bar.getByRole("button", { name: "现在试警" }).click();
  await bar.getByRole("button", { name: "听到了", exact: true }).click();
  await expect(bar).toHaveCount(0);
  expect(mock.world.alarmTests.get(JIUJIANG).heard).toBe(true);
});

test("the command centre sees which stations did not test, and where nothing was heard", async ({
  page,
  mock,
}) => {
  mock.world.alarmTests.delete(JIUJIANG);
  await signIn(page, mock, "C1");
  await expect(page.getByText("今日未试警：九江派出所")).toBeVisible();
  mock.world.alarmTested(JIUJIANG, false);
  await expect(page.getByText("试警没有听到：九江派出所。有求助请直接打电话。")).toBeVisible();
  await expect(page.getByText("今日未试警")).toHaveCount(0);
});
