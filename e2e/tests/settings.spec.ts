// What admins decide on the web, and what staff find ready because of it: quick replies, tags.

import { file } from "../support/customer.ts";
import { alive, message, openTicket, row, side, signIn } from "../support/staff.ts";
import { expect, type Page, stays, test } from "../support/test.ts";
import { holdsAt } from "../support/usable.ts";

const SIZES = [390, 1440];
const SECTIONS = ["", "/categories", "/replies", "/people", "/address"];

test.use({ contextOptions: { reducedMotion: "reduce" } });

/** Keeps a quick reply, on the page of the settings. */
async function keep(page: Page, base: string, name: string, text: string): Promise<void> {
  await page.goto(`${base}/staff/settings/replies`);
  const form = page.getByRole("region", { name: "Add a quick reply" });
  await form.getByLabel("Name").fill(name);
  await form.getByLabel("The answer").fill(text);
  await form.getByRole("button", { name: "Keep it" }).click();
  await expect(page.getByRole("status")).toContainText("is kept");
}

test("an admin finds the settings on the rail, and they work without a script", async ({ another, staff, world }) => {
  await staff.getByRole("link", { name: "Settings" }).click();
  await staff.waitForURL(`${world.base}/staff/settings`);
  const plain = await another({ javaScriptEnabled: false, storageState: await staff.context().storageState() });
  await plain.goto(`${world.base}/staff/settings`);
  await plain.getByLabel("How many open tickets").fill("eleven");
  await plain.getByLabel("The panel's heading").fill("Ask us");
  await plain.getByRole("button", { name: "Save", exact: true }).click();
  await expect(plain.getByRole("alert")).toContainText("Nothing was saved");
  await expect(plain.getByLabel("The panel's heading")).toHaveValue("Ask us");
  await plain.getByLabel("How many open tickets").fill("4");
  await plain.getByRole("button", { name: "Save", exact: true }).click();
  await expect(plain.getByRole("status")).toContainText("max_open_tickets is “4” now");
  for (const section of SECTIONS) {
    await staff.goto(`${world.base}/staff/settings${section}`);
    await holdsAt(staff, `/staff/settings${section}`, SIZES);
  }
});

test("staff who do not manage the server are told so, and shown no way there", async ({ another, world }) => {
  const jonas = await another();
  await signIn(jonas, world, "Jonas Lind");
  await expect(jonas.getByRole("link", { name: "Doctor" })).toBeVisible();
  await expect(jonas.getByRole("link", { name: "Settings" })).toHaveCount(0);
  const refused = await jonas.goto(`${world.base}/staff/settings`);
  expect(refused?.status()).toBe(403);
  await expect(jonas.getByText("for those who manage the server")).toBeVisible();
  await holdsAt(jonas, "/staff/settings, refused", SIZES);
});

test("a quick reply is found by the keyboard and put where the cursor stands", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  await keep(staff, world.base, "hours", "We are here from nine to five.");
  await keep(staff, world.base, "refund", "Your money is on its way back.");
  await openTicket(staff, world, number);
  const box = staff.getByRole("textbox", { name: "Reply to the customer" });
  await box.fill("Hello. ");
  await staff.getByRole("button", { name: "Quick reply" }).focus();
  await staff.keyboard.press("Enter");
  const field = staff.getByRole("combobox", { name: "Find a quick reply" });
  await expect(field).toBeFocused();
  const offered = staff.getByRole("listbox", { name: "Quick replies" }).getByRole("option");
  await expect(offered).toHaveCount(2);
  await holdsAt(staff, "the composer with quick replies", SIZES);
  await field.press("Escape");
  await expect(field).toHaveCount(0);
  await expect(staff.getByRole("button", { name: "Quick reply" })).toBeFocused();

  await staff.keyboard.press("Enter");
  await field.press("ArrowDown");
  await expect(offered.filter({ hasText: "refund" })).toHaveAttribute("aria-selected", "true");
  await field.fill("HOUR");
  await expect(offered).toHaveCount(1);
  await field.press("Enter");
  await expect(box).toBeFocused();
  await expect(box).toHaveValue("Hello. We are here from nine to five.");
  await staff.getByRole("button", { name: "Send reply" }).click();
  await expect(message(page, "We are here from nine to five.")).toBeVisible();
});

test("a tag is seen by colleagues at once, finds its tickets, and no customer sees it", async ({ another, page, staff, world }) => {
  const first = await file(page, world);
  const other = await another();
  const second = await file(other, world);
  const jonas = await another();
  await signIn(jonas, world, "Jonas Lind");
  await openTicket(jonas, world, first.number);
  await openTicket(staff, world, first.number);
  const unmoved = await stays(jonas);
  await side(staff).getByLabel("Add a tag").fill("Late Parcel");
  await side(staff).getByRole("button", { name: "Add", exact: true }).click();
  const tag = (on: Page) => side(on).locator(".tags .tag").filter({ hasText: "late parcel" });
  await expect(tag(staff)).toBeVisible();
  await expect(tag(jonas)).toBeVisible();
  await expect(row(jonas, first.subject)).toContainText("late parcel");
  await unmoved();
  await holdsAt(staff, "a ticket with a tag", SIZES);

  await tag(jonas).getByRole("link").click();
  await jonas.waitForURL(`${world.base}/staff?tag=late%20parcel`);
  await expect(row(jonas, first.subject)).toBeVisible();
  await expect(row(jonas, second.subject)).toHaveCount(0);
  await row(jonas, first.subject).click();
  await jonas.waitForURL(`${world.base}/staff/tickets/${first.number}?tag=late%20parcel`);
  await jonas.reload();
  await alive(jonas);
  await expect(row(jonas, second.subject)).toHaveCount(0);

  await page.goto(first.address);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(first.subject);
  expect(await page.content()).not.toContain("late parcel");

  await side(staff).getByRole("button", { name: "Take the tag late parcel off" }).click();
  await expect(tag(staff)).toHaveCount(0);
  await expect(tag(jonas)).toHaveCount(0);
});
