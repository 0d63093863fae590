// A request from the phone over the real server to a dispatcher's console and back.
import { CONSOLE, banner, expect, fillSignIn, phoneShows, picture, row, rows, signIn, stage, test } from './stage.mjs'

/** Within how long a request that the phone sends must stand on the console, milliseconds. */
const AT_ONCE = 2_000
/** Another place in the area of the station, so far away that it is another event. */
const FAR = 'geo:22.8000,112.9850;crs=wgs84;u=8'

test.beforeEach(async () => {
  await stage({ do: 'start' })
  await stage({ do: 'cable', up: true })
  await stage({ do: 'close_all' })
  // What the same crew asked an hour ago was another event.
  await stage({ do: 'pass', ms: 60 * 60_000 })
})

async function acknowledge(page) {
  await expect(banner(page)).toHaveAttribute('data-ready', 'true')
  await page.keyboard.press('Enter')
  await expect(banner(page)).toHaveCount(0)
}

async function sendUnit(page, unit) {
  await page.getByRole('button', { name: '出警', exact: true }).click()
  await page.getByLabel('出警单位').fill(unit)
  await page.getByRole('button', { name: '10 分钟' }).click()
  await page.getByRole('button', { name: '确认：出警' }).click()
}

async function close(page, place) {
  if (await row(page, place).count()) await row(page, place).click()
  await page.getByRole('button', { name: '登记到场' }).click()
  await page.getByRole('button', { name: '结束处置' }).click()
  await page.getByLabel('原因').selectOption({ index: 1 })
  await page.getByRole('button', { name: '确认：结束处置' }).click()
  await expect(row(page, place)).toHaveCount(0)
}

test('asked on the phone, on the console within two seconds, and each step back on the phone', async ({ page }) => {
  await signIn(page, 'tanliheng')
  const place = '九江镇沙口工业区1号'
  const { id, sent_ms: sent } = await stage({ do: 'ask', place })
  await expect(banner(page)).toContainText(place, { timeout: AT_ONCE })
  expect(Date.now() - sent).toBeLessThan(AT_ONCE + 500)
  await expect(page).toHaveTitle(/求助未接警/)
  await phoneShows(id, 'console')
  await picture(page, 'alarm')
  await acknowledge(page)
  await phoneShows(id, 'dispatcher')
  await sendUnit(page, '九江所2号车')
  await expect(row(page, place)).toContainText('已出警')
  await phoneShows(id, 'on_the_way')
  await picture(page, 'on-the-way')
  await page.getByRole('button', { name: '登记到场' }).click()
  await phoneShows(id, 'on_the_spot')
  await page.getByRole('button', { name: '结束处置' }).click()
  await page.getByLabel('原因').selectOption({ index: 1 })
  await page.getByRole('button', { name: '确认：结束处置' }).click()
  await expect(rows(page)).toHaveCount(0)
  await phoneShows(id, 'over')
})

test('the server is killed in the middle and comes back: nothing is lost, nothing twice', async ({ page }) => {
  await signIn(page, 'tanliheng')
  const place = '九江镇儒林西路22号'
  const { id } = await stage({ do: 'ask', place })
  await acknowledge(page)
  await stage({ do: 'kill' })
  await expect(page.getByText(/数据截至 \d\d:\d\d:\d\d，连接已断开/)).toBeVisible({ timeout: 20_000 })
  await expect(row(page, place)).toContainText('已接警')
  await picture(page, 'server-gone')
  // Another request is saved while nobody hears it.
  const other = '九江镇河清四路3号'
  const saved = await stage({ do: 'ask', place: other, position: FAR, offline: true })
  await phoneShows(saved.id, 'phone')
  await stage({ do: 'start' })
  await expect(page.getByText(/数据截至/)).toHaveCount(0, { timeout: 30_000 })
  await phoneShows(id, 'dispatcher')
  await expect(banner(page)).toContainText(other)
  await acknowledge(page)
  await phoneShows(saved.id, 'dispatcher')
  for (const one of [place, other]) {
    await row(page, one).click()
    await sendUnit(page, '九江所1号车')
    await close(page, one)
  }
})

test('a cable pulled for a minute: the page says since when, and what came meanwhile rings', async ({ page }) => {
  await signIn(page, 'tanliheng')
  const pulled = Date.now()
  await stage({ do: 'cable', up: false })
  await expect(page.getByText(/数据截至 \d\d:\d\d:\d\d，连接已断开/)).toBeVisible({ timeout: 20_000 })
  const place = '九江镇大谷路9号'
  const { id } = await stage({ do: 'ask', place })
  // Its own desk is silent by now, so the command centre is told.
  await expect.poll(async () => (await stage({ do: 'told', id })).told, { timeout: 50_000 }).toContain('nobody_there')
  // The minute is what is tested.
  await page.waitForTimeout(Math.max(0, pulled + 60_000 - Date.now()))
  await expect(rows(page)).toHaveCount(0)
  await stage({ do: 'cable', up: true })
  await expect(banner(page)).toContainText(place, { timeout: 20_000 })
  await expect(page.getByText(/数据截至/)).toHaveCount(0)
  await acknowledge(page)
  await phoneShows(id, 'dispatcher')
  await sendUnit(page, '九江所3号车')
  await close(page, place)
})

