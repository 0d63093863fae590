// An officer settles at the console what two phones disagree about, in the officer's own name: both values with who
// and when, one of them taken with a reason, and the colleague's phone shows it.
import { CONSOLE, expect, fillSignIn, picture, stage, test } from './stage.mjs'

const REASON = '以铭牌照片为准'

test.beforeEach(async () => {
  await stage({ do: 'start' })
  await stage({ do: 'cable', up: true })
  await stage({ do: 'close_all' })
})

const shown = (page) => page.locator('main:not([hidden])')

async function atRecord(page, person, record) {
  await page.goto(`${CONSOLE}#/records/${record}`)
  await fillSignIn(page, person)
  await expect(page.getByLabel('密码')).toHaveCount(0)
}

test('the handling officer settles what two phones disagree about', async ({ page, another }) => {
  const { record } = await stage({ do: 'differ' })
  expect((await stage({ do: 'names', id: record })).names).toHaveLength(2)

  // A colleague of the case sees both, and whose it is to settle.
  const wen = await another()
  await atRecord(wen, 'wenruotang', record)
  const theirs = shown(wen).locator('.disputes article')
  await expect(theirs).toContainText('由承办人陆启航确定')
  await expect(theirs.getByRole('button')).toHaveCount(0)

  await atRecord(page, 'luqihang', record)
  const dispute = shown(page).locator('.disputes article')
  for (const [name, person] of [['海天注塑机 MA1600', '陆启航'], ['海天注塑机 MA1200', '温若棠']]) {
    const side = dispute.locator('.side').filter({ hasText: name })
    await expect(side).toContainText(person)
    await expect(side).toContainText(/手机.*14:50|手机.*06:50/)
  }
  await dispute.locator('.side').filter({ hasText: 'MA1200' }).getByRole('button', { name: /^采用/ }).click()
  await dispute.getByRole('button', { name: '确定', exact: true }).click()
  await expect(dispute).toContainText('请写明理由')
  await dispute.getByLabel(/确定的理由/).fill(REASON)
  await picture(page, 'settle-open')
  await dispute.getByRole('button', { name: '确定', exact: true }).click()
  await expect(shown(page).locator('.done')).toContainText('已确定')
  await expect(dispute).toHaveCount(0)
  const settled = shown(page).getByRole('region', { name: '已确定的分歧' })
  await expect(settled).toContainText(REASON)
  await shown(page).locator('.history summary').last().click()
  await expect(shown(page).locator('.history')).toContainText('法院控制台')
  await picture(page, 'settle-done')

  // The colleague's phone, and the colleague's page.
  expect((await stage({ do: 'names', id: record })).names).toEqual(['海天注塑机 MA1200', 'luqihang', REASON])
  await wen.reload()
  await expect(shown(wen).getByRole('region', { name: '已确定的分歧' })).toContainText(REASON)
  await expect(theirs).toHaveCount(0)
})

test('an officer has the door to the own cases and no other', async ({ page }) => {
  await page.goto(CONSOLE)
  await fillSignIn(page, 'wenruotang')
  await expect(shown(page).getByText('我参加办理的案件').first()).toBeVisible()
  await expect(shown(page).getByText('(2026)粤0605执1101号').first()).toBeVisible()
  await picture(page, 'settle-cases')
  await page.evaluate(() => { location.hash = '#/command' })
  await expect(page.getByText('您的角色没有这个工作区')).toBeVisible()
})
