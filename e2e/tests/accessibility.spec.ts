// Everyone can use it: no rule of WCAG 2.2 AA that a machine can check is broken, in light and in
// dark, and the whole way can be gone by keyboard with the focus in sight.

import { close, file, fill, form, reply, send } from "../support/customer.ts";
import { alive, message, openTicket, row } from "../support/staff.ts";
import { expect, type Page, test } from "../support/test.ts";
import { holds } from "../support/usable.ts";

test.use({ contextOptions: { reducedMotion: "reduce" } });

/** Presses Tab until `wanted` says that the focus is there; every stop on the way must be visible. */
async function tabTo(page: Page, what: string, wanted: string): Promise<void> {
  for (let stops = 0; stops < 60; stops += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate((wanted) => {
      const active = document.activeElement;
      if (!active || active === document.body) return { there: false, seen: true, name: "the document" };
      // A card carries the outline for the choice in it.
      const carriers = [active, active.closest("label")].filter((it) => it !== null);
      const seen = carriers.some((it) => {
        const style = getComputedStyle(it);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1.5;
      });
      return { there: active.matches(wanted), seen, name: active.outerHTML.slice(0, 120) };
    }, wanted);
    expect(at.seen, `the focus shows on ${at.name}`).toBe(true);
    if (at.there) return;
  }
  throw new Error(`Tab does not lead to ${what}`);
}

test("the customers' pages", async ({ page, world }) => {
  await page.goto(`${world.base}/`);
  await holds(page, "/");
  await page.goto(`${world.base}/new`);
  await holds(page, "/new");
  await send(page);
  await expect(page.getByRole("alert")).toBeVisible();
  await holds(page, "/new with errors");
  await page.goto(`${world.base}/my`);
  await holds(page, "/my, empty");
  await page.goto(`${world.base}/t/no-such-ticket-anywhere`);
  await holds(page, "a link that opens nothing");
});

test("a ticket's page, in each of its states", async ({ page, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await holds(page, "a new ticket");
  await discord.write(discord.person(), thread.id, "Which browser do you use?");
  await expect(message(page, "Which browser do you use?")).toBeVisible();
  await page.getByRole("button", { name: "Send reply" }).click();
  await expect(page.locator("#body-problem")).toBeVisible();
  await holds(page, "a ticket with a refused answer");
  await page.locator("#close > summary").click();
  await holds(page, "a ticket about to be closed");
  await page.locator("#close > summary").click();
  await reply(page, "Firefox.");
  await close(page);
  await holds(page, "a closed ticket");
  await page.goto(`${world.base}/my`);
  await holds(page, "/my");
});

test("staff's pages", async ({ another, page, staff, world }) => {
  const stranger = await another();
  await stranger.goto(`${world.base}/staff`);
  await holds(stranger, "sign-in");
  const { number, subject } = await file(page, world, { email: "a.very.long.name.indeed@mail.example.com" });
  const thread = await world.discord.thread(number);
  await expect(row(staff, subject)).toBeVisible();
  await holds(staff, "/staff");
  await openTicket(staff, world, number);
  await world.discord.write(world.discord.person("Sam Weber"), thread.id, "x").catch(() => undefined);
  await world.discord.write(world.discord.person(), thread.id, "Which browser do you use?");
  await expect(message(staff, "Which browser do you use?")).toBeVisible();
  await holds(staff, "/staff/tickets/N");
  await staff.getByRole("button", { name: "Assign to me" }).click();
  await staff.getByRole("button", { name: "Note", exact: true }).click();
  await staff.getByRole("textbox", { name: "Note for staff" }).fill("They are new here.");
  await holds(staff, "writing a note");
  await staff.getByRole("button", { name: "Add note" }).click();
  await expect(message(staff, "They are new here.")).toBeVisible();
  await staff.keyboard.press("Escape");
  await staff.locator("body").click({ position: { x: 5, y: 5 } });
  await staff.getByRole("button", { name: "Keyboard" }).click();
  await holds(staff, "with a note and the keys");
  await staff.goto(`${world.base}/staff?view=closed`);
  await alive(staff);
  await holds(staff, "an empty view");
  await staff.goto(`${world.base}/staff/tickets/999999`);
  await holds(staff, "no such ticket");
});

test("a ticket can be filed by keyboard alone", async ({ page, world }) => {
  await page.goto(`${world.base}/`);
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await tabTo(page, "New ticket", "main a[href='/new']");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${world.base}/new`);
  await tabTo(page, "the categories", "[name=category]");
  await page.keyboard.press("Space");
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("radio", { name: "Something is broken" })).toBeChecked();
  await tabTo(page, "the e-mail address", "#email");
  await page.keyboard.type("ada@example.com");
  await tabTo(page, "the subject", "#subject");
  await page.keyboard.type("No mouse at hand");
  await tabTo(page, "the message", "#body");
  await page.keyboard.type("It broke.");
  await tabTo(page, "the button", "button[type=submit]");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/t\//);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No mouse at hand");

  await tabTo(page, "the reply", "#body");
  await page.keyboard.type("The mouse broke.");
  await page.keyboard.press("Control+Enter");
  await expect(message(page, "The mouse broke.")).toBeVisible();

  await tabTo(page, "Close", "#close > summary");
  await page.keyboard.press("Enter");
  await tabTo(page, "Close ticket", "#close button");
  await page.keyboard.press("Enter");
  await expect(page.locator("#status")).toContainText("closed");
});

test("errors can be gone through by keyboard", async ({ page, world }) => {
  await page.goto(`${world.base}/new`);
  await fill(page, form({ subject: "" }));
  await page.getByLabel("Subject").press("Enter");
  await expect(page.getByRole("alert")).toBeFocused();
  await tabTo(page, "the summary's line", "#problems a[href='#subject']");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Subject")).toBeFocused();
});

test("staff open a ticket and answer by keyboard alone", async ({ page, staff, world }) => {
  const { subject } = await file(page, world);
  await expect(row(staff, subject)).toBeVisible();
  await tabTo(staff, "the list", "a[data-row]");
  await expect(staff.locator("a[data-row]").first()).toBeFocused();
  // The list is in the order of waiting: walk it until the ticket.
  for (let rows = await staff.locator("a[data-row]").count(); rows > 0; rows -= 1) {
    if (await row(staff, subject).evaluate((link) => link === document.activeElement)) break;
    await staff.keyboard.press("j");
  }
  await expect(row(staff, subject)).toBeFocused();
  await staff.keyboard.press("Enter");
  await expect(staff.getByRole("heading", { level: 2, name: subject })).toBeVisible();
  await staff.keyboard.press("r");
  await expect(staff.getByRole("textbox", { name: "Reply to the customer" })).toBeFocused();
  await staff.keyboard.type("Answered without a mouse: jrn?");
  await staff.keyboard.press("Control+Enter");
  await expect(message(page, "Answered without a mouse: jrn?")).toBeVisible();
  // The same without shortcuts.
  await staff.locator("body").focus();
  await tabTo(staff, "the composer", "#composer");
  await staff.keyboard.type("Again");
  await tabTo(staff, "its button", ".composer-box button");
  await staff.keyboard.press("Enter");
  await expect(message(page, "Again")).toBeVisible();
});

test("a screen reader hears what arrives", async ({ page, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await discord.write(discord.person("Jonas Lind"), thread.id, "Which browser do you use?");
  await expect(page.locator("#said")).toHaveText("Jonas Lind wrote. We answered. Waiting for you.");
});
