// The main job, both ways: a ticket filed in the browser becomes a thread in Discord, answers flow
// in both directions, live, and its state is one and the same on both sides.

import { arrived, close, file, fill, form, reopen, reply, send } from "../support/customer.ts";
import { alive, answer, message, openTicket, row, side } from "../support/staff.ts";
import { expect, stays, test, until } from "../support/test.ts";

test("a ticket becomes a private thread that calls the staff role, and nobody else", async ({ page, world }) => {
  const { discord } = world;
  const mira = discord.person("Mira Okafor");
  const shouting = `@everyone @here <@&${discord.places.staffRoleId}> <@${mira.id}>`;
  const filling = form({
    email: "ada@everyone.example",
    subject: `I cannot log in ${shouting}`,
    category: "My account",
    body: `It says **no**. ${shouting}`,
  });
  await page.goto(`${world.base}/`);
  await page.getByRole("main").getByRole("link", { name: "New ticket" }).click();
  await page.waitForURL(`${world.base}/new`);
  await fill(page, filling);
  await send(page);
  const { number, address } = await arrived(page, filling.subject);
  expect(number).toBe(1);
  expect(new URL(address).pathname).toMatch(/^\/t\/[\w-]{16,}$/);
  await expect(message(page, "It says no.")).toHaveCount(1);

  const thread = await discord.thread(1);
  expect(thread.type).toBe(12);
  expect(thread.parent_id).toBe(discord.places.supportChannelId);
  expect(thread.name).toBe(`#1 ${filling.subject}`);
  expect(thread.thread_metadata).toMatchObject({ archived: false, locked: false, invitable: false });

  const card = await discord.card(thread.id);
  expect(card.embed.title).toContain("#1 I cannot log in");
  expect(card.embed.url).toBe(`${world.base}/staff/tickets/1`);
  expect(card.field("Customer")).toBe("ada@everyone.example");
  expect(card.field("Category")).toBe("My account");
  expect(card.field("Priority")).toBe("Medium");
  expect(card.field("Status")).toBe("Open");
  expect(card.buttons).toEqual(["Assign", expect.stringMatching(/^Priority/), "Close"]);

  const post = await discord.posted(thread.id, "It says **no**.");
  expect(post.content).toContain("customer, on the web");
  expect(post.content).toContain(shouting);
  await reply(page, `Is anybody there? ${shouting}`, "Is anybody there? @everyone");
  await discord.posted(thread.id, "Is anybody there?");
  expect(await discord.rings(thread.id)).toEqual([
    expect.objectContaining({
      message_id: card.message.id,
      user_ids: [],
      roles: [discord.places.staffRoleId],
      everyone: false,
    }),
  ]);

  // Whoever is not staff does not even see it.
  await expect(discord.messages(thread.id, discord.person("Pat Rivera"))).rejects.toThrow(/ 40[34] /);
});

test("what staff write in the thread appears by itself, for the customer and on the dashboard", async ({
  page,
  staff,
  world,
}) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  await expect(page.locator("#status")).toHaveText("Waiting for our answer.");
  const customerStays = await stays(page);
  const staffStays = await stays(staff);

  const written = await discord.write(discord.person("Jonas Lind"), thread.id, "Which browser do you use?");
  await expect(message(page, "Which browser do you use?").locator(".who")).toHaveText("Jonas Lind");
  await expect(page.locator("#status")).toHaveText("We answered. Waiting for you.");
  await expect(message(staff, "Which browser do you use?")).toContainText("Jonas Lind");
  await expect(message(staff, "Which browser do you use?")).toContainText("in Discord");
  await discord.reacted(thread.id, written.id);

  await discord.edit(discord.person("Jonas Lind"), thread.id, written.id, "Which browser, and which version?");
  await expect(message(page, "Which browser, and which version?").locator(".edited")).toBeVisible();
  await expect(message(page, "Which browser do you use?")).toHaveCount(0);
  await expect(message(staff, "Which browser, and which version?")).toHaveCount(1);

  await discord.delete(discord.person("Jonas Lind"), thread.id, written.id);
  await expect(message(page, "Message deleted")).toHaveCount(1);
  await expect(message(page, "Which browser")).toHaveCount(0);
  await expect(message(staff, "Message deleted")).toHaveCount(1);
  await customerStays();
  await staffStays();
});

