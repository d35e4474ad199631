// Whether everyone can use a page: no rule of WCAG 2.2 AA that a machine can check is broken, in light
// and in dark, and it does not scroll sideways. What is on the page, it does not know.

import { AxeBuilder } from "@axe-core/playwright";

import { expect, type Page } from "./test.ts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** Looks at the page as it is, in both colour schemes. */
export async function holds(page: Page, where: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`),
    );
    expect(found, `${where}, ${colorScheme}`).toEqual([]);
  }
}

/** The same at these widths, where it must not scroll sideways either. */
export async function holdsAt(page: Page, where: string, widths: number[]): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide, `${where} at ${width}`).toBeLessThanOrEqual(0);
    await holds(page, `${where} at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
}
