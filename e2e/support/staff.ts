// What a member of staff does on the dashboard, in the words of its pages.

import { expect, type Locator, type Page } from "@playwright/test";

/** Waits until the dashboard's buttons do something. */
export async function alive(page: Page): Promise<void> {
  await expect(page.locator("body[data-hydrated]")).toBeAttached();
}

/** Signs in through Discord's page, from wherever the dashboard asks for it. */
export async function signIn(page: Page, world: { base: string }, name: string, address = "/staff"): Promise<void> {
  await page.goto(world.base + address);
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  await page.getByRole("button", { name }).click();
  await page.waitForURL(world.base + address);
  await alive(page);
}

/** Opens a ticket by its address. */
export async function openTicket(page: Page, world: { base: string }, number: number): Promise<void> {
  await page.goto(`${world.base}/staff/tickets/${number}`);
  await alive(page);
  await expect(page.locator(".ticket-head .number")).toHaveText(`#${number}`);
}

/** A ticket's row in the list. */
export function row(page: Page, subject: string): Locator {
  return page.locator("a[data-row]").filter({ hasText: subject });
}

/** Writes to the customer. */
export async function answer(page: Page, words: string): Promise<void> {
  await page.getByRole("textbox", { name: "Reply to the customer" }).fill(words);
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(message(page, words)).toBeVisible();
}

/** The message that holds these words, on the dashboard or on the customer's page. */
export function message(page: Page, words: string): Locator {
  return page.locator(".talk .msg").filter({ hasText: words });
}

/** The panel with the ticket's state. */
export function side(page: Page): Locator {
  return page.getByRole("complementary", { name: "Details" });
}
