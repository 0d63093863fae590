// Who is on duty, on two consoles at once over the real server.
import { expect, picture, row, signIn, stage, test } from './stage.mjs'

test.beforeEach(async () => {
  await stage({ do: 'start' })
  await stage({ do: 'cable', up: true })
  await stage({ do: 'close_all' })
  await stage({ do: 'pass', ms: 60 * 60_000 })
})

async function open(page) {
  await page.getByRole('button', { name: '值班警力' }).click()
  const dialog = page.getByRole('dialog', { name: '值班警力' })
  await expect(dialog.getByLabel('第1行 单位')).toBeVisible()
  return dialog
}

/** Around the clock, whatever the hour of the test. */
async function write(dialog, n, unit) {
  await dialog.getByLabel(`第${n}行 单位`).fill(unit)
  await dialog.getByLabel(`第${n}行 开始`).fill('00:00')
  await dialog.getByLabel(`第${n}行 结束`).fill('00:00')
}

async function save(dialog) {
  await dialog.getByRole('button', { name: '保存' }).click()
  await expect(dialog).toHaveCount(0)
}

test('two write the plan at the change of a shift: nothing of either is lost', async ({ page, another }) => {
  await signIn(page, 'tanliheng')
  const other = await another()
  await signIn(other, 'hezhuoyan')
  const [mine, theirs] = [await open(page), await open(other)]
  await write(theirs, 1, '巡逻一组')
  await save(theirs)
  await write(mine, 1, '夜班一组')
  await mine.getByRole('button', { name: '保存' }).click()
  await expect(mine.getByText('值班警力刚被他人改过')).toBeVisible()
  await expect(mine.getByLabel('第1行 单位')).toHaveValue('夜班一组')
  await mine.getByRole('region', { name: '他人刚保存的' }).getByRole('button', { name: '加入巡逻一组' }).click()
  await picture(page, 'duty-moved')
  await save(mine)
  const stands = await open(other)
  await expect(stands.getByLabel('第1行 单位')).toHaveValue('夜班一组')
  await expect(stands.getByLabel('第2行 单位')).toHaveValue('巡逻一组')
})

test('a unit that the command centre sends elsewhere is out on its own station\'s console', async ({ page, another }) => {
  await signIn(page, 'qutongming')
  const plan = await open(page)
  await write(plan, 1, '西樵一组')
  await save(plan)
  const command = await another()
  await signIn(command, 'guanyongyi')
  const place = '九江镇龙高路8号'
  await stage({ do: 'ask', place })
  await row(command, place).click()
  await command.getByRole('button', { name: '出警', exact: true }).click()
  await command.getByRole('list', { name: '就近警力' }).getByRole('button', { name: '西樵一组' }).click()
  await command.getByRole('button', { name: '确认：出警' }).click()
  await expect(row(command, place)).toContainText('西樵派出所 西樵一组')
  const lent = page.getByRole('region', { name: '指挥中心派往他所的本所警力' })
  await expect(lent).toContainText(`西樵一组 → 九江派出所 ${place}`, { timeout: 20_000 })
  await picture(page, 'lent')
  await expect(row(page, place)).toHaveCount(0)
  await stage({ do: 'close_all' })
  await expect(lent).toHaveCount(0, { timeout: 20_000 })
})
