// What a person does on the stand-in's own page, on which they play Discord: whom they are, where,
// and the ways to call the bot.

import { expect, type Locator, type Page } from "@playwright/test";

export async function open(page: Page, base: string): Promise<void> {
  await page.goto(base);
  await expect(page.getByRole("navigation", { name: "Channels and threads" }).getByRole("link").first()).toBeVisible();
}

export async function play(page: Page, name: string): Promise<void> {
  const person = page.getByRole("combobox", { name: "You are" });
  const option = person.getByRole("option", { name: new RegExp(`^${name}`) });
  await person.selectOption((await option.getAttribute("value")) ?? "");
  await expect(page.locator("#person-face")).toHaveText(name[0]);
}

export async function go(page: Page, channel: RegExp): Promise<void> {
  await page.getByRole("navigation", { name: "Channels and threads" }).getByRole("link", { name: channel }).click();
}

/** Where one writes. */
export function box(page: Page): Locator {
  return page.getByRole("combobox", { name: /^Write as/ }).or(page.getByRole("textbox", { name: /^Write as/ }));
}

/** The messages of what is open. */
export function log(page: Page): Locator {
  return page.getByRole("log", { name: "Messages" });
}

/** Types a command's name; the answer is its form, not yet filled in. */
export async function begin(page: Page, command: string): Promise<Locator> {
  await box(page).fill(`/${command}`);
  await page.getByRole("option", { name: new RegExp(`^/${command}\\b`) }).first().click();
  return page.getByRole("form", { name: `Command /${command}` });
}

/** Types a command's name and runs it, with nothing in its options. */
export async function run(page: Page, command: string): Promise<void> {
  await (await begin(page, command)).getByRole("button", { name: "Run" }).click();
}

/** Chooses a line of the last menu of that name under a message, whatever is chosen in it now. */
export async function choose(page: Page, menu: string, line: string): Promise<void> {
  await log(page).getByRole("button", { name: new RegExp(`^${menu}(:|$)`) }).last().click();
  await page.getByRole("listbox", { name: menu, exact: true }).getByRole("option", { name: line, exact: true }).click();
}

/** Invites the bot to another server from the drawer. */
export async function invite(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Faults" }).click();
  await page.getByRole("button", { name: "Invite the bot elsewhere…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Invite it" }).click();
  await expect(page.getByText("The bot is in Pixel & Co, too.")).toBeVisible();
  await page.getByRole("button", { name: "Close the drawer" }).click();
}
