// One side is away for a while. Nothing is lost, nothing comes twice, everything keeps its order,
// and pages that stayed open catch up by themselves.

import { file, reply } from "../support/customer.ts";
import { message, openTicket } from "../support/staff.ts";
import { expect, type Page, stays, test } from "../support/test.ts";

/** What the customer's page says, message by message. */
const conversation = (page: Page) => page.locator(".talk .msg .words");

test("what staff wrote and edited while the server was away is there when it returns", async ({ page, world }) => {
  const { discord } = world;
  const jonas = discord.person("Jonas Lind");
  const { number } = await file(page, world, { body: "It is slow." });
  const thread = await discord.thread(number);
  const before = await discord.write(jonas, thread.id, "Since when?");
  await expect(conversation(page)).toHaveText(["It is slow.", "Since when?"]);
  await discord.reacted(thread.id, before.id);
  const customerStays = await stays(page);

  await world.stopServer();
  await discord.edit(jonas, thread.id, before.id, "Since which day?");
  const one = await discord.write(jonas, thread.id, "Is it the same on another machine?");
  const two = await discord.write(jonas, thread.id, "And at which hour?");
  await discord.edit(jonas, thread.id, one.id, "Is it the same elsewhere?");
  await world.startServer();

  const all = ["It is slow.", "Since which day?", "Is it the same elsewhere?", "And at which hour?"];
  await expect(conversation(page)).toHaveText(all, { timeout: 30_000 });
  await expect(message(page, "Since which day?").locator(".edited")).toBeVisible();
  await discord.reacted(thread.id, one.id);
  await discord.reacted(thread.id, two.id);
  await customerStays();

  // Once, also when it is told all of it again.
  await world.restartServer();
  const last = await discord.write(jonas, thread.id, "One question more.");
  await discord.reacted(thread.id, last.id);
  await expect(conversation(page)).toHaveText([...all, "One question more."], { timeout: 30_000 });
  await page.reload();
  await expect(conversation(page)).toHaveText([...all, "One question more."]);
});

test("a page that heard nothing yet catches up too", async ({ page, world }) => {
  const { number } = await file(page, world, { body: "Hello." });
  const thread = await world.discord.thread(number);
  // Everything has arrived before the page opens: its connection has no event to go on from.
  await expect(page.locator("[data-delivery=delivered]")).toBeVisible();
  await page.reload();
  await world.discord.reacted(
    thread.id,
    (await world.discord.write(world.discord.person(), thread.id, "First.")).id,
  );
  await page.reload();
  await expect(conversation(page)).toHaveText(["Hello.", "First."]);
  await world.stopServer();
  await world.discord.write(world.discord.person(), thread.id, "Second.");
  await world.startServer();
  await expect(conversation(page)).toHaveText(["Hello.", "First.", "Second."], { timeout: 30_000 });
});

test("what the customer writes while Discord is away is queued, and arrives once", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world, { body: "Hello." });
  const thread = await discord.thread(number);
  await discord.posted(thread.id, "Hello.");
  await openTicket(staff, world, number);

  await world.stopDiscord();
  await reply(page, "Are you there?");
  const mark = message(page, "Are you there?").locator(".delivery");
  await expect(mark).toHaveAttribute("data-delivery", "queued");
  await expect(mark).toHaveText("Queued");
  await expect(message(staff, "Are you there?").locator("[data-delivery=queued]")).toBeVisible();
  await reply(page, "I wait.");
  const customerStays = await stays(page);
  const staffStays = await stays(staff);

  await world.startDiscord();
  await expect(mark).toHaveAttribute("data-delivery", "delivered", { timeout: 45_000 });
  await expect(message(page, "I wait.").locator(".delivery")).toHaveAttribute("data-delivery", "delivered", {
    timeout: 45_000,
  });
  await expect(message(staff, "I wait.").locator("[data-delivery=delivered]")).toBeAttached();
  await discord.posted(thread.id, "Are you there?");
  await discord.posted(thread.id, "I wait.");
  const said = (await discord.said(thread.id)).map((content) => content.split("\n").at(-1));
  expect(said).toEqual(["Hello.", "Are you there?", "I wait."]);
  await customerStays();
  await staffStays();

  // Discord hears us again, and we hear Discord.
  await discord.write(discord.person("Jonas Lind"), thread.id, "Now we are.");
  await expect(message(page, "Now we are.")).toBeVisible({ timeout: 45_000 });
});

test("a ticket filed while Discord is away survives a power cut and becomes one thread", async ({ page, world }) => {
  const { discord } = world;
  await world.stopDiscord();
  const { number, address } = await file(page, world, { body: "Everything is dark." });
  await world.killServer();
  await world.startDiscord();
  await world.startServer();
  const thread = await discord.thread(number);
  await discord.posted(thread.id, "Everything is dark.");
  expect((await discord.threads()).filter(({ name }) => name.startsWith(`#${number} `))).toHaveLength(1);
  await page.goto(address);
  await expect(conversation(page)).toHaveText(["Everything is dark."]);
  await expect(page.locator("[data-delivery=delivered]")).toBeVisible();
});

test("an answer of Discord's that was lost on its way doubles nothing", async ({ page, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await discord.posted(thread.id, "It ends after 500 rows.");
  // Executed, but the connection is cut before the answer.
  await discord.faults([{ route: "POST /channels/{channel}/messages", action: "drop_after", times: 1 }]);
  await reply(page, "Did this come through?");
  const mark = message(page, "Did this come through?").locator(".delivery");
  await expect(mark).toHaveAttribute("data-delivery", "delivered", { timeout: 30_000 });
  await reply(page, "And this?");
  await discord.posted(thread.id, "And this?");
  await discord.posted(thread.id, "Did this come through?");
  await discord.faults([]);
});
