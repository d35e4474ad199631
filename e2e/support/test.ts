// The test that every spec takes: a world of its own (support/world.ts), and browsers in it that
// complain for themselves. An error in a script, a broken content policy, a dialog that nobody
// asked for fails the test that it happened in.

import { type BrowserContext, type BrowserContextOptions, expect, type Page } from "@playwright/test";

import { signIn } from "./staff.ts";
import { test as inWorld } from "./world.ts";

export { expect } from "@playwright/test";
export type { Locator, Page } from "@playwright/test";
export { until } from "./process.ts";

/** What a browser must never say. Failed requests are not among it: tests provoke them. */
const COMPLAINTS = /content security policy|panicked at|hydrat|unreachable|uncaught/i;

function listen(context: BrowserContext, complaints: string[]): void {
  context.on("weberror", (error) => complaints.push(`a script failed: ${error.error()}`));
  context.on("console", (message) => {
    const about = `${message.type()} on ${message.page()?.url()}: ${message.text()}`;
    if (["error", "warning"].includes(message.type()) && COMPLAINTS.test(message.text())) complaints.push(about);
  });
  context.on("dialog", (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
}

interface Browsers {
  /** What all browsers of this test complained of; looked at when it ends. */
  complaints: string[];
  /** Another browser, with no cookies, and a page in it. */
  another: (options?: BrowserContextOptions) => Promise<Page>;
  /** A browser of its own in which Mira Okafor is signed in, on the dashboard. */
  staff: Page;
}

export const test = inWorld.extend<Browsers>({
  complaints: [
    async ({ context }, use) => {
      const complaints: string[] = [];
      listen(context, complaints);
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
  another: async ({ browser, complaints }, use) => {
    const opened: BrowserContext[] = [];
    await use(async (options) => {
      const context = await browser.newContext(options);
      opened.push(context);
      listen(context, complaints);
      return context.newPage();
    });
    for (const context of opened) await context.close();
  },
  staff: async ({ another, world }, use) => {
    const page = await another();
    await signIn(page, world, "Mira Okafor");
    await use(page);
  },
});

/** Marks the document; the answer asserts that it is still this one, not one loaded since. */
export async function stays(page: Page): Promise<() => Promise<void>> {
  const mark = Math.random();
  await page.evaluate((mark) => Object.assign(window, { mark }), mark);
  return async () => expect(await page.evaluate(() => (window as { mark?: number }).mark)).toBe(mark);
}
