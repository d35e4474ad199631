// The customer's whole way with scripts switched off: only the live update is missing.

import { arrived, close, file, fill, form, reopen, reply, send } from "../support/customer.ts";
import { message } from "../support/staff.ts";
import { expect, test, until } from "../support/test.ts";

test.use({ javaScriptEnabled: false });

test("file, read, answer, close, reopen", async ({ page, world }) => {
  const { discord } = world;
  const filling = form();
  await page.goto(`${world.base}/`);
  await page.getByRole("main").getByRole("link", { name: "New ticket" }).click();
  await fill(page, filling);
  await send(page);
  const { number } = await arrived(page, filling.subject);
  const thread = await discord.thread(number);
  await discord.posted(thread.id, filling.body);

  const written = await discord.write(discord.person("Jonas Lind"), thread.id, "Which file is it?");
  await discord.reacted(thread.id, written.id);
  await page.reload();
  await expect(message(page, "Which file is it?").locator(".who")).toHaveText("Jonas Lind");
  await expect(message(page, filling.body).locator(".delivery")).toHaveText("Delivered");

  await reply(page, "The one from May.");
  await discord.posted(thread.id, "The one from May.");
  await expect(page.getByLabel("Your message")).toHaveValue("");

  const isArchived = async () =>
    (await discord.threads()).find(({ id }) => id === thread.id).thread_metadata.archived as boolean;
  await close(page);
  await until("the thread to be archived", isArchived);
  await reopen(page);
  await until("the thread to be back", async () => !(await isArchived()));
  await close(page);
  await reply(page, "It happened again.");
  await expect(page.locator("#status")).toHaveText("Waiting for our answer.");
  await discord.posted(thread.id, "It happened again.");
});

test("a refused ticket keeps every word", async ({ page, world }) => {
  const filling = form({ email: "ada at example", body: "First line\n\n  second <line>\n" });
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  const refused = page.waitForResponse((response) => response.request().method() === "POST");
  await send(page);
  expect((await refused).status()).toBe(422);
  await expect(page.getByRole("alert")).toContainText("Enter an e-mail address like name@example.com.");
  await expect(page.getByRole("alert")).toContainText("Nothing you typed is lost.");
  await expect(page.getByLabel("Your e-mail address")).toHaveValue(filling.email);
  await expect(page.getByLabel("Subject")).toHaveValue(filling.subject);
  await expect(page.getByLabel("Message")).toHaveValue(filling.body);
  await expect(page.getByRole("radio", { name: filling.category })).toBeChecked();
  await page.getByLabel("Your e-mail address").fill("ada@example.com");
  await send(page);
  await arrived(page, filling.subject);
});

test("a refused answer keeps every word", async ({ page, world }) => {
  await file(page, world);
  const long = "All of this matters. ".repeat(500);
  await page.getByLabel("Your message").fill(long);
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(page.locator("#body-problem")).toContainText("Shorten the message");
  await expect(page.getByLabel("Your message")).toHaveValue(long);
  await reply(page, "In short: it matters.");
});

test("the browser's own list of tickets", async ({ another, page, world }) => {
  await page.goto(`${world.base}/my`);
  await expect(page.getByText("No tickets in this browser yet.")).toBeVisible();
  const first = await file(page, world);
  const second = await file(page, world);
  await page.getByRole("link", { name: "My tickets" }).click();
  await expect(page.locator(".tickets-subject")).toHaveText([second.subject, first.subject]);
  await page.getByRole("link", { name: first.subject }).click();
  await expect(page).toHaveURL(first.address);

  // Another browser learns of a ticket by its link, and only of that one.
  const phone = await another({ javaScriptEnabled: false });
  await phone.goto(first.address);
  await phone.goto(`${world.base}/my`);
  await expect(phone.locator(".tickets-subject")).toHaveText([first.subject]);
});

test("no page of the customers' asks for a script to be readable", async ({ page, world }) => {
  const { address } = await file(page, world);
  for (const path of [`${world.base}/`, `${world.base}/new`, `${world.base}/my`, `${world.base}/staff`, address]) {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.locator("noscript")).toHaveCount(0);
  }
});