test('two dispatchers at once: one has it, the other one is told who', async ({ page, another }) => {
  const he = await another()
  await signIn(page, 'tanliheng')
  await signIn(he, 'hezhuoyan')
  const place = '九江镇沙口大道5号'
  const { id } = await stage({ do: 'ask', place })
  for (const one of [page, he]) await expect(banner(one)).toHaveAttribute('data-ready', 'true')
  await Promise.all([page.keyboard.press('Enter'), he.keyboard.press('Enter')])
  for (const one of [page, he]) await expect(banner(one)).toHaveCount(0)
  const { steps } = await stage({ do: 'steps', id })
  expect(steps.filter((step) => step === 'acknowledged')).toHaveLength(1)
  const holder = await row(page, place).textContent()
  expect(await row(he, place).textContent()).toContain(holder.includes('谭立衡') ? '谭立衡' : '何卓言')
  await row(page, place).click()
  await sendUnit(page, '九江所2号车')
  await close(page, place)
})

test('nobody signed in: the command centre hears it, and a station sees nothing of another one', async ({ page, another }) => {
  const qu = await another()
  await signIn(qu, 'qutongming')
  await signIn(page, 'guanyongyi')
  const place = '九江镇钱山村口'
  const { id } = await stage({ do: 'ask', place })
  await expect(page.getByText('九江派出所无人值守')).toBeVisible()
  await expect(banner(page)).toContainText(place, { timeout: 30_000 })
  await expect(rows(qu)).toHaveCount(0)
  await expect(banner(qu)).toHaveCount(0)
  await picture(page, 'command-centre')
  await acknowledge(page)
  await phoneShows(id, 'dispatcher')
  // Given to the other station, it leaves nothing behind and rings there.
  await page.getByRole('button', { name: '转派' }).click()
  const option = page.getByLabel('转给').locator('option', { hasText: '西樵派出所' })
  await page.getByLabel('转给').selectOption(await option.getAttribute('value'))
  await page.getByRole('button', { name: '确认：转派' }).click()
  await expect(banner(qu)).toContainText(place)
  await acknowledge(qu)
  await sendUnit(qu, '西樵所1号车')
  await close(qu, place)
})

test('the next shift takes over by name', async ({ page, another }) => {
  await signIn(page, 'tanliheng')
  const place = '九江镇新龙村8号'
  const { id } = await stage({ do: 'ask', place })
  await acknowledge(page)
  const he = await another()
  await signIn(he, 'hezhuoyan')
  await he.getByRole('button', { name: '交接班' }).click()
  const dialog = he.getByRole('dialog', { name: '交接班' })
  await dialog.getByRole('checkbox').first().check()
  await dialog.getByLabel('交班说明').fill('2号车在途')
  await picture(he, 'handover')
  await dialog.getByRole('button', { name: '接班 1 件' }).click()
  await expect(he.getByText('何卓言 已接班 1 件')).toBeVisible()
  const { steps } = await stage({ do: 'steps', id })
  expect(steps).toContain('taken_over')
  await expect(row(page, place)).toContainText('何卓言')
  await row(he, place).click()
  await sendUnit(he, '九江所2号车')
  await close(he, place)
})

test('a call by telephone, and the phone\'s own request joins it', async ({ page }) => {
  await signIn(page, 'tanliheng')
  const place = '九江镇上东路6号'
  await page.getByRole('button', { name: '电话报警录入' }).click()
  const form = page.getByRole('form', { name: '电话报警录入' })
  await form.getByLabel('地点').fill(place)
  await form.getByLabel('回拨电话').fill('0757-00000011')
  await form.getByLabel('情况', { exact: false }).first().selectOption('surrounding')
  await form.getByLabel('案号').fill('(2026)粤0605执1101号')
  await picture(page, 'voice')
  await form.getByRole('button', { name: '录入并立即受理' }).click()
  await expect(form).toHaveCount(0)
  // Enter answers the request that was just written down.
  await expect(banner(page)).toContainText(place)
  await acknowledge(page)
  const { id } = await stage({ do: 'ask', place })
  await expect(banner(page)).toContainText('有新情况，未确认')
  await expect(row(page, place)).toHaveCount(1)
  await phoneShows(id, 'dispatcher')
  await acknowledge(page)
  await sendUnit(page, '九江所2号车')
  await phoneShows(id, 'on_the_way')
  await close(page, place)
  await phoneShows(id, 'over')
})

test('signing in: refused, slowed down, and over when the session ends', async ({ page, another }) => {
  await page.goto(CONSOLE)
  await fillSignIn(page, 'qutongming', '不是这个密码')
  await expect(page.getByText(/密码.*不正确/)).toBeVisible()
  const enter = page.getByRole('button', { name: '登录', exact: true })
  for (let n = 0; n < 12 && !(await page.getByText(/尝试过多，请在 \d+ 秒后重试。/).count()); n += 1) {
    await enter.click()
    await expect(page.getByText(/不正确|尝试过多/)).toBeVisible()
    await page.waitForResponse(() => true, { timeout: 300 }).catch(() => {})
  }
  await expect(page.getByText(/尝试过多，请在 \d+ 秒后重试。/)).toBeVisible()
  await expect(enter).toBeDisabled()
  await picture(page, 'slowed-down')
  // Guessed from one desk, nobody is locked out at another under another name.
  const other = await another()
  await signIn(other, 'hezhuoyan')
  // The clock goes on by more than a session lasts.
  await stage({ do: 'pass', ms: 45 * 60_000 })
  const dialog = other.getByRole('dialog', { name: '登录已过期，请重新登录' })
  await expect(dialog).toBeVisible({ timeout: 20_000 })
  await picture(other, 'session-over')
  await dialog.getByLabel('密码').fill(process.env.PASSWORD)
  await other.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
})
