// Pages stay fresh over one connection per browser, however many tabs, and survive its loss.

import { file, reply } from "../support/customer.ts";
import { alive, answer, message, openTicket, row } from "../support/staff.ts";
import { expect, type Page, stays, test, until } from "../support/test.ts";
import type { World } from "../support/world.ts";

/** How many streams of live hints the server holds open. */
async function streams(world: World): Promise<number> {
  const health = await (await fetch(`${world.base}/api/health`)).json();
  return health.viewers as number;
}

/** Another tab of the same browser. */
async function tab(page: Page, address: string): Promise<Page> {
  const opened = await page.context().newPage();
  await opened.goto(address);
  return opened;
}

test("three tabs share one connection, and one that closes hands it over", async ({ page, world }) => {
  const { discord } = world;
  const { number, address } = await file(page, world);
  const thread = await discord.thread(number);
  await expect(page.locator("[data-delivery=delivered]")).toBeVisible();
  await page.close();
  await until("the first tab's stream to end", async () => (await streams(world)) === 0);

  const context = page.context();
  let asked = 0;
  context.on("request", (request) => {
    if (new URL(request.url()).pathname === "/api/events") asked += 1;
  });
  const tabs = [await context.newPage()];
  await tabs[0].goto(address);
  await until("the first stream", async () => (await streams(world)) === 1);
  tabs.push(await tab(tabs[0], address), await tab(tabs[0], address));

  await discord.write(discord.person(), thread.id, "To all of you.");
  for (const one of tabs) await expect(message(one, "To all of you.")).toBeVisible();
  expect(asked).toBe(1);
  expect(await streams(world)).toBe(1);

  const rest = tabs.slice(1);
  const stayed = await Promise.all(rest.map(stays));
  await tabs[0].close();
  await until("one of the others to connect", async () => asked === 2 && (await streams(world)) === 1);
  await discord.write(discord.person(), thread.id, "To those who are left.");
  for (const one of rest) await expect(message(one, "To those who are left.")).toBeVisible();
  expect(asked).toBe(2);
  await Promise.all(stayed.map((check) => check()));
});

test("what happens between two leaders is not missed", async ({ page, world }) => {
  const { discord } = world;
  const { number, address } = await file(page, world);
  const thread = await discord.thread(number);
  const follower = await tab(page, address);
  await expect(message(follower, "It ends after 500 rows.")).toBeVisible();
  const followerStays = await stays(follower);
  await Promise.all([page.close(), discord.write(discord.person(), thread.id, "Just now.")]);
  await expect(message(follower, "Just now.")).toBeVisible();
  await followerStays();
});

test("a dashboard and a customer's page in one browser share it too", async ({ staff, world }) => {
  const { discord } = world;
  const before = await until("the dashboard's stream", () => streams(world));
  const customer = await staff.context().newPage();
  const { number, subject } = await file(customer, world);
  const thread = await discord.thread(number);
  await expect(row(staff, subject)).toBeVisible();
  await discord.write(discord.person("Jonas Lind"), thread.id, "For both of you.");
  await expect(message(customer, "For both of you.")).toBeVisible();
  await expect(row(staff, subject)).toContainText("For both of you.");
  await until("one stream for both", async () => (await streams(world)) === before);
  // Nor does it matter which of the two goes.
  await staff.close();
  await discord.write(discord.person("Jonas Lind"), thread.id, "For the customer.");
  await expect(message(customer, "For the customer.")).toBeVisible();
});

test("a ticket that is opened later in another tab is followed as well", async ({ another, page, world }) => {
  const { discord } = world;
  const first = await file(page, world);
  const elsewhere = await another();
  const second = await file(elsewhere, world);
  const other = await tab(page, second.address);
  const threads = [await discord.thread(first.number), await discord.thread(second.number)];
  await discord.write(discord.person(), threads[1].id, "About the second.");
  await expect(message(other, "About the second.")).toBeVisible();
  await discord.write(discord.person(), threads[0].id, "About the first.");
  await expect(message(page, "About the first.")).toBeVisible();
  await expect(message(page, "About the second.")).toHaveCount(0);
});

test("a customer's browser hears of its own tickets only", async ({ another, page, world }) => {
  await file(page, world);
  const stranger = await another();
  const answered = await stranger.request.get(`${world.base}/api/events`);
  expect(answered.status()).toBe(401);
});

