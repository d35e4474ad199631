// What a person can do with the bot on the stand-in's page alone: menus of messages and members, what
// is suggested while one types a command, the set-up's menus, the panel's and a card's buttons.

import { file } from "../support/customer.ts";
import { begin, box, choose, go, invite, log, open, play, run } from "../support/stand-in.ts";
import { expect, type Locator, type Page, test, until } from "../support/test.ts";
import { holds } from "../support/usable.ts";
import type { World } from "../support/world.ts";

test.use({ contextOptions: { reducedMotion: "reduce" }, viewport: { width: 1440, height: 900 } });

// Menus and suggestions are many questions in a short time; limits are other tests' affair.
test.beforeEach(({ world }) => world.discord.limits(false));

/** Says something in the channel that is open, and waits until it is there. */
async function say(page: Page, words: string): Promise<void> {
  await box(page).fill(words);
  await box(page).press("Enter");
  await expect(log(page).getByText(words)).toBeVisible();
}

/** The menu of the last message that holds these words: one of the apps' commands in it is used. */
async function use(page: Page, words: string, command: string): Promise<void> {
  const message = log(page).getByRole("article").filter({ hasText: words }).last();
  await message.hover();
  await message.getByRole("button", { name: "Apps" }).click();
  await page.getByRole("menu", { name: "Apps" }).getByRole("menuitem", { name: command }).click();
}

/** What the bot told the person who is played, last. */
const told = (page: Page, words: string | RegExp) => log(page).getByText(words).last();

/** Where an option's value is typed. */
const option = (form: Locator, name: string) => form.getByRole("combobox", { name: new RegExp(`^${name}\\b`) });

/** The lines that are suggested for an option, as they are shown. */
const suggested = (page: Page, option: string) =>
  page.getByRole("listbox", { name: `Suggestions for ${option}` }).getByRole("option");

/** The number in the last answer that names a ticket like this. */
async function numberIn(page: Page, words: RegExp): Promise<number> {
  await expect(told(page, words)).toBeVisible();
  return Number(words.exec(await told(page, words).innerText())?.[1]);
}

/** Posts the panel in #general, as an admin does. */
async function postPanel(page: Page): Promise<void> {
  await play(page, "Mira");
  await go(page, /general/);
  await run(page, "setup");
  await log(page).getByRole("button", { name: "Post the panel here" }).last().click();
  await expect(told(page, "The panel is in #general")).toBeVisible();
}

/** What an admin decided before; the page is not asked. */
async function decided(world: World, command: string[], options: Record<string, string>, words: string): Promise<void> {
  const mira = world.discord.person("Mira Okafor");
  await world.discord.command(mira, command, options);
  await until(`“${words}”`, async () => (await world.discord.whispered(mira)).content.includes(words));
}

/** The other server, and its channel for tickets. */
async function neighbour(world: World): Promise<{ guild: string; support: string }> {
  const { guilds } = await world.discord.world();
  const { id, channels } = guilds.find(({ name }: { name: string }) => name === "Pixel & Co");
  return { guild: id, support: channels.find(({ name }: { name: string }) => name === "support").id };
}

const field = async (world: World, thread: string, name: string) => (await world.discord.card(thread)).field(name);

test("a message with its file becomes a ticket, which is moved to another category", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await postPanel(page);
  await play(page, "Pat");
  await go(page, /general/);
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Attach a file" }).click();
  await (await chosen).setFiles({ name: "save.txt", mimeType: "text/plain", buffer: Buffer.from("level 7") });
  await say(page, "My save is gone after the update.");

  await play(page, "Jonas");
  await go(page, /general/);
  const command = "Open a ticket from this message";
  await use(page, "My save is gone", command);
  const filed = /Ticket #(\d+) is filed for Pat Rivera, who is being let into its thread\./;
  const number = await numberIn(page, filed);
  await expect(told(page, /Not copied/)).toHaveCount(0);
  await expect(told(page, /It is in A question\. If it belongs elsewhere:/)).toBeVisible();
  await choose(page, "Category", "Payments");
  await expect(told(page, `Ticket #${number} is in Payments now.`)).toBeVisible();
  await use(page, "My save is gone", command);
  await expect(told(page, `Ticket #${number} was made of this message.`)).toBeVisible();

  const thread = await world.discord.thread(number);
  await until("the card tells the category", async () => (await field(world, thread.id, "Category")) === "Payments");
  await go(page, new RegExp(`#${number} My save is gone`));
  await expect(log(page).getByRole("link", { name: /save\.txt/ })).toBeVisible();
});

