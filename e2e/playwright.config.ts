// How the browser tests run: one file at a time on two cores, each file with a world of its own
// (see support/world.ts). Nothing is started here, and nothing is shared between files.

import { defineConfig, devices } from "@playwright/test";

import { chromium } from "./support/chromium.ts";

export default defineConfig({
  testDir: "tests",
  outputDir: "test-results",
  // A test that passes only at the second try is a failing test.
  retries: 0,
  workers: Number(process.env.E2E_WORKERS ?? 2),
  fullyParallel: false,
  forbidOnly: Boolean(process.env.CI),
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    ...chromium,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
  },
});
