// `cargo xtask screenshots` runs this over a demo that it has started: one project for each width
// and colour scheme. What is photographed stands in screenshots.ts.

import { defineConfig } from "@playwright/test";

import { chromium } from "./support/chromium.ts";

const schemes = ["light", "dark"] as const;
const widths = [
  { name: "phone", viewport: { width: 390, height: 844 } },
  { name: "desktop", viewport: { width: 1440, height: 900 } },
];

export default defineConfig({
  testDir: ".",
  testMatch: "screenshots.ts",
  outputDir: "test-results/screenshots",
  workers: 1,
  use: { ...chromium, baseURL: process.env.THREADLINE_BASE },
  projects: widths.flatMap(({ name, viewport }) =>
    schemes.map((colorScheme) => ({ name: `${name}-${colorScheme}`, use: { viewport, colorScheme } })),
  ),
});
