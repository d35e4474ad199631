// The tickets that the pictures show: a small, believable morning at a helpdesk, played once per
// demo through the same doors that everyone uses. The projects of one run share it.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import type { Browser, Page } from "@playwright/test";

import { close, file, reply } from "./customer.ts";
import { Discord } from "./discord.ts";
import { message, openTicket, signIn } from "./staff.ts";

const KEPT = resolve(import.meta.dirname, "../test-results/stage.json");

/** What a picture needs to know of the stage. */
export interface Stage {
  /** The demo that it was played in. */
  base: string;
  /** A conversation in full, with its number and private link. */
  talk: { number: number; address: string };
  /** A ticket that was closed. */
  closed: { number: number; address: string };
  /** A ticket with long words and another script. */
  odd: { number: number; address: string };
  /** What the customer's browser holds. */
  cookies: Awaited<ReturnType<ReturnType<Page["context"]>["cookies"]>>;
}

/** Plays the morning, unless it was played in this demo already. */
export async function stage(browser: Browser, base: string, discordBase: string): Promise<Stage> {
  if (existsSync(KEPT)) {
    const kept = JSON.parse(readFileSync(KEPT, "utf8")) as Stage;
    if (kept.base === base) return kept;
  }
  const played = await play(browser, base, await Discord.at(discordBase));
  mkdirSync(dirname(KEPT), { recursive: true });
  writeFileSync(KEPT, JSON.stringify(played));
  return played;
}

async function play(browser: Browser, base: string, discord: Discord): Promise<Stage> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const world = { base };
  const [mira, jonas, aiko] = ["Mira Okafor", "Jonas Lind", "Aiko Tan"].map((name) => discord.person(name));

  const closed = await file(page, world, {
    email: "lena.brandt@example.com",
    subject: "Invoice for October is missing",
    category: "Payments",
    body: "I got the ones for August and September, but none since.",
  });
  const paid = await discord.thread(closed.number);
  await discord.write(aiko, paid.id, "It is in your inbox now. The address on file had a typing error, which I mended.");
  await message(page, "in your inbox now").waitFor();
  await reply(page, "Found it, thank you.");
  await close(page);

  const stranger = await browser.newContext();
  const others = await stranger.newPage();
  const odd = await file(others, world, {
    email: "kapitaen.donaudampfschifffahrt.und.soehne@post.example.com",
    subject: "لا أستطيع تسجيل الدخول منذ التحديث الأخير",
    category: "My account",
    body: "بعد التحديث تظهر لي رسالة خطأ.\nThe message says “session expired”, right after I signed in.",
  });
  await file(others, world, {
    email: "sam@example.com",
    subject: "Refund for the second copy that I bought by mistake while the first was still loading",
    category: "Payments",
    body: "I pressed the button twice.",
  });
  const urgent = await file(others, world, {
    email: "noor@example.com",
    subject: "Nobody in our team can join a match",
    category: "Something is broken",
    body: "Since 9 this morning. We have a tournament tonight.",
  });
  const match = await discord.thread(urgent.number);
  await discord.press(jonas, (await discord.card(match.id)).message, "Assign");
  await discord.press(jonas, (await discord.card(match.id)).message, "Priority");
  await discord.choose(jonas, await discord.whispered(jonas), "urgent");

  const talk = await file(page, world, {
    email: "ada.moreau@example.com",
    subject: "The export stops halfway",
    category: "Something is broken",
    body: "When I export our season as CSV, the file ends after 500 rows.\n\nI expected all 2,140 matches. The same happens in Firefox and in Chrome.",
  });
  const thread = await discord.thread(talk.number);
  await discord.press(mira, (await discord.card(thread.id)).message, "Assign");
  await discord.write(mira, thread.id, "Thank you for the exact numbers, that helps.\n\nWhich plan are you on, and is there a filter set on the page when you export?");
  await message(page, "Thank you for the exact numbers").waitFor();
  await reply(page, "The team plan. No filter, I pressed “Show all” first.");
  await signIn(others, world, "Mira Okafor");
  await openTicket(others, world, talk.number);
  await others.getByRole("button", { name: "Note", exact: true }).click();
  await others.getByRole("textbox", { name: "Note for staff" }).fill("They ran into this last year, too. See #12 of the old desk.");
  await others.getByRole("button", { name: "Add note" }).click();
  await message(others, "They ran into this").waitFor();
  const found = await discord.write(jonas, thread.id, "I can reproduce it: “Show all” loads 500 at a time.");
  await message(page, "I can reproduce it").waitFor();
  await discord.edit(jonas, thread.id, found.id, "I can reproduce it: “Show all” loads 500 rows at a time, and the export takes only those. A mended version goes out this afternoon.");
  await message(page, "goes out this afternoon").waitFor();
  await page.locator(".msg-own [data-delivery=delivered]").last().waitFor();

  const cookies = await context.cookies();
  await stranger.close();
  await context.close();
  return { base, talk, closed, odd, cookies };
}
