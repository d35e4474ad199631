// What people should not type, and do: every answer is a clear page that keeps what was typed.

import { arrived, file, fill, form, paste, reply, send } from "../support/customer.ts";
import { alive, answer, message, openTicket, row } from "../support/staff.ts";
import { expect, type Page, test, until } from "../support/test.ts";

const SCRIPTS = `"><script>alert(1)</script><img src=x onerror=alert(2)></textarea><svg onload=alert(3)>{{7*7}}`;

/** Sends the form for a new ticket and answers with the status. */
async function refused(page: Page): Promise<number> {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await send(page);
  const status = (await answered).status();
  await page.waitForLoadState();
  return status;
}

/** Nothing that a text could have become is in the document. */
async function onlyText(page: Page): Promise<void> {
  await expect(page.locator('[src="x"], [onerror], [onload], body script:not([nonce])')).toHaveCount(0);
}

test("an empty form is told everything at once, beside the fields and on top", async ({ page, world }) => {
  await page.goto(`${world.base}/new`);
  expect(await refused(page)).toBe(422);
  await expect(page).toHaveTitle(/^Not sent yet/);
  const summary = page.getByRole("alert");
  await expect(summary).toBeFocused();
  await expect(summary.getByRole("heading")).toHaveText("Four things need your attention");
  await expect(summary.getByRole("link")).toHaveCount(4);
  for (const field of ["email", "subject", "category", "body"]) {
    await expect(page.locator(`#${field}-problem`)).not.toBeEmpty();
  }
  await expect(page.getByLabel("Your e-mail address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Your e-mail address")).toHaveAccessibleDescription(/Enter your e-mail address/);
  // Each line of the summary leads to its field.
  await summary.getByRole("link", { name: "Say in a few words what this is about." }).click();
  await expect(page.getByLabel("Subject")).toBeFocused();
});

test("blank is empty", async ({ page, world }) => {
  await page.goto(`${world.base}/new`);
  await fill(page, form({ email: "  ", subject: " \u200b \u2003", body: "\n \n" }));
  expect(await refused(page)).toBe(422);
  await expect(page.locator(".problem")).toHaveCount(3);
});

test("one wrong field is said once, and the rest stays as it was", async ({ page, world }) => {
  const filling = form({ email: "ada@", body: "One\n\n<b>two</b> & three\n" });
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  expect(await refused(page)).toBe(422);
  await expect(page.locator(".problem")).toHaveCount(1);
  await expect(page.locator("#email-problem")).toHaveText("Enter an e-mail address like name@example.com.");
  await expect(page.getByRole("alert").getByRole("heading")).toHaveText("One thing needs your attention");
  await expect(page.getByLabel("Your e-mail address")).toHaveValue(filling.email);
  await expect(page.getByLabel("Subject")).toHaveValue(filling.subject);
  await expect(page.getByLabel("Message")).toHaveValue(filling.body);
  await expect(page.getByRole("radio", { name: filling.category })).toBeChecked();
  await page.getByLabel("Your e-mail address").fill("ada@example.com");
  await send(page);
  await arrived(page, filling.subject);
});

test("a subject's length is counted as people count", async ({ page, world }) => {
  const family = "👩‍👩‍👧‍👦";
  await page.goto(`${world.base}/new`);
  await fill(page, form({ subject: family.repeat(121) }));
  expect(await refused(page)).toBe(422);
  await expect(page.locator("#subject-problem")).toHaveText("Shorten the subject to 120 characters; it has 121.");
  await expect(page.getByLabel("Subject")).toHaveValue(family.repeat(121));
  await page.getByLabel("Subject").fill(family.repeat(120));
  await send(page);
  const { number } = await arrived(page, family.repeat(120));
  const thread = await world.discord.thread(number);
  expect(thread.name.length).toBeLessThanOrEqual(100);
});

test("a message of 100 KB is refused and kept", async ({ page, world }) => {
  const body = "0123456789abcde\n".repeat(6_400).trimEnd();
  await page.goto(`${world.base}/new`);
  await fill(page, form());
  await paste(page.getByLabel("Message"), body);
  expect(await refused(page)).toBe(422);
  await expect(page.locator("#body-problem")).toContainText("Shorten the message to 10000 characters");
  expect(await page.getByLabel("Message").inputValue()).toBe(body);
});