test("a member's menu lists their tickets, for staff alone", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await postPanel(page);
  await play(page, "Sam");
  await go(page, /general/);
  await say(page, "The lobby is empty.");
  const command = "This member's tickets";
  await use(page, "The lobby is empty.", command);
  await expect(told(page, "Only members with the staff role can do this.")).toBeVisible();

  await play(page, "Jonas");
  await go(page, /general/);
  await use(page, "The lobby is empty.", command);
  await expect(told(page, "Sam Weber has no tickets.")).toBeVisible();
  await use(page, "The lobby is empty.", "Open a ticket from this message");
  const number = await numberIn(page, /Ticket #(\d+) is filed for Sam Weber/);
  await use(page, "The lobby is empty.", command);
  const answer = log(page).getByRole("article").filter({ hasText: "The tickets of Sam Weber:" });
  await expect(answer).toContainText(`#${number} The lobby is empty. · Open · Medium`);
  await expect(answer.getByRole("link", { name: `#${number}` })).toBeVisible();
});

test("a ticket is suggested by its number and by part of its subject", async ({ another, page, world }) => {
  const first = await file(page, world, { subject: "The harbour gate stays shut" });
  const second = await file(page, world, { subject: "No sound in the lighthouse" });
  const staff = await another();
  await open(staff, world.discord.base);
  await play(staff, "Jonas");
  await go(staff, /general/);

  const byNumber = await begin(staff, "ticket view");
  await option(byNumber, "ticket").fill(`${first.number}`);
  const line = (of: typeof first) => `#${of.number} ${of.subject} (Open)`;
  await expect(suggested(staff, "ticket").first()).toHaveText(line(first));
  await holds(staff, "a command with suggestions");
  await suggested(staff, "ticket").first().click();
  await expect(option(byNumber, "ticket")).toHaveValue(line(first));
  await staff.keyboard.press("Enter");
  await expect(told(staff, `#${first.number} ${first.subject}`)).toBeVisible();

  // The keys alone do as well: Esc leaves the list, not the command.
  const bySubject = await begin(staff, "ticket category");
  await option(bySubject, "category").fill("pay");
  await expect(suggested(staff, "category")).toHaveText(["Payments"]);
  await staff.keyboard.press("Escape");
  await expect(suggested(staff, "category")).toHaveCount(0);
  await option(bySubject, "category").fill("paym");
  await expect(suggested(staff, "category")).toHaveText(["Payments"]);
  await staff.keyboard.press("ArrowDown");
  await staff.keyboard.press("Enter");
  await option(bySubject, "ticket").fill("LIGHTH");
  await expect(suggested(staff, "ticket")).toHaveText([line(second)]);
  await staff.keyboard.press("ArrowDown");
  await staff.keyboard.press("Enter");
  await staff.keyboard.press("Enter");
  await expect(told(staff, `Ticket #${second.number} is in Payments now.`)).toBeVisible();
});

test("a subject that nobody chose from the list is no ticket's number", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await play(page, "Jonas");
  await go(page, /general/);
  const form = await begin(page, "ticket view");
  await option(form, "ticket").fill("the one with the boat");
  await form.getByRole("button", { name: "Run" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "“ticket” takes a number." })).toBeVisible();
  await expect(option(form, "ticket")).toHaveValue("the one with the boat");
});

