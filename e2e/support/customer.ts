// What a customer does, in the words of the customers' pages. It works with and without scripts.

import { expect, type Locator, type Page } from "@playwright/test";

/** A ticket that was filed. */
export interface Filed {
  number: number;
  /** The private link. */
  address: string;
  subject: string;
}

export interface Form {
  email: string;
  subject: string;
  /** The beginning of the category's name. */
  category: string;
  body: string;
}

let filed = 0;

/** A form that is in order, with a subject that no other ticket of this run has. */
export function form(parts: Partial<Form> = {}): Form {
  filed += 1;
  return {
    email: "ada@example.com",
    subject: `The export stops halfway, case ${process.pid}-${filed}`,
    category: "Something is broken",
    body: "It ends after 500 rows.",
    ...parts,
  };
}

/** Fills the form for a new ticket. */
export async function fill(page: Page, { email, subject, category, body }: Form): Promise<void> {
  await page.locator(".choice").filter({ hasText: category }).click();
  await page.getByLabel("Your e-mail address").fill(email);
  await page.getByLabel("Subject").fill(subject);
  await page.getByLabel("Message").fill(body);
}

/** Puts a long text into a box at once; typing it in would take minutes. */
export async function paste(box: Locator, text: string): Promise<void> {
  await box.evaluate((area: HTMLTextAreaElement, text) => {
    area.value = text;
    area.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }, text);
}

export async function send(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send ticket" }).click();
}

/** Files a ticket and lands on its page. */
export async function file(page: Page, world: { base: string }, parts: Partial<Form> = {}): Promise<Filed> {
  const filling = form(parts);
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  await send(page);
  return arrived(page, filling.subject);
}

/** Waits for the page of the ticket that was just filed. */
export async function arrived(page: Page, subject: string): Promise<Filed> {
  await page.waitForURL(/\/t\/[\w-]+$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(subject);
  const number = Number((await page.locator(".ticket-head .number").innerText()).slice(1));
  return { number, address: page.url(), subject };
}

/** Writes under the conversation. */
export async function reply(page: Page, words: string, shown = words): Promise<void> {
  await page.getByLabel("Your message").fill(words);
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(page.locator(".talk .msg-own").filter({ hasText: shown })).toBeVisible();
}

/** Closes the ticket; it asks once more. */
export async function close(page: Page): Promise<void> {
  await page.locator("#close > summary").click();
  await page.getByRole("button", { name: "Close ticket" }).click();
  await expect(page.locator("#status")).toContainText("closed");
}

export async function reopen(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Reopen ticket" }).click();
  await expect(page.locator("#status")).not.toContainText("closed");
}
