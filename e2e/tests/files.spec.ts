// Files in a real browser: chosen in an input, seen as pictures and tiles, on both halves and
// without scripts.

import { crc32, deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { arrived, file, fill, form, send } from "../support/customer.ts";
import { message, openTicket } from "../support/staff.ts";
import { expect, test } from "../support/test.ts";

/** A picture of this size, in one colour. */
function png(width: number, height: number): Buffer {
  const chunk = (kind: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(kind), data]);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, 0x60)]);
  const rows = Buffer.concat(Array.from({ length: height }, () => row));
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

const photo = { name: "photo.png", mimeType: "image/png", buffer: png(960, 540) };
const log = { name: "log.txt", mimeType: "text/plain", buffer: Buffer.from("line one") };

/** The picture is there and was drawn at its size. */
async function seen(page: Page, width: number): Promise<void> {
  const picture = page.locator(".picture img");
  await expect(picture).toHaveAttribute("width", String(width));
  // A refresh may put another element in its place at any moment: look again until one is whole.
  await expect(async () => {
    await picture.scrollIntoViewIfNeeded({ timeout: 1_000 });
    const wide = await picture.evaluate((img: HTMLImageElement) => img.complete && img.naturalWidth);
    expect(wide).toBe(width);
  }).toPass();
}

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a ticket is filed with files, and they are on its page", async ({ page, world }) => {
    const filling = form();
    await page.goto(`${world.base}/new`);
    await expect(page.getByText("Up to 10 files, 25 MB each.")).toBeVisible();
    await fill(page, filling);
    await page.locator("#files").setInputFiles([photo, log]);
    await send(page);
    await arrived(page, filling.subject);
    await expect(page.locator(".file")).toHaveText(/log\.txt/);
    await expect(page.locator(".picture")).toHaveAttribute("href", /\/files\/\d+\/photo\.png$/);
    const download = page.waitForEvent("download");
    await page.locator(".file").click();
    expect((await download).suggestedFilename()).toBe("log.txt");
  });
});

test("a customer's picture is seen by staff, and staff answer with a file", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  await page.locator("#files").setInputFiles([photo]);
  await page.getByRole("button", { name: "Send reply" }).click();
  await seen(page, 480);
  await openTicket(staff, world, number);
  await seen(staff, 480);

  await staff.locator("#composer-files").setInputFiles([log]);
  await staff.getByRole("textbox", { name: "Reply to the customer" }).fill("Here is ours.");
  await staff.getByRole("button", { name: "Send reply" }).click();
  await expect(message(staff, "Here is ours.").locator(".file")).toHaveText(/log\.txt/);
  await expect(staff.locator("#composer-files")).toHaveValue("");
  await expect(message(page, "Here is ours.").locator(".file")).toHaveText(/log\.txt/);
});

test("what was typed stays when a file is refused", async ({ page, staff, world }) => {
  const { number } = await file(page, world);
  await openTicket(staff, world, number);
  const box = staff.getByRole("textbox", { name: "Reply to the customer" });
  await box.fill("Not lost.");
  const empty = { name: "empty.txt", mimeType: "text/plain", buffer: Buffer.alloc(0) };
  await staff.locator("#composer-files").setInputFiles([empty]);
  await staff.getByRole("button", { name: "Send reply" }).click();
  await expect(staff.getByText("“empty.txt” is empty.")).toBeVisible();
  await expect(box).toHaveValue("Not lost.");
});