test("the list of one's tickets stays fresh", async ({ page, world }) => {
  const { discord } = world;
  const { number, subject } = await file(page, world);
  const thread = await discord.thread(number);
  await page.goto(`${world.base}/my`);
  const pageStays = await stays(page);
  const mine = page.locator(".tickets li").filter({ hasText: subject });
  await expect(mine.locator(".badge")).toHaveText("Waiting for our answer");
  await discord.write(discord.person(), thread.id, "Here it is.");
  await expect(mine.locator(".badge")).toHaveText("We answered");
  await pageStays();
});

test("an update touches neither what is typed nor what is selected", async ({ page, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  const box = page.getByLabel("Your message");
  await box.fill("Half a sent");
  await box.evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(5, 6));
  await discord.write(discord.person(), thread.id, "Meanwhile.");
  await expect(message(page, "Meanwhile.")).toBeVisible();
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("Half a sent");
  expect(await box.evaluate((area: HTMLTextAreaElement) => [area.selectionStart, area.selectionEnd])).toEqual([5, 6]);
  await box.pressSequentially("-");
  await expect(box).toHaveValue("Half - sent");
});

test("a lost server is said, and nothing typed is lost", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  await world.discord.thread(number);
  await openTicket(staff, world, number);
  await page.getByLabel("Your message").fill("I was just about to");
  await staff.getByRole("textbox", { name: "Reply to the customer" }).fill("So were we");
  const stayed = await Promise.all([page, staff].map(stays));
  // The connection is there: what happens now is seen without a reload.
  await until("both streams", async () => (await streams(world)) >= 2);

  await world.stopServer();
  for (const one of [page, staff]) {
    await expect(one.locator(".live-bar")).toHaveText("Reconnecting…, your text is safe");
  }
  await page.getByLabel("Your message").press("End");
  await page.getByLabel("Your message").pressSequentially(" send this.");
  // Sending into the void is said in words, and keeps the text.
  await staff.getByRole("button", { name: "Send reply" }).click();
  await expect(staff.locator(".composer").getByRole("alert")).toContainText("could not be reached");
  await expect(staff.getByRole("textbox", { name: "Reply to the customer" })).toHaveValue("So were we");

  await world.startServer();
  for (const one of [page, staff]) await expect(one.locator(".live-bar")).toHaveCount(0, { timeout: 20_000 });
  await expect(page.getByLabel("Your message")).toHaveValue("I was just about to send this.");
  await Promise.all(stayed.map((check) => check()));
  await staff.getByRole("button", { name: "Send reply" }).click();
  await expect(message(page, "So were we")).toBeVisible({ timeout: 20_000 });
  await expect(page.getByLabel("Your message")).toHaveValue("I was just about to send this.");
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(message(staff, "I was just about to send this.")).toBeVisible();
  await expect(message(staff, "So were we")).toHaveCount(1);
});

test("a customer's answer that met no server is still in its box afterwards", async ({ page, world }) => {
  await file(page, world);
  const address = page.url();
  await page.getByLabel("Your message").fill("Do not lose me.");
  await world.stopServer();
  await page.getByRole("button", { name: "Send reply" }).click();
  await page.waitForURL((url) => url.protocol === "chrome-error:").catch(() => undefined);
  await world.startServer();
  await page.goto(address);
  await expect(page.getByLabel("Your message")).toHaveValue("Do not lose me.");
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(message(page, "Do not lose me.")).toHaveCount(1);
  await expect(page.getByLabel("Your message")).toHaveValue("");
});

test("switching tickets keeps each draft, and a reload too", async ({ page, staff, world }) => {
  const one = await file(page, world);
  const two = await file(page, world);
  await openTicket(staff, world, one.number);
  const box = staff.getByRole("textbox", { name: "Reply to the customer" });
  await box.fill("For the first");
  await row(staff, two.subject).click();
  await expect(staff.getByRole("heading", { level: 2, name: two.subject })).toBeVisible();
  await expect(box).toHaveValue("");
  await answer(staff, "For the second");
  await expect(box).toHaveValue("");
  await row(staff, one.subject).click();
  await expect(box).toHaveValue("For the first");
  await staff.reload();
  await alive(staff);
  await expect(box).toHaveValue("For the first");
});

test("the customer's answer shows on the dashboard by itself", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  await openTicket(staff, world, number);
  const staffStays = await stays(staff);
  await reply(page, "Here I am again.");
  await expect(message(staff, "Here I am again.")).toBeVisible();
  await staffStays();
});