test("what the customer answers appears in the thread as theirs, from the web", async ({ page, world }) => {
  const { number } = await file(page, world, { email: "grace@example.com" });
  const thread = await world.discord.thread(number);
  await reply(page, "It is Firefox 128.");
  const post = await world.discord.posted(thread.id, "It is Firefox 128.");
  expect(post.author.bot).toBe(true);
  expect(post.content).toContain("grace@example.com");
  expect(post.content).toContain("customer, on the web");
  await expect(message(page, "It is Firefox 128.").locator("[data-delivery=delivered]")).toBeVisible();
});

test("someone who is not staff does not reach the customer from the thread", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  const sam = discord.person("Sam Weber");
  // Staff brought Sam in: who is in the thread and sees its channel may write there.
  const support = `/channels/${discord.places.supportChannelId}`;
  await discord.rest(discord.person("Mira Okafor"), "PUT", `${support}/permissions/${sam.id}`, {
    type: 1,
    allow: String((1n << 10n) | (1n << 38n) | (1n << 16n)),
    deny: "0",
  });
  await discord.rest(discord.person("Mira Okafor"), "PUT", `/channels/${thread.id}/thread-members/${sam.id}`);
  const written = await discord.write(sam, thread.id, "I know better.");
  await discord.reacted(thread.id, written.id, "❌");
  await expect(message(staff, "I know better.")).toContainText("Note");
  await discord.write(discord.person("Jonas Lind"), thread.id, "We are at it.");
  await expect(message(page, "We are at it.")).toBeVisible();
  await expect(page.getByText("I know better.")).toHaveCount(0);
});

test("staff sign in with Discord, see tickets come in, and answer from the web", async ({ another, page, world }) => {
  const { discord } = world;
  const staff = await another();
  const first = await staff.goto(`${world.base}/staff`);
  expect(first?.status()).toBe(401);
  await staff.getByRole("link", { name: "Continue with Discord" }).click();
  await staff.waitForURL(`${discord.base}/oauth2/authorize?**`);
  const asked = new URL(staff.url()).searchParams;
  expect(asked.get("response_type")).toBe("code");
  expect(asked.get("code_challenge_method")).toBe("S256");
  expect(asked.get("state")?.length).toBeGreaterThan(15);
  await staff.getByRole("button", { name: "Mira Okafor" }).click();
  await staff.waitForURL(`${world.base}/staff`);
  await alive(staff);
  await expect(staff.locator(".me")).toContainText("Mira Okafor");

  const staffStays = await stays(staff);
  const { number, subject } = await file(page, world);
  await expect(row(staff, subject)).toBeVisible();
  const thread = await discord.thread(number);
  await row(staff, subject).click();
  await expect(staff).toHaveURL(`${world.base}/staff/tickets/${number}`);
  await expect(staff.getByRole("heading", { level: 2, name: subject })).toBeVisible();
  await expect(message(staff, "It ends after 500 rows.")).toHaveCount(1);

  const customerStays = await stays(page);
  await answer(staff, "Thank you, we look into it.");
  await expect(message(page, "Thank you, we look into it.").locator(".who")).toHaveText("Mira Okafor");
  const post = await discord.posted(thread.id, "Thank you, we look into it.");
  expect(post.content).toContain("Mira Okafor");
  expect(post.content).toContain("[staff](");
  const mark = message(staff, "Thank you, we look into it.").locator("[data-delivery=delivered]");
  await expect(mark).toBeAttached();
  await expect(row(staff, subject)).toContainText("Thank you, we look into it.");
  await customerStays();
  await staffStays();
});