test("as many @everyone as fit call nobody", async ({ page, world }) => {
  const { discord } = world;
  await page.goto(`${world.base}/new`);
  await fill(page, form());
  await paste(page.getByLabel("Message"), "@everyone ".repeat(10_000));
  expect(await refused(page)).toBe(422);
  await paste(page.getByLabel("Message"), "@everyone ".repeat(1_000));
  await send(page);
  await page.waitForURL(/\/t\//);
  await expect(page.locator("[data-delivery=delivered]")).toBeVisible({ timeout: 30_000 });
  const number = Number((await page.locator(".ticket-head .number").innerText()).slice(1));
  const thread = await discord.thread(number);
  const said = await discord.said(thread.id);
  expect(said.join("\n").split("@everyone")).toHaveLength(1_001);
  expect(await discord.rings(thread.id)).toEqual([expect.objectContaining({ everyone: false, user_ids: [] })]);
});

test("a category that there is not is refused beside the cards", async ({ page, world }) => {
  const filling = form();
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  await page.locator("input[name=category]:checked").evaluate((input: HTMLInputElement) => (input.value = "no-such"));
  expect(await refused(page)).toBe(422);
  await expect(page.locator("#category-problem")).toBeVisible();
  await expect(page.locator("input[name=category]:checked")).toHaveCount(0);
  await expect(page.getByLabel("Subject")).toHaveValue(filling.subject);
});

test("scripts and markup in every field are text, everywhere", async ({ page, staff, world }) => {
  const filling = form({ email: SCRIPTS, subject: `A ${SCRIPTS}`, body: `B ${SCRIPTS}` });
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  expect(await refused(page)).toBe(422);
  await onlyText(page);
  await expect(page.getByLabel("Your e-mail address")).toHaveValue(SCRIPTS);
  await expect(page.getByLabel("Subject")).toHaveValue(filling.subject);
  await expect(page.getByLabel("Message")).toHaveValue(filling.body);

  await page.getByLabel("Your e-mail address").fill("o'brien&co@example.com");
  await page.getByLabel("Subject").fill("");
  await page.getByLabel("Subject").fill(filling.subject);
  await send(page);
  const { number } = await arrived(page, filling.subject);
  await expect(message(page, filling.body)).toHaveCount(1);
  await onlyText(page);
  expect(await page.title()).toContain(filling.subject);

  // A refused answer comes back in its box.
  const long = SCRIPTS.repeat(200);
  await page.getByLabel("Your message").fill(long);
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(page.locator("#body-problem")).toBeVisible();
  await expect(page.getByLabel("Your message")).toHaveValue(long);
  await onlyText(page);
  await reply(page, `C ${SCRIPTS}`);
  await onlyText(page);

  await page.goto(`${world.base}/my`);
  await expect(page.locator(".tickets-subject")).toHaveText([filling.subject]);
  await onlyText(page);

  await expect(row(staff, filling.subject)).toContainText("o'brien&co");
  await openTicket(staff, world, number);
  await expect(message(staff, filling.body)).toHaveCount(1);
  await expect(staff.getByRole("heading", { level: 2 }).first()).toHaveText(filling.subject);
  await answer(staff, `D ${SCRIPTS}`);
  await onlyText(staff);
  await staff.reload();
  await alive(staff);
  await expect(message(staff, `D ${SCRIPTS}`)).toHaveCount(1);
  await onlyText(staff);

  // A draft that is kept over a reload is text, too.
  await staff.getByRole("textbox", { name: "Reply to the customer" }).fill(SCRIPTS);
  await staff.reload();
  await alive(staff);
  await expect(staff.getByRole("textbox", { name: "Reply to the customer" })).toHaveValue(SCRIPTS);
  await onlyText(staff);
});

test("what is typed in Discord is text on the web", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  const thread = await world.discord.thread(number);
  await openTicket(staff, world, number);
  await world.discord.write(world.discord.person(), thread.id, `E ${SCRIPTS}`);
  await expect(message(page, `E ${SCRIPTS}`)).toHaveCount(1);
  await expect(message(staff, `E ${SCRIPTS}`)).toHaveCount(1);
  await onlyText(page);
  await onlyText(staff);
});

