// On a phone: nothing scrolls sideways, and the dashboard shows one pane at a time.

import { close, file, reply, send } from "../support/customer.ts";
import { alive, answer, message, openTicket, row, signIn } from "../support/staff.ts";
import { expect, type Page, test } from "../support/test.ts";

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

const LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenfabrik";

/** Nothing is wider than the screen. */
async function fits(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room && window.innerWidth <= 390) return [];
    const all = [...document.querySelectorAll("body *")];
    const over = all.filter((it) => it.getBoundingClientRect().right > room + 0.5);
    return [`${document.documentElement.scrollWidth} > ${room}`, ...over.map((it) => it.outerHTML.slice(0, 100))];
  });
  expect(wide, where).toEqual([]);
}

test("no page of the customers' scrolls sideways", async ({ page, world }) => {
  for (const path of ["/", "/new", "/my", "/staff", "/t/no-such-ticket-anywhere"]) {
    await page.goto(world.base + path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await fits(page, path);
  }
  await page.goto(`${world.base}/new`);
  await send(page);
  await expect(page.getByRole("alert")).toBeVisible();
  await fits(page, "/new with errors");

  const { number } = await file(page, world, {
    subject: `${LONG} ${LONG}`.slice(0, 118),
    email: `${"long".repeat(15)}@example.com`,
    body: `${LONG.repeat(8)}\nhttps://example.com/${"path/".repeat(60)}`,
  });
  await fits(page, "a ticket with long words");
  const thread = await world.discord.thread(number);
  await world.discord.write(world.discord.person(), thread.id, LONG.repeat(6));
  await expect(message(page, LONG.repeat(6)).last()).toBeVisible();
  await fits(page, "a ticket with a long answer");
  await page.locator("#close > summary").click();
  await fits(page, "about to close");
  await page.locator("#close > summary").click();
  await close(page);
  await fits(page, "a closed ticket");
  await page.goto(`${world.base}/my`);
  await fits(page, "/my");
});

test("the dashboard shows the list, then a ticket, then the list again", async ({ another, page, world }) => {
  const { number, subject } = await file(page, world, { email: `${"long".repeat(15)}@example.com` });
  await reply(page, LONG.repeat(8));
  const staff = await another();
  await signIn(staff, world, "Mira Okafor");
  const list = staff.getByRole("region", { name: "Tickets" });
  const ticket = staff.locator(".ticket-main");
  await expect(row(staff, subject)).toBeVisible();
  await fits(staff, "/staff");

  await row(staff, subject).tap();
  await expect(staff.getByRole("heading", { level: 2, name: subject })).toBeVisible();
  await expect(list).toBeHidden();
  await fits(staff, "a ticket");
  const composer = staff.getByRole("textbox", { name: "Reply to the customer" });
  await expect(composer).toBeInViewport();
  await expect(staff.getByRole("button", { name: "Send reply" })).toBeInViewport();
  await answer(staff, "Answered on the way.");
  await expect(message(page, "Answered on the way.")).toBeVisible();

  await staff.getByRole("button", { name: "Details" }).tap();
  await expect(staff.getByRole("complementary", { name: "Details" })).toBeInViewport();
  await fits(staff, "a ticket's details");
  await staff.getByRole("button", { name: "Details" }).tap();

  await staff.getByRole("link", { name: "Tickets", exact: true }).tap();
  await expect(staff).toHaveURL(`${world.base}/staff`);
  await expect(row(staff, subject)).toBeVisible();
  await expect(ticket).toBeHidden();
  // The browser's own way back works as well.
  await row(staff, subject).tap();
  await expect(ticket).toBeVisible();
  await staff.goBack();
  await expect(row(staff, subject)).toBeVisible();
  await expect(ticket).toBeHidden();

  await openTicket(staff, world, number);
  await expect(list).toBeHidden();
  await staff.goto(`${world.base}/staff?view=closed`);
  await alive(staff);
  await fits(staff, "an empty view");
  await staff.goto(`${world.base}/staff/tickets/999999`);
  await fits(staff, "no such ticket");
});

test("what one taps is large enough for a thumb", async ({ page, world }) => {
  const { address } = await file(page, world);
  for (const where of [`${world.base}/`, `${world.base}/new`, `${world.base}/my`, address]) {
    await page.goto(where);
    // Links within a sentence are exempt, as WCAG 2.5.8 has it.
    for (const target of await page.locator("button:visible, a.button:visible, summary:visible, .choice:visible").all()) {
      const box = await target.boundingBox();
      expect(box?.height ?? 0, `${where} ${await target.innerText()}`).toBeGreaterThanOrEqual(32);
    }
  }
});

test("the box for a message has room for one, and grows with it", async ({ page, world }) => {
  await page.goto(`${world.base}/new`);
  const height = async () => (await page.getByLabel("Message").boundingBox())?.height ?? 0;
  const before = await height();
  expect(before).toBeGreaterThan(120);
  await page.getByLabel("Message").fill("line\n".repeat(20));
  expect(await height()).toBeGreaterThan(before);
});
