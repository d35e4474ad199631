// What a first visit costs, in bytes on the wire, and how what was fetched is kept.

import { file } from "../support/customer.ts";
import { alive, message } from "../support/staff.ts";
import { expect, type Page, test } from "../support/test.ts";

interface File {
  path: string;
  type: string;
  encoding: string;
  cache: string;
  bytes: number;
}

/** Everything that a visit to the address fetches with an empty cache, as it came over the wire. */
async function fetched(page: Page, address: string, ready: () => Promise<void>): Promise<File[]> {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.setCacheDisabled", { cacheDisabled: false });
  await session.send("Network.clearBrowserCache");
  const files = new Map<string, File>();
  session.on("Network.responseReceived", ({ requestId, response }) => {
    const header = (name: string) => response.headers[name] ?? response.headers[name.toLowerCase()] ?? "";
    files.set(requestId, {
      path: new URL(response.url).pathname,
      type: header("Content-Type"),
      encoding: header("Content-Encoding"),
      cache: header("Cache-Control"),
      bytes: 0,
    });
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes = encodedDataLength;
  });
  await page.goto(address, { waitUntil: "load" });
  await ready();
  await expect.poll(() => [...files.values()].filter(isFile).every(({ bytes }) => bytes > 0)).toBe(true);
  await session.detach();
  return [...files.values()].filter(isFile);
}

/** The stream never ends, and the refreshing that it starts is no longer the visit. */
function isFile({ path, type }: File): boolean {
  return !path.startsWith("/api/") && !type.startsWith("text/event-stream");
}

const sum = (files: File[]) => files.reduce((total, { bytes }) => total + bytes, 0);
const table = (files: File[]) =>
  files.map(({ path, encoding, bytes }) => `${bytes} ${encoding || "plain"} ${path}`).join("\n");

test("a customer's ticket page is at most 40 KB, without WebAssembly", async ({ another, page, world }) => {
  const { discord } = world;
  const { number, address } = await file(page, world);
  const thread = await discord.thread(number);
  await discord.limits(false);
  for (let n = 1; n <= 20; n += 1) {
    await discord.write(discord.person(), thread.id, `Question ${n}: what did you see, and what did you expect to see?`);
  }
  await expect(message(page, "Question 20:")).toBeVisible();

  const visitor = await another();
  const files = await fetched(visitor, address, () => expect(message(visitor, "Question 20:")).toBeVisible());
  expect(files.filter(({ path }) => path.endsWith(".wasm"))).toEqual([]);
  expect(files.length, table(files)).toBeGreaterThanOrEqual(3);
  expect(sum(files), table(files)).toBeLessThanOrEqual(40 * 1024);
});

test("the dashboard is at most 400 KB", async ({ staff, world }) => {
  const files = await fetched(staff, `${world.base}/staff`, () => alive(staff));
  const wasm = files.filter(({ path }) => path.endsWith(".wasm"));
  expect(wasm, table(files)).toHaveLength(1);
  expect(sum(files), table(files)).toBeLessThanOrEqual(400 * 1024);
});

test("files are compressed, named by their content, and kept for ever", async ({ another, page, staff, world }) => {
  const { address } = await file(page, world);
  const visitor = await another();
  const ofCustomers = await fetched(visitor, address, () => expect(visitor.locator("#status")).toBeVisible());
  const ofStaff = await fetched(staff, `${world.base}/staff`, () => alive(staff));
  const files = [...ofCustomers, ...ofStaff].filter(({ type }) => !type.startsWith("text/html"));
  const endings = new Set(files.map(({ path }) => path.split(".").at(-1)));
  expect([...endings]).toEqual(expect.arrayContaining(["css", "js", "wasm", "svg"]));
  for (const { path, encoding, cache } of files) {
    expect(encoding, path).toBe("br");
    expect(cache, path).toBe("public, max-age=31536000, immutable");
    expect(path).toMatch(/\.[0-9a-f]{8,}\.\w+$/);
  }
  // Pages are not kept: they hold what only their reader may see.
  for (const { path, cache } of [...ofCustomers, ...ofStaff].filter(({ type }) => type.startsWith("text/html"))) {
    expect(cache, path).toContain("no-store");
  }
});

test("a second visit fetches no file again", async ({ another, page, world }) => {
  const { address } = await file(page, world);
  const visitor = await another();
  const asked = new Map<string, string>();
  const session = await visitor.context().newCDPSession(visitor);
  await session.send("Network.enable");
  session.on("Network.requestWillBeSent", ({ requestId, request }) => asked.set(requestId, new URL(request.url).pathname));
  session.on("Network.requestServedFromCache", ({ requestId }) => asked.delete(requestId));
  session.on("Network.responseReceived", ({ requestId, response }) => response.fromDiskCache && asked.delete(requestId));
  await visitor.goto(address);
  await expect(visitor.locator("#status")).toBeVisible();
  // The icon comes last, when the browser finds the time; it belongs to this visit.
  await expect.poll(() => [...asked.values()].some((path) => path.includes("/favicon."))).toBe(true);
  asked.clear();
  await visitor.goto(`${world.base}/my`);
  await expect(visitor.locator(".tickets-subject")).toHaveCount(1);
  expect([...asked.values()]).toEqual(expect.arrayContaining(["/my"]));
  expect([...asked.values()].filter((path) => path.startsWith("/pkg/"))).toEqual([]);
});
