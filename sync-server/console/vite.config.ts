// How the console is built: one page, one script, one style sheet, no inline code and no outside
// request. The target is the last Chromium for Windows 7, which stands on many duty desks.

import { defineConfig } from "vite";

/** Where `npm run dev` finds the mock server. */
const MOCK = process.env["MOCK"] ?? "http://127.0.0.1:8123";

export default defineConfig({
  // The server may serve the console under any path that ends in a slash.
  base: "./",
  build: {
    target: "chrome109",
    cssTarget: "chrome109",
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What is committed must be what the sources give, whoever builds them.
    sourcemap: false,
  },
  plugins: [
    {
      name: "court-in-dev",
      apply: "serve",
      transformIndexHtml: (html) => html.replace("__COURT__", "0605"),
    },
  ],
  server: { proxy: { "/v1": MOCK, "/mock": MOCK } },
  test: { include: ["src/**/*.test.{ts,tsx}", "tests/*.test.ts"], testTimeout: 60_000 },
} as Parameters<typeof defineConfig>[0]);
