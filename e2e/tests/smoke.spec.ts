// The whole machine runs: both programs answer, and the stand-in's people can be played.

import { expect, test } from "../support/test.ts";

test("the product and the stand-in answer", async ({ page, world }) => {
  const front = await page.goto(`${world.base}/`);
  expect(front?.status()).toBe(200);
  await expect(page.locator("h1")).toBeVisible();
  const discord = await page.goto(`${world.discord.base}/`);
  expect(discord?.status()).toBe(200);
});

test("the stand-in tells of its world and its people", async ({ world }) => {
  expect(world.discord.person().token).toBeTruthy();
  expect(await world.discord.threads()).toEqual([]);
});

test("the server comes back after a restart", async ({ page, world }) => {
  await world.restartServer();
  const front = await page.goto(`${world.base}/`);
  expect(front?.status()).toBe(200);
});