test("a setting is suggested, then what holds now and what it may be", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await play(page, "Mira");
  await go(page, /general/);
  const others = ["the default", "0 (the least)", "3600 (the most)"];
  for (const [now, chosen, answer] of [
    ["30 (now)", "0 (the least)", "cool_down_seconds is 0 now."],
    ["0 (now)", "the default", "cool_down_seconds is back to 30."],
  ]) {
    const form = await begin(page, "config");
    await option(form, "setting").fill("cool");
    await expect(suggested(page, "setting")).toHaveText([/^cool_down_seconds: Seconds between two tickets/]);
    await suggested(page, "setting").click();
    await option(form, "value").click();
    await expect(suggested(page, "value")).toHaveText([now, ...others]);
    await suggested(page, "value").filter({ hasText: chosen }).click();
    await form.getByRole("button", { name: "Run" }).click();
    await expect(told(page, answer)).toBeVisible();
  }

  const form = await begin(page, "config");
  await option(form, "setting").fill("log_ch");
  await suggested(page, "setting").click();
  await option(form, "value").fill("#");
  await expect(suggested(page, "value").filter({ hasText: "#support-log" })).toBeVisible();
});

test("of more than twenty-five suggestions twenty-five come, and typing finds the others", async ({ another, world }) => {
  const name = (n: number) => `way ${String(n).padStart(2, "0")}`;
  for (let n = 1; n <= 27; n += 1) {
    await decided(world, ["quickreply", "set"], { name: name(n), text: "Try it." }, `${name(n)} says it now.`);
  }
  const page = await another();
  await open(page, world.discord.base);
  await play(page, "Jonas");
  await go(page, /general/);
  const form = await begin(page, "reply");
  await option(form, "quick").click();
  await expect(suggested(page, "quick")).toHaveCount(25);
  await option(form, "quick").fill("way 27");
  await expect(suggested(page, "quick")).toHaveText(["way 27"]);
});

test("a server is set up by its menus", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await invite(page);
  await play(page, "Sam");
  await page.getByRole("combobox", { name: "Server" }).selectOption({ label: "Pixel & Co" });
  await go(page, /general/);
  await until("the commands are told there", async () => {
    const { commands } = await world.discord.world();
    return Object.keys(commands.guild).length === 2;
  });
  await run(page, "setup");
  const board = log(page).getByRole("article").filter({ hasText: "Setting up Pixel & Co" }).last();
  const button = (name: string) => board.getByRole("button", { name, exact: true });
  await button("Post the panel here").click();
  await expect(board).toContainText("Decide first who answers and where; then post the panel.");
  await choose(page, "The role of those who answer tickets", "@Support");
  await expect(button("Make a role")).toHaveCount(0);

  await button("Make a channel").click();
  await expect(board).toContainText("I may not make a channel: give my role Manage Channels");
  await page.getByRole("button", { name: "Faults" }).click();
  await page.getByRole("button", { name: "Let the bot make channels and roles" }).click();
  await expect(page.getByText("The bot may make channels and roles in Pixel & Co.")).toBeVisible();
  await page.getByRole("button", { name: "Close the drawer" }).click();
  await button("Make a channel").click();
  await expect(board).toContainText("#tickets is made; staff and I see it.");
  await expect(button("Make a channel")).toHaveCount(0);

  const where = "The channel in which tickets become threads";
  await expect(button(`${where}: #tickets`)).toBeVisible();
  await choose(page, where, "#support");
  await expect(button(`${where}: #support`)).toBeVisible();
  const [kind, becomes] = ["What a ticket becomes", "A ticket becomes a public thread in a channel that staff see"];
  await choose(page, kind, becomes);
  await expect(button(`${kind}: ${becomes}`)).toBeVisible();
  const logging = "The channel for the log, if you want one";
  await choose(page, logging, "#support-log");
  await expect(button(`${logging}: #support-log`)).toBeVisible();

  const places = await neighbour(world);
  const hidden = { permission: "VIEW_CHANNEL", channel: places.support, guild: places.guild };
  const trouble = /⚠️ (?!Order of roles)/;
  /** Discord is asked for three checks in ten seconds, no more: a fourth press shows the last again. */
  const checks = async (shown: () => Promise<void>) => {
    await expect(async () => {
      await button("Check again").click();
      await shown();
    }).toPass({ timeout: 30_000 });
  };
  await expect(board).not.toContainText(trouble);
  await world.discord.order({ do: "take_permission", ...hidden });
  await checks(() => expect(board).toContainText(trouble, { timeout: 2_000 }));
  await world.discord.order({ do: "give_permission", ...hidden });
  await checks(() => expect(board).not.toContainText(trouble, { timeout: 2_000 }));
  await button("Post the panel here").click();
  await expect(log(page).getByRole("button", { name: "Create Ticket" })).toBeVisible();
  await expect(board).toContainText("The panel is in #general");
});