test("the way to the thread leads to it", async ({ page, staff, world }) => {
  const { number, subject } = await file(page, world);
  const thread = await world.discord.thread(number);
  await openTicket(staff, world, number);
  const opened = staff.context().waitForEvent("page");
  await side(staff).getByRole("link", { name: "Open the thread" }).click();
  const there = await opened;
  await expect(there).toHaveURL(`${world.discord.base}/#${thread.id}`);
  await expect(there.getByRole("main")).toContainText(subject);
  await there.close();
});

test("a note stays among staff", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  const thread = await world.discord.thread(number);
  await openTicket(staff, world, number);
  await staff.getByRole("button", { name: "Note", exact: true }).click();
  await staff.getByRole("textbox", { name: "Note for staff" }).fill("They pay late, always.");
  await staff.getByRole("button", { name: "Add note" }).click();
  await expect(message(staff, "They pay late, always.")).toContainText("Note");
  await world.discord.posted(thread.id, "They pay late, always.");
  await staff.getByRole("button", { name: "Reply", exact: true }).click();
  await answer(staff, "We are at it.");
  await expect(message(page, "We are at it.")).toBeVisible();
  await expect(page.getByText("They pay late")).toHaveCount(0);
  expect(await (await page.request.get(page.url())).text()).not.toContain("They pay late");
});

test("Assign and Priority pressed in Discord change the dashboard at once", async ({ page, staff, world }) => {
  const { discord } = world;
  const jonas = discord.person("Jonas Lind");
  const { number, subject } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  const staffStays = await stays(staff);

  await discord.press(jonas, (await discord.card(thread.id)).message, "Assign");
  await expect(side(staff)).toContainText("Jonas Lind took the ticket");
  await expect(side(staff).locator(".person")).toContainText("Jonas Lind");
  await expect(side(staff).locator(".badge")).toHaveText("In progress");
  await expect(row(staff, subject).getByTitle("Assigned to Jonas Lind")).toBeVisible();
  await until("the card to name Jonas", async () =>
    (await discord.card(thread.id)).field("Assigned to").includes("Jonas Lind"),
  );

  // The bot offers the priorities, to whoever pressed; until one is chosen nothing changes.
  await discord.press(jonas, (await discord.card(thread.id)).message, "Priority");
  const menu = await until("the priorities to be offered", async () => {
    const shown = await discord.whispered(jonas);
    return shown.components.length > 0 ? shown : null;
  });
  await discord.choose(jonas, menu, "urgent");
  await expect(staff.getByLabel("Priority", { exact: true })).toHaveValue("urgent");
  await expect(row(staff, subject).getByTitle("Priority: Urgent")).toBeVisible();
  await until("the card to say urgent", async () => (await discord.card(thread.id)).field("Priority") === "Urgent");

  const { interactions } = await discord.world();
  expect(interactions.map((it: { progress: string }) => it.progress)).not.toContain("failed");
  await staffStays();
});

test("assigning and prioritising on the dashboard change the card in Discord", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  const rings = await discord.rings(thread.id);
  await openTicket(staff, world, number);

  await staff.getByRole("button", { name: "Assign to me" }).click();
  await expect(side(staff).locator(".person")).toContainText("Mira Okafor");
  await until("the card to name Mira", async () => {
    const card = await discord.card(thread.id);
    return card.field("Assigned to").includes("Mira Okafor") && card.field("Status") === "In progress";
  });

  await staff.getByLabel("Priority", { exact: true }).selectOption("urgent");
  await until("the card to say urgent", async () => (await discord.card(thread.id)).field("Priority") === "Urgent");
  await expect(side(staff)).toContainText("Mira Okafor set the priority to urgent");

  await staff.getByRole("button", { name: "Unassign" }).click();
  await expect(side(staff)).toContainText("No one");
  await until("the card to name nobody", async () => !(await discord.card(thread.id)).field("Assigned to").includes("Mira"));
  // The card is edited, not posted anew, and calls nobody a second time.
  expect(await discord.rings(thread.id)).toEqual(rings);
  const cards = (await discord.messages(thread.id)).filter((message) => message.embeds.length > 0);
  expect(cards).toHaveLength(1);
});

