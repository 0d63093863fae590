// What every test stands on: people who sign in, the phone and the server behind the stage, pictures.
import { createConnection } from 'node:net'
import { fileURLToPath } from 'node:url'
import { test as base, expect } from '@playwright/test'

const CONSOLE = process.env.CONSOLE
const PASSWORD = process.env.PASSWORD
const PICTURES = fileURLToPath(new URL('../../../target/console-real', import.meta.url))

/** Asks the stage, which holds the phone, the clock, the cable and the server: one line there, one back. */
export function stage(wish) {
  const [host, port] = process.env.STAGE.split(':')
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(port) })
    let said = ''
    socket.setEncoding('utf8')
    socket.on('data', (text) => (said += text))
    socket.on('end', () => {
      const answer = JSON.parse(said)
      if (answer.error) reject(new Error(answer.error))
      else resolve(answer)
    })
    socket.on('error', reject)
    socket.end(JSON.stringify(wish) + '\n')
  })
}

/** Fails on anything the page complains of or asks of others. */
function listen(page, complaints) {
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const text = message.text()
    if (message.type() === 'error' && /content security|refused to/i.test(text)) complaints.push(text)
  })
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(new URL(CONSOLE).origin) && !url.startsWith('data:')) complaints.push(url)
  })
}

export const test = base.extend({
  complaints: async ({}, use) => {
    const complaints = []
    await use(complaints)
    expect(complaints).toEqual([])
  },
  page: async ({ page, complaints }, use) => {
    listen(page, complaints)
    await use(page)
  },
  /** Another person at another computer. */
  another: async ({ browser, complaints }, use) => {
    const opened = []
    await use(async () => {
      const context = await browser.newContext({ locale: 'zh-CN' })
      opened.push(context)
      const page = await context.newPage()
      listen(page, complaints)
      return page
    })
    for (const context of opened) await context.close()
  },
})

export async function fillSignIn(page, person, password = PASSWORD) {
  await page.getByLabel('工号').fill(person)
  await page.getByLabel('密码').fill(password)
  await page.getByRole('button', { name: '登录', exact: true }).click()
}

export async function signIn(page, person) {
  await page.goto(CONSOLE)
  await fillSignIn(page, person)
  await expect(page.getByText('连接正常')).toBeVisible()
}

export const banner = (page) => page.locator('.banner')
export const rows = (page) => page.getByRole('listbox').getByRole('option').and(page.locator('li'))
/** A list's row by the request's place. */
export const row = (page, place) => rows(page).filter({ hasText: place })

/** The phone's screen for a request, once it says what is wanted; the phone asks the court each time. */
export async function phoneShows(id, hop) {
  await expect.poll(async () => (await stage({ do: 'shown', id })).hop, { timeout: 15_000 }).toBe(hop)
}

export async function picture(page, name) {
  await page.screenshot({ path: `${PICTURES}/${name}.png`, animations: 'disabled' })
}

export { CONSOLE, expect }