test("a ticket from the panel is taken, raised, closed and reopened on its card", async ({ another, world }) => {
  // Pat may have filed another one a moment ago.
  await decided(world, ["config"], { setting: "cool_down_seconds", value: "0" }, "is 0 now.");
  const page = await another();
  await open(page, world.discord.base);
  await postPanel(page);
  await play(page, "Pat");
  await go(page, /general/);
  await log(page).getByRole("button", { name: "Create Ticket" }).last().click();
  await choose(page, "Choose a category", "My account");
  const form = page.getByRole("dialog", { name: "New ticket: My account" });
  await form.getByRole("textbox").first().fill("I cannot change my name.");
  await form.getByRole("button", { name: "Submit" }).click();
  const number = await numberIn(page, /Your ticket is #(\d+)\./);
  await log(page).getByRole("button", { name: "My Tickets" }).last().click();
  const mine = log(page).getByRole("article").filter({ hasText: "Your tickets:" });
  await expect(mine).toContainText(`#${number} I cannot change my name. · Waiting for our answer`);

  const thread = await world.discord.thread(number);
  const card = log(page).getByRole("article").filter({ hasText: `#${number} I cannot change my name.` });
  const press = (name: string | RegExp) => card.getByRole("button", { name }).click();
  await go(page, new RegExp(`#${number} I cannot change my name`));
  await press("Assign");
  await expect(told(page, "Only members with the staff role can do this.")).toBeVisible();
  await play(page, "Jonas");
  await go(page, new RegExp(`#${number} I cannot change my name`));
  await press("Assign");
  await expect(told(page, `Ticket #${number} is yours.`)).toBeVisible();
  await expect(card).toContainText("Jonas Lind");
  await press("Release");
  await expect(told(page, `Ticket #${number} is nobody's now.`)).toBeVisible();
  await expect(card.getByRole("button", { name: "Release" })).toHaveCount(0);

  await press("Priority: Medium");
  await expect(told(page, `The priority of ticket #${number} is medium.`)).toBeVisible();
  await choose(page, "Priority", "Low");
  await expect(told(page, `The priority of ticket #${number} is low.`)).toBeVisible();
  await expect(card.getByRole("button", { name: "Priority: Low" })).toBeVisible();

  await press("Close");
  const why = page.getByRole("dialog", { name: `Close ticket #${number}?` });
  await why.getByRole("textbox").fill("Names are for ever.");
  await why.getByRole("button", { name: "Submit" }).click();
  await expect(told(page, "Names are for ever.")).toBeVisible();
  await expect(page.getByText("This thread is archived and locked")).toBeVisible();
  // Nobody presses anything in a locked thread; and opening it by hand opens no ticket.
  await page.getByRole("button", { name: "Reopen thread" }).click();
  await expect(page.getByText("This thread is archived and locked")).toHaveCount(0);
  await press("Reopen");
  await expect(told(page, `Ticket #${number} is open again.`)).toBeVisible();
  await expect(card.getByRole("button", { name: "Close" })).toBeVisible();
  await expect(card.getByRole("button", { name: "Reopen" })).toHaveCount(0);
});
