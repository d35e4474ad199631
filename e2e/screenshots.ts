// The pages worth looking at, photographed whole. Add a page here when you add one to the product.

import { join } from "node:path";

import { test } from "@playwright/test";

const OUT = process.env.SCREENSHOTS_DIR ?? "test-results/screenshots";
const DISCORD = process.env.THREADLINE_DISCORD ?? "";

const pages: [name: string, address: string][] = [
  ["front", "/"],
  ["new", "/new"],
  ["staff", "/staff"],
  ["not-found", "/t/no-such-ticket"],
  ["discord", `${DISCORD}/`],
];

for (const [name, address] of pages) {
  test(name, async ({ page }, info) => {
    await page.goto(address);
    const path = join(OUT, `${name}-${info.project.name}.png`);
    await page.screenshot({ path, fullPage: true, animations: "disabled" });
  });
}
