// Second thoughts: what was written on the web is changed and deleted there, and the thread follows.
// And what is stuck on its way to Discord is seen and mended by staff.

import { file, reply } from "../support/customer.ts";
import { answer, message, openTicket } from "../support/staff.ts";
import { expect, stays, test, until } from "../support/test.ts";

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a customer changes a message, thinks better of deleting it, and deletes it", async ({ page, world }) => {
    const { discord } = world;
    const { number, address } = await file(page, world);
    const thread = await discord.thread(number);
    await reply(page, "It is grene.");
    const post = await discord.posted(thread.id, "It is grene.");

    await message(page, "It is grene.").getByRole("link", { name: "Edit" }).click();
    const box = page.getByRole("textbox", { name: "Edit your message" });
    await expect(box).toHaveValue("It is grene.");
    await box.fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(page.locator("#body-problem")).toBeVisible();
    await box.fill("It is green.");
    await page.getByRole("button", { name: "Save" }).click();
    await expect(message(page, "It is green.").locator(".edited")).toHaveText("edited");
    expect(new URL(page.url()).hash).toMatch(/^#m\d+$/);
    expect((await discord.posted(thread.id, "It is green.")).id).toBe(post.id);

    await message(page, "It is green.").getByRole("link", { name: "Delete" }).click();
    await expect(page.locator(".change-quote")).toHaveText("It is green.");
    await page.getByRole("link", { name: "Keep it" }).click();
    await expect(message(page, "It is green.")).toBeVisible();
    await expect(page.getByLabel("Your message")).toBeVisible();

    await message(page, "It is green.").getByRole("link", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete message" }).click();
    await expect(message(page, "Message deleted")).toHaveCount(1);
    await expect(message(page, "It is green.")).toHaveCount(0);
    await until("the post to be gone", async () => (await discord.said(thread.id)).length === 1);
    expect(page.url().split("#")[0]).toBe(address);
  });
});

test("what is being changed is not lost to what arrives, nor a reply to a change", async ({ page, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await reply(page, "One thing.");
  await page.getByLabel("Your message").pressSequentially("Half a reply");
  await message(page, "One thing.").getByRole("link", { name: "Edit" }).click();
  const box = page.getByRole("textbox", { name: "Edit your message" });
  await expect(box).toBeFocused();
  await box.fill("Another thing");
  const sameDocument = await stays(page);
  await discord.write(discord.person("Jonas Lind"), thread.id, "Which one?");
  await expect(message(page, "Which one?")).toBeVisible();
  await expect(box).toHaveValue("Another thing");
  await sameDocument();
  await box.press("Control+Enter");
  await expect(message(page, "Another thing")).toBeVisible();
  await expect(page.getByLabel("Your message")).toHaveValue("Half a reply");
});

test("staff change and delete in place", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number } = await file(page, world);
  const thread = await discord.thread(number);
  await openTicket(staff, world, number);
  const sameDocument = await stays(staff);
  await answer(staff, "Tomorow.");
  await discord.posted(thread.id, "Tomorow.");

  await message(staff, "Tomorow.").getByRole("button", { name: "Edit" }).click();
  const box = staff.getByRole("textbox", { name: "Edit your message" });
  await expect(box).toBeFocused();
  await box.fill("Never");
  await box.press("Escape");
  await expect(box).toHaveCount(0);
  await expect(message(staff, "Tomorow.")).toBeVisible();

  await message(staff, "Tomorow.").getByRole("button", { name: "Edit" }).click();
  await world.stopServer();
  await box.fill("Tomorrow.");
  await box.press("Control+Enter");
  await expect(staff.locator(".bubble-edit .trouble")).toBeVisible();
  await expect(box).toHaveValue("Tomorrow.");
  await world.startServer();
  await box.press("Control+Enter");
  await expect(message(page, "Tomorrow.").locator(".edited")).toBeVisible();
  await discord.posted(thread.id, "Tomorrow.");
  const changed = message(staff, "Tomorrow.");
  await expect(changed.locator(".earlier-words")).toBeHidden();
  await changed.locator("summary.edited").click();
  await expect(changed.locator(".earlier-words")).toHaveText("Tomorow.");

  await changed.locator(".ask > summary").click();
  await changed.getByRole("button", { name: "Delete message" }).click();
  await expect(message(staff, "Message deleted")).toHaveCount(1);
  await expect(message(page, "Message deleted")).toHaveCount(1);
  await until("the post to be gone", async () => (await discord.said(thread.id)).length === 1);
  await staff.getByText("What it said").click();
  await expect(message(staff, "Message deleted").locator(".earlier-words").last()).toHaveText("Tomorrow.");
  await sameDocument();
});

test("what is stuck is listed, tried again, and given up", async ({ page, staff, world }) => {
  const { discord } = world;
  const { number, subject } = await file(page, world);
  const thread = await discord.thread(number);
  await discord.posted(thread.id, "It ends after 500 rows.");
  await staff.getByRole("link", { name: "Sync" }).click();
  await expect(staff.getByText("Both sides agree.")).toBeVisible();

  await discord.faults([
    {
      route: "POST /channels/{id}/messages",
      action: "status",
      status: 403,
      body: { message: "Missing Permissions", code: 50013 },
      times: 2,
    },
  ]);
  await reply(page, "First");
  await reply(page, "Second");
  const stuck = staff.locator(".stuck > li");
  await expect(stuck).toHaveCount(2);
  await expect(stuck.first()).toContainText(`#${number} ${subject}`);
  await expect(stuck.first()).toContainText("lacks a permission");
  await expect(staff.locator(".count-stuck")).toContainText("2");
  await stuck.first().getByRole("button", { name: "Try again" }).click();
  await expect(stuck).toHaveCount(1);
  await discord.posted(thread.id, "First");
  await stuck.locator(".ask > summary").click();
  await stuck.getByRole("button", { name: "Give up for good" }).click();
  await expect(staff.getByText("Both sides agree.")).toBeVisible();
  expect(await discord.said(thread.id)).toHaveLength(2);
});