test("markdown is harmless in Discord", async ({ page, world }) => {
  const { number } = await file(page, world, {
    email: "_under_*star*@example.com",
    subject: "[click](https://evil.example) **bold** `code`",
  });
  const thread = await world.discord.thread(number);
  const { embed } = await world.discord.card(thread.id);
  expect(embed.title).not.toContain("[click](");
  expect(embed.title).not.toContain(" **bold**");
  const post = (await world.discord.said(thread.id))[0];
  expect(post).toContain("\\_under\\_\\*star\\*@example.com");
});

test("right-to-left text and emoji come through whole", async ({ page, staff, world }) => {
  const subject = "لا أستطيع تسجيل الدخول 🚪🔑";
  const body = "שלום, 👋🏽 العربية and English together\n第二行 👩‍🚀🏳️‍🌈";
  const { number } = await file(page, world, { subject, body });
  const words = page.locator(".talk .words");
  expect(await words.innerText()).toBe(body);
  await expect(page.getByRole("heading", { level: 1 })).toHaveCSS("direction", "rtl");
  const thread = await world.discord.thread(number);
  expect(thread.name).toBe(`#${number} ${subject}`);
  await world.discord.posted(thread.id, body);
  await openTicket(staff, world, number);
  await expect(row(staff, subject).locator(".row-subject")).toHaveCSS("direction", "rtl");
  expect(await staff.locator(".talk .words").innerText()).toBe(body);
});

test("a private link that opens nothing says so, whatever is wrong with it", async ({ page, world }) => {
  const { address } = await file(page, world);
  const token = address.split("/").at(-1) ?? "";
  const tampered = (token.startsWith("A") ? "B" : "A") + token.slice(1);
  const links = [tampered, token.slice(1), `${token}A`, "x", "%00", "%FF%FE", "..%2F..%2Fetc", "a".repeat(3_000)];
  let first: string | undefined;
  for (const link of links) {
    const answered = await page.goto(`${world.base}/t/${link}`);
    expect(answered?.status(), link).toBe(404);
    const text = await page.getByRole("main").innerText();
    first ??= text;
    expect(text, link).toBe(first);
  }
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  await page.getByRole("main").getByRole("link", { name: "To the start page" }).click();
  await expect(page).toHaveURL(`${world.base}/`);
});

