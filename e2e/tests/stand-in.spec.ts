// The stand-in's own page, as a person uses it: commands, menus, forms and other servers, with
// interactions over HTTP. Nothing here is asked for behind the page's back but what came of it.

import { box, go, invite, log, open, play, run } from "../support/stand-in.ts";
import { expect, test, until } from "../support/test.ts";

test.use({ contextOptions: { reducedMotion: "reduce" }, viewport: { width: 1440, height: 900 } });

test("a ticket from Discord is filed and closed on the page, over HTTP", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await page.getByRole("button", { name: "Faults" }).click();
  await page.getByLabel(/Interactions endpoint/).fill(`${world.base}/api/interactions`);
  await page.getByRole("button", { name: "Try and save" }).click();
  await expect(page.getByText("go to this address from now on")).toBeVisible();
  await page.getByRole("button", { name: "Try the saved one" }).click();
  await expect(page.getByText("refuses bad signatures")).toBeVisible();
  await page.getByRole("button", { name: "Close the drawer" }).click();

  await play(page, "Mira");
  await go(page, /general/);
  await run(page, "setup");
  await log(page).getByRole("button", { name: "Post the panel here" }).click();
  await expect(log(page).getByRole("button", { name: "Create Ticket" })).toBeVisible();

  await play(page, "Pat");
  await go(page, /general/);
  await log(page).getByRole("button", { name: "Create Ticket" }).click();
  await log(page).getByRole("button", { name: "Choose a category" }).click();
  await page.getByRole("listbox", { name: "Choose a category" }).getByRole("option").first().click();
  const form = page.getByRole("dialog", { name: /^New ticket/ });
  await form.getByRole("textbox").first().fill("I was charged twice.");
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(log(page).getByText(/Your ticket is #1\./)).toBeVisible();

  await go(page, /#1 I was charged twice/);
  await log(page).getByRole("button", { name: "Close", exact: true }).click();
  const why = page.getByRole("dialog");
  await why.getByRole("textbox").fill("It was mine.");
  await why.getByRole("button", { name: "Submit" }).click();
  const archived = async () => {
    const { guilds } = await world.discord.world();
    return guilds[0].threads[0].thread_metadata.archived;
  };
  await until("the thread is closed", archived);

  // What the thread says then, typed as it stands there: a command, and no message for all to read.
  const command = "/reopen ticket:1";
  await expect(log(page).getByText(command)).toBeVisible();
  await go(page, /general/);
  await box(page).fill(command);
  await page.keyboard.press("Enter");
  const typed = page.getByRole("form", { name: "Command /reopen" });
  await expect(typed.getByRole("combobox").or(typed.getByRole("textbox"))).toHaveValue("1");
  await page.keyboard.press("Enter");
  await until("the thread is open again", async () => !(await archived()));
  await expect(log(page).getByText(command)).toHaveCount(0);
});

test("a command that the bot tells of meanwhile joins the list that one looks at", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await play(page, "Pat");
  await go(page, /general/);
  await box(page).fill("/later");
  await expect(page.getByText("No command begins like that.")).toBeVisible();
  await world.discord.register({ name: "later", description: "Comes later.", type: 1 });
  await page.getByRole("option", { name: /^\/later\b/ }).click();
  await expect(page.getByRole("form", { name: "Command /later" })).toBeVisible();
});

test("another server is invited, and its owner is told what to do", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  await invite(page);

  await play(page, "Sam");
  await go(page, /Direct messages/);
  await expect(log(page).getByText("/setup").first()).toBeVisible();
  await expect(page.getByText("can read here, not write")).toBeVisible();
  const server = page.getByRole("combobox", { name: "Server" });
  await server.selectOption({ label: "Pixel & Co" });
  await go(page, /general/);
  await until("the commands are told there", async () => {
    const { commands } = await world.discord.world();
    return Object.keys(commands.guild).length === 2;
  });
  await run(page, "setup");
  await expect(log(page).getByText("Setting up Pixel & Co")).toBeVisible();
  const role = "The role of those who answer tickets";
  await log(page).getByRole("button", { name: role }).click();
  await page.getByRole("listbox", { name: role }).getByRole("option", { name: "@Support" }).click();
  await expect(log(page).getByRole("button", { name: `${role}: @Support` })).toBeVisible();
});

test("an admin takes somebody's role, and gives it back", async ({ another, world }) => {
  const page = await another();
  await open(page, world.discord.base);
  const jonas = world.discord.person("Jonas Lind");
  const holds = async () => {
    const { guilds } = await world.discord.world();
    const member = guilds[0].members.find(({ user }: { user: { id: string } }) => user.id === jonas.id);
    return member.roles.includes(world.discord.places.staffRoleId);
  };
  await play(page, "Jonas");
  await go(page, /general/);
  await box(page).fill("I am on duty.");
  await box(page).press("Enter");
  await expect(log(page).getByText("I am on duty.")).toBeVisible();
  await play(page, "Mira");
  await go(page, /general/);
  for (const [deed, then] of [["Take", false], ["Give", true]] as const) {
    const said = log(page).getByText("I am on duty.");
    await said.hover();
    await page.getByRole("group", { name: "Actions for message by Jonas Lind" }).last().getByRole("button", { name: "Apps" }).click();
    await page.getByRole("menuitem", { name: `${deed} the role Support` }).click();
    await until(`the role is ${then}`, async () => (await holds()) === then);
  }
});
