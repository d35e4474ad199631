// What the host product knows of a customer, beside their ticket: a product of the test's own is asked.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { file } from "../support/customer.ts";
import { openTicket, side, signIn } from "../support/staff.ts";
import { expect, test } from "../support/test.ts";
import { holdsAt } from "../support/usable.ts";
import { World } from "../support/world.ts";

const CARD = {
  title: "Jane Doe, since 2019",
  fields: [
    { name: "Plan", value: "Pro" },
    { name: "Last order", value: `No. 4711 <b>${"x".repeat(120)}</b>` },
  ],
  links: [{ label: "Account", url: "https://shop.example/customers/7" }],
};

/** A product that knows `CARD`, until it is told otherwise. */
async function shop(): Promise<{ server: Server; url: string; say: (status: number) => void }> {
  let status = 200;
  const server = createServer((_, answer) => {
    answer.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(CARD));
  });
  await new Promise<void>((open) => server.listen(0, "127.0.0.1", open));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}/card`, say: (code) => (status = code) };
}

test("staff read what the host product knows, and the ticket does not wait for it", async ({ another, page }) => {
  const { server, url, say } = await shop();
  const world = await World.start({ CUSTOMER_CARD_URL: url, CUSTOMER_CARD_SECRET: "known to both sides" });
  try {
    const { number } = await file(page, world);
    const staff = await another();
    await signIn(staff, world, "Mira Okafor");
    await openTicket(staff, world, number);
    const customer = side(staff).locator("section", { hasText: "Customer" }).first();
    await expect(customer.getByText("Jane Doe, since 2019")).toBeVisible();
    await expect(customer.getByText("which nobody proved")).toBeVisible();
    await expect(customer.getByText("<b>")).toBeVisible();
    await expect(customer.getByRole("link", { name: /^Account/ })).toHaveAttribute("href", CARD.links[0].url);
    await holdsAt(staff, "a ticket with a customer's card", [390, 1440]);
    await expect(page.getByText("Jane Doe, since 2019")).toHaveCount(0);
    say(500);
    await staff.reload();
    await expect(customer.getByText("did not answer with a card")).toBeVisible();
  } finally {
    await world.end();
    server.close();
  }
});
