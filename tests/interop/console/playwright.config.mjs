// The console in Debian's Chromium against the court's server, which `sync-server/tests/console_browser.rs`
// starts; it says where in CONSOLE and STAGE. Pictures go to target/console-real.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.mjs',
  outputDir: '../../../target/console-real/traces',
  workers: 1,
  // A machine that does other things may miss a second; what needed a second try is printed as flaky.
  retries: 1,
  timeout: 120_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1366, height: 768 },
    locale: 'zh-CN',
    // The console tells Beijing's time whatever this says.
    timezoneId: 'America/New_York',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox'],
    },
  },
})
