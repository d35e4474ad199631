// The pages worth looking at, photographed whole. Add a page here when you add one to the product.

import { join } from "node:path";

import { type Browser, expect, type Page, test } from "@playwright/test";

import { fill, form, send } from "./support/customer.ts";
import { openTicket, signIn } from "./support/staff.ts";
import { type Stage, stage } from "./support/stage.ts";

const OUT = process.env.SCREENSHOTS_DIR ?? "test-results/screenshots";
const DISCORD = process.env.THREADLINE_DISCORD ?? "";

let on: Stage;

test.describe.configure({ timeout: 120_000 });

test.beforeAll(async ({ browser, baseURL }) => {
  test.setTimeout(180_000);
  on = await stage(browser, baseURL ?? "", DISCORD);
});

/** Takes the picture. The dashboard fills the window; every other page is shown whole. */
async function picture(page: Page, name: string, whole = true): Promise<void> {
  const path = join(OUT, `${name}-${test.info().project.name}.png`);
  const window = page.viewportSize();
  if (whole && window) {
    // A window as high as the page, so that what clings to its edge covers nothing.
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    await page.setViewportSize({ ...window, height: Math.max(height, window.height) });
  }
  await page.screenshot({ path, animations: "disabled" });
  if (whole && window) await page.setViewportSize(window);
}

async function dashboard(page: Page): Promise<void> {
  await signIn(page, on, "Mira Okafor");
}

const shots: Record<string, (page: Page, browser: Browser) => Promise<void>> = {
  home: async (page) => {
    await page.goto("/");
    await picture(page, "home");
  },
  "new, empty": async (page) => {
    await page.goto("/new");
    await picture(page, "new");
  },
  "new, refused": async (page) => {
    await page.goto("/new");
    await fill(page, form({ email: "ada at example", subject: "" }));
    await send(page);
    await expect(page.getByRole("alert")).toBeVisible();
    await picture(page, "new-refused");
  },
  "a ticket": async (page) => {
    await page.goto(on.talk.address);
    await picture(page, "ticket");
    await page.locator("#close > summary").click();
    await picture(page, "ticket-closing");
  },
  "a ticket with a refused answer": async (page) => {
    await page.goto(on.talk.address);
    await page.getByRole("button", { name: "Send reply" }).click();
    await expect(page.locator("#body-problem")).toBeVisible();
    await picture(page, "ticket-refused");
  },
  "a closed ticket": async (page) => {
    await page.goto(on.closed.address);
    await picture(page, "ticket-closed");
  },
  "a ticket in another script": async (page) => {
    await page.goto(on.odd.address);
    await picture(page, "ticket-right-to-left");
  },
  my: async (page) => {
    await page.goto("/my");
    await picture(page, "my-empty");
    await page.context().addCookies(on.cookies);
    await page.goto("/my");
    await picture(page, "my");
  },
  "nothing there": async (page) => {
    await page.goto("/t/no-such-ticket-anywhere");
    await picture(page, "not-found");
  },
  "staff sign-in": async (page) => {
    await page.goto("/staff");
    await picture(page, "sign-in");
    await page.getByRole("link", { name: "Continue with Discord" }).click();
    await picture(page, "sign-in-discord");
    await page.getByRole("button", { name: "Pat Rivera" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await picture(page, "sign-in-not-staff");
  },
  "the list": async (page) => {
    await dashboard(page);
    await picture(page, "staff", false);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard" })).toBeVisible();
    await picture(page, "staff-keys", false);
  },
  "an empty view": async (page) => {
    await signIn(page, on, "Aiko Tan", "/staff?view=mine");
    await picture(page, "staff-mine", false);
  },
  "a ticket on the dashboard": async (page) => {
    await dashboard(page);
    await openTicket(page, on, on.talk.number);
    await picture(page, "staff-ticket", false);
    const details = page.getByRole("button", { name: "Details" });
    if (await details.isVisible()) {
      await details.click();
      await picture(page, "staff-ticket-details", false);
      await details.click();
    }
    await page.getByRole("button", { name: "Note", exact: true }).click();
    await page.getByRole("textbox", { name: "Note for staff" }).fill("Shall we offer them a month?");
    await picture(page, "staff-note-being-written", false);
  },
  "a ticket in another script, on the dashboard": async (page) => {
    await dashboard(page);
    await openTicket(page, on, on.odd.number);
    await picture(page, "staff-right-to-left", false);
  },
  "statistics and the doctor": async (page) => {
    await dashboard(page);
    await page.goto("/staff/stats");
    await picture(page, "staff-stats", false);
    await page.goto("/staff/doctor");
    await picture(page, "staff-doctor", false);
    await page.goto("/staff/sync");
    await picture(page, "staff-sync", false);
  },
  "the settings": async (page) => {
    await dashboard(page);
    for (const section of ["", "/categories", "/replies", "/people", "/address"]) {
      await page.goto(`/staff/settings${section}`);
      await picture(page, `staff-settings${section.replace("/", "-")}`, false);
    }
  },
  "no such ticket": async (page) => {
    await dashboard(page);
    await page.goto("/staff/tickets/999999");
    await picture(page, "staff-not-found", false);
  },
  "the stand-in": async (page) => {
    await page.goto(`${DISCORD}/`);
    await expect(page.getByText("support", { exact: true }).first()).toBeVisible();
    await picture(page, "discord", false);
    await thread(page);
    await picture(page, "discord-thread", false);
  },
  // What docs/pictures holds: both sides beside each other, and the dashboard.
  "for the README": async (page) => {
    test.skip(test.info().project.name !== "desktop-light", "one of each is enough");
    const height = 800;
    await page.setViewportSize({ width: 640, height });
    await page.goto(on.talk.address);
    const sides = [await page.screenshot({ animations: "disabled" })];
    await page.setViewportSize({ width: 900, height });
    await page.goto(`${DISCORD}/`);
    await thread(page);
    sides.push(await page.screenshot({ animations: "disabled" }));
    await page.goto("about:blank");
    await page.setViewportSize({ width: 1556, height });
    const images = sides.map((side) => `<img alt="" src="data:image/png;base64,${side.toString("base64")}">`);
    await page.setContent(`<body style="margin:0;display:flex;gap:16px;background:#8a8378">${images.join("")}</body>`);
    await page.screenshot({ path: join(OUT, "both-sides.png") });
    await page.setViewportSize({ width: 1440, height });
    await dashboard(page);
    await openTicket(page, on, on.talk.number);
    await page.screenshot({ path: join(OUT, "dashboard.png"), animations: "disabled" });
  },
};

/** Opens the thread of the ticket that was talked about most. */
async function thread(page: Page): Promise<void> {
  const listed = page.getByText("The export stops halfway").first();
  if (await listed.isVisible()) await listed.click();
  await expect(page.getByText("goes out this afternoon").last()).toBeAttached();
}

for (const [name, shoot] of Object.entries(shots)) {
  test(name, async ({ page, browser }) => shoot(page, browser));
}