test("Close in Discord closes for all, in one change of the thread; the dashboard reopens", async ({
  page,
  staff,
  world,
}) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  const customerStays = await stays(page);
  const metadata = async () => (await discord.threads()).find(({ id }) => id === thread.id).thread_metadata;

  await discord.press(discord.person("Jonas Lind"), (await discord.card(thread.id)).message, "Close");
  await discord.submit(discord.person("Jonas Lind"), "");
  await expect(page.locator("#status")).toContainText("This ticket is closed.");
  await expect(page.getByRole("button", { name: "Reopen ticket" })).toBeVisible();
  await expect(side(staff).locator(".badge")).toHaveText("Closed");
  await until("the thread to be archived", async () => (await metadata()).archived);
  expect(await metadata()).toMatchObject({ archived: true, locked: true });
  expect(await discord.changes(thread.id)).toEqual([expect.objectContaining({ status: 200 })]);
  const closed = await discord.card(thread.id);
  expect(closed.field("Status")).toBe("Closed");
  expect(closed.buttons).toContain("Reopen");

  await side(staff).getByRole("button", { name: "Reopen ticket" }).click();
  await expect(page.locator("#status")).toHaveText("Waiting for our answer.");
  await until("the thread to be back", async () => !(await metadata()).archived);
  expect(await metadata()).toMatchObject({ archived: false, locked: false });
  await until("the card to say open", async () => (await discord.card(thread.id)).field("Status") === "Open");
  expect(await discord.changes(thread.id)).toHaveLength(2);
  // It is a conversation again.
  await discord.write(discord.person("Jonas Lind"), thread.id, "We go on here.");
  await expect(message(page, "We go on here.")).toBeVisible();
  await customerStays();
});

test("the dashboard closes, and the customer reopens by writing", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  const isArchived = async () =>
    (await discord.threads()).find(({ id }) => id === thread.id).thread_metadata.archived as boolean;
  await openTicket(staff, world, number);
  await side(staff).getByRole("button", { name: "Close ticket" }).click();
  await expect(page.locator("#status")).toContainText("This ticket is closed.");
  await until("the thread to be archived", isArchived);
  expect(await discord.changes(thread.id)).toHaveLength(1);

  await reply(page, "One more thing.");
  await expect(page.locator("#status")).toHaveText("Waiting for our answer.");
  await expect(side(staff).locator(".badge")).toHaveText("Open");
  await discord.posted(thread.id, "One more thing.");
  expect(await isArchived()).toBe(false);
});

test("the dashboard closes with a reason, which both sides read", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  await side(staff).getByRole("button", { name: "Close with a reason…" }).click();
  const reason = side(staff).getByRole("textbox", { name: "Why it is closed; the customer reads it" });
  await expect(reason).toBeFocused();
  await reason.press("Escape");
  await side(staff).getByRole("button", { name: "Close with a reason…" }).click();
  await expect(side(staff).getByRole("button", { name: "Close with this reason" })).toBeDisabled();
  await reason.fill("It went out **today**.");
  await side(staff).getByRole("button", { name: "Close with this reason" }).click();
  await expect(side(staff).locator(".badge")).toHaveText("Closed");
  await expect(side(staff).getByRole("button", { name: "Close with a reason…" })).toHaveCount(0);
  await expect(page.locator("#why")).toContainText("It went out today.");
  await discord.posted(thread.id, "It went out **today**.");
});

test("the customer closes and reopens", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  const isArchived = async () =>
    (await discord.threads()).find(({ id }) => id === thread.id).thread_metadata.archived as boolean;
  await openTicket(staff, world, number);
  await close(page);
  await expect(side(staff).locator(".badge")).toHaveText("Closed");
  await until("the thread to be archived", isArchived);
  await reopen(page);
  await expect(side(staff).locator(".badge")).toHaveText("Open");
  await until("the thread to be back", async () => !(await isArchived()));
  await expect(side(staff)).toContainText("The customer reopened the ticket");
});
