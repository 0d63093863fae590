// The workspaces beside the desk, with what the court's real server says, in both languages: each opens, has no
// serious finding of axe, and leaves a picture.
import AxeBuilder from '@axe-core/playwright'
import { CONSOLE, expect, fillSignIn, picture, stage, test } from './stage.mjs'

test.beforeEach(async () => {
  await stage({ do: 'start' })
  await stage({ do: 'cable', up: true })
  await stage({ do: 'close_all' })
})

const heading = (page) => page.locator('main:not([hidden]) h2[data-heading]')

async function enter(page, person) {
  await page.goto(CONSOLE)
  await fillSignIn(page, person)
  await expect(page.getByLabel('密码')).toHaveCount(0)
}

async function sound(page) {
  const scan = await new AxeBuilder({ page }).analyze()
  const serious = scan.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)).toBe(false)
}

/** Opens an address of the page and looks at it. */
async function look(page, hash, name) {
  await page.evaluate((to) => { location.hash = to }, hash)
  if (hash !== '#/desk') await expect(heading(page)).toBeVisible()
  await expect(page.getByText(/正在读取|Loading/)).toHaveCount(0)
  await expect(page.getByText(/没有送达服务器|could not be read|无法读取/)).toHaveCount(0)
  await sound(page)
  await picture(page, name)
}

for (const language of ['zh', 'en']) {
  test(`the command centre reads acts, cases and records (${language})`, async ({ page }) => {
    const { record } = await stage({ do: 'act' })
    await enter(page, 'guanyongyi')
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click()
    await look(page, '#/desk', `door-desk-${language}`)
    await look(page, '#/command', `door-command-${language}`)
    await look(page, '#/figures', `door-figures-${language}`)
    await look(page, '#/cases', `door-cases-${language}`)
    const shown = page.locator('main:not([hidden])')
    await expect(shown.getByText('(2026)粤0605执1101号').first()).toBeVisible()
    await look(page, `#/cases/${encodeURIComponent('(2026)粤0605执1101号')}`, `door-case-${language}`)
    await look(page, `#/records/${record}`, `door-record-${language}`)
    await expect(shown.getByText('注塑机').first()).toBeVisible()
  })

  test(`the administrator reads people, devices and packs, and no case (${language})`, async ({ page }) => {
    await enter(page, 'zhangyi')
    if (language === 'en') await page.getByRole('button', { name: 'English' }).click()
    await look(page, '#/admin', `door-admin-${language}`)
    await page.evaluate(() => { location.hash = '#/cases' })
    await expect(page.getByText('(2026)粤0605执1101号')).toHaveCount(0)
  })
}
