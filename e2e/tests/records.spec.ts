// Statistics, hours, the doctor, transcripts: what staff and customers see of them, at every size,
// in light and dark.

import { file, reply } from "../support/customer.ts";
import { alive, openTicket, side } from "../support/staff.ts";
import { expect, type Page, test } from "../support/test.ts";
import { holdsAt } from "../support/usable.ts";

const SIZES = [390, 768, 1440];

test.use({ contextOptions: { reducedMotion: "reduce" } });

/** A figure on the page of statistics. */
function figure(page: Page, name: string) {
  return page.locator(".figures > div").filter({ has: page.getByText(name, { exact: true }) }).locator("dd");
}

test("an empty helpdesk says what its figures wait for", async ({ staff, world }) => {
  await staff.getByRole("link", { name: "Statistics" }).click();
  await staff.waitForURL(`${world.base}/staff/stats`);
  await expect(staff.getByText("No tickets yet.")).toBeVisible();
  await expect(staff.getByText("Nobody is at work.")).toBeVisible();
  await holdsAt(staff, "/staff/stats, empty", SIZES);
});

test("figures follow what happens, without WebAssembly", async ({ page, staff, world }) => {
  const fetched: string[] = [];
  const { number } = await file(page, world);
  await openTicket(staff, world, number);
  await side(staff).getByRole("button", { name: "Assign to me" }).click();
  await expect(side(staff).getByText("Mira Okafor took the ticket")).toBeVisible();
  staff.on("request", (request) => fetched.push(request.url()));
  await staff.goto(`${world.base}/staff/stats`);
  await expect(figure(staff, "In progress")).toHaveText("1");
  await expect(figure(staff, "Claimed")).toHaveText("1");
  await expect(figure(staff, "Filed today")).toHaveText("1");
  await expect(staff.getByRole("row", { name: /Mira Okafor/ }).first()).toBeVisible();
  expect(fetched.filter((url) => url.endsWith(".wasm"))).toEqual([]);
  await holdsAt(staff, "/staff/stats", SIZES);
});

test("staff clock in and out, and see who is there", async ({ another, staff, world }) => {
  await staff.goto(`${world.base}/staff/stats`);
  await staff.getByRole("button", { name: "Clock in" }).click();
  await expect(staff.getByRole("button", { name: "Clock out" })).toBeVisible();
  await expect(staff.locator(".there")).toContainText("Mira Okafor");
  await holdsAt(staff, "/staff/stats, at work", SIZES);
  // The same without a script.
  const plain = await another({ javaScriptEnabled: false, storageState: await staff.context().storageState() });
  await plain.goto(`${world.base}/staff/stats`);
  await plain.getByRole("button", { name: "Clock out" }).click();
  await expect(plain.getByText("Nobody is at work.")).toBeVisible();
});

test("the rail leads from these pages back to the dashboard", async ({ staff, world }) => {
  await staff.goto(`${world.base}/staff/doctor`);
  await staff.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Closed" }).click();
  await staff.waitForURL(`${world.base}/staff?view=closed`);
  await alive(staff);
  await staff.setViewportSize({ width: 390, height: 844 });
  await staff.goto(`${world.base}/staff/stats`);
  await staff.getByRole("link", { name: "Tickets", exact: true }).click();
  await staff.waitForURL(`${world.base}/staff`);
});

test("the doctor names what is broken, and where to mend it", async ({ staff, world }) => {
  await staff.getByRole("link", { name: "Doctor" }).click();
  await staff.waitForURL(`${world.base}/staff/doctor`);
  await expect(staff.locator(".finding").filter({ hasText: "Token" }).first()).toHaveClass(/finding-well/);
  await expect(staff.locator(".finding").filter({ hasText: "Mail" })).toContainText("not set up");
  await expect(staff.locator(".finding-ill")).toHaveCount(0);
  await holdsAt(staff, "/staff/doctor", SIZES);
});

test("a customer has all of their ticket on one page, and nothing internal", async ({ another, page, staff, world }) => {
  const { address, number } = await file(page, world, { subject: "A <b>bold</b> subject" });
  await reply(page, "It is **urgent**.", "It is urgent.");
  await openTicket(staff, world, number);
  await staff.getByRole("button", { name: "Note", exact: true }).click();
  await staff.getByRole("textbox", { name: "Note for staff" }).fill("Only among us");
  await staff.getByRole("button", { name: "Add note" }).click();
  await expect(staff.getByText("Only among us")).toBeVisible();

  await page.goto(address);
  const link = page.getByRole("link", { name: "All of it on one page" });
  await expect(link).toHaveAttribute("href", `${new URL(address).pathname}/transcript`);
  const theirs = await (await page.request.get(`${address}/transcript`)).text();
  expect(theirs).not.toContain("Only among us");
  const whole = await (await staff.request.get(`${world.base}/staff/tickets/${number}/transcript`)).text();
  expect(whole).toContain("Only among us");
  // As a file, with no server behind it: it needs nothing, and its own policy lets its style be.
  for (const [name, html] of [["the customer's", theirs], ["the staff's", whole]] as const) {
    const reader = await another();
    const asked: string[] = [];
    reader.on("request", (request) => asked.push(request.url()));
    await reader.setContent(html);
    await expect(reader.getByRole("heading", { level: 1 })).toContainText("A <b>bold</b> subject");
    await expect(reader.locator("strong").filter({ hasText: "urgent" })).toBeVisible();
    expect(await reader.evaluate(() => getComputedStyle(document.body).maxWidth), name).not.toBe("none");
    expect(asked, name).toEqual([]);
    await holdsAt(reader, `${name} transcript`, SIZES);
  }
});