test("addresses of nothing say so", async ({ page, staff, world }) => {
  for (const path of ["/nothing", "/t", "/t/", "/new/x"]) {
    expect((await page.goto(world.base + path))?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
  }
  for (const path of ["/staff/nothing", "/staff/tickets/999999", "/staff/tickets/x"]) {
    expect((await staff.goto(world.base + path))?.status(), path).toBe(404);
  }
});

test("sending twice makes one ticket", async ({ page, another, world }) => {
  for (const sender of [page, await another({ javaScriptEnabled: false })]) {
    const filling = form();
    await sender.goto(`${world.base}/new`);
    await fill(sender, filling);
    await sender.getByRole("button", { name: "Send ticket" }).dblclick();
    const { number } = await arrived(sender, filling.subject);
    await world.discord.thread(number);
    // A ticket that is filed later is there: whatever the second press did, it has done.
    const fence = await file(sender, world);
    await world.discord.thread(fence.number);
    const threads = (await world.discord.threads()).filter(({ name }) => name.includes(filling.subject));
    expect(threads).toHaveLength(1);
    expect(fence.number).toBe(number + 1);
  }
});

test("sending an answer twice posts it once", async ({ page, world }) => {
  const { number } = await file(page, world);
  const thread = await world.discord.thread(number);
  await page.getByLabel("Your message").fill("Only once, please.");
  await page.getByRole("button", { name: "Send reply" }).dblclick();
  await expect(message(page, "Only once, please.")).toHaveCount(1);
  await reply(page, "And then this.");
  await world.discord.posted(thread.id, "And then this.");
  await world.discord.posted(thread.id, "Only once, please.");
  await expect(message(page, "Only once, please.")).toHaveCount(1);
});

test("Back and sending other words makes a second ticket", async ({ page, world }) => {
  const first = form();
  await page.goto(`${world.base}/new`);
  await fill(page, first);
  await send(page);
  const one = await arrived(page, first.subject);
  await page.goBack();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("New ticket");
  await expect(page.getByRole("button", { name: "Send ticket" })).toBeEnabled();
  const second = form({ body: "Something else altogether." });
  await fill(page, second);
  await send(page);
  const two = await arrived(page, second.subject);
  expect(two.number).toBe(one.number + 1);
  expect(two.address).not.toBe(one.address);
});

test("leaving the form and coming back loses nothing that was typed", async ({ page, world }) => {
  const filling = form();
  await page.goto(`${world.base}/new`);
  await fill(page, filling);
  await page.goto(`${world.base}/my`);
  await page.goto(`${world.base}/new`);
  await expect(page.getByLabel("Subject")).toHaveValue(filling.subject);
  await expect(page.getByLabel("Message")).toHaveValue(filling.body);
  // Once sent, it is not offered again.
  await fill(page, filling);
  await send(page);
  await arrived(page, filling.subject);
  await page.goto(`${world.base}/new`);
  await expect(page.getByLabel("Subject")).toHaveValue("");
  await expect(page.getByLabel("Message")).toHaveValue("");
});

test("who does not agree on Discord's page is told so, and may try again", async ({ page, world }) => {
  await page.goto(`${world.base}/staff/tickets/1`);
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  const answered = page.waitForResponse((response) => response.url().includes("/auth/discord/callback"));
  await page.getByRole("button", { name: "Cancel" }).click();
  expect((await answered).status()).toBe(403);
  await expect(page.getByRole("alert")).toContainText("You did not let Discord tell us who you are.");
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  await expect(page.getByRole("button", { name: "Mira Okafor" })).toBeVisible();
});

test("who is not staff stays outside, in words", async ({ page, world }) => {
  await page.goto(`${world.base}/staff`);
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  await page.getByRole("button", { name: "Pat Rivera" }).click();
  await page.waitForURL(`${world.base}/staff`);
  await expect(page.getByRole("alert")).toContainText("does not have the staff role");
  expect((await page.goto(`${world.base}/staff`))?.status()).toBe(403);
});

test("a sign-in that this browser did not begin ends in words", async ({ another, page, world }) => {
  const forged = await page.goto(`${world.base}/auth/discord/callback?code=stolen&state=guessed`);
  expect(forged?.status()).toBe(400);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in again");

  // Begun here, but with another state.
  await page.goto(`${world.base}/staff`);
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  await page.waitForURL(`${world.discord.base}/**`);
  expect((await page.goto(`${world.base}/auth/discord/callback?code=x&state=other`))?.status()).toBe(400);

  // A good answer serves once, and only in its own browser.
  const thief = await another();
  const addresses: string[] = [];
  page.on("request", (request) => request.url().includes("/callback?") && addresses.push(request.url()));
  await page.goto(`${world.base}/staff`);
  await page.getByRole("link", { name: "Continue with Discord" }).click();
  await page.getByRole("button", { name: "Mira Okafor" }).click();
  await page.waitForURL(`${world.base}/staff`);
  const used = await until("the address that Discord sent us to", async () => addresses.at(-1));
  expect((await page.goto(used))?.status()).toBe(400);
  expect((await thief.goto(used))?.status()).toBe(400);
  // Which does not sign anyone out.
  expect((await page.goto(`${world.base}/staff`))?.status()).toBe(200);
});

test("signing out ends it", async ({ staff, world }) => {
  await staff.getByRole("button", { name: "Sign out" }).click();
  await staff.waitForURL(`${world.base}/`);
  expect((await staff.goto(`${world.base}/staff`))?.status()).toBe(401);
});
