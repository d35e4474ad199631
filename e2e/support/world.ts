// A whole Threadline for one spec file: the real server and the real stand-in on free ports, with
// an empty database of their own. Either can be stopped and started again, as in the stories.
//
// Tests take it from support/test.ts, which adds browsers to it.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { test as plain } from "@playwright/test";

import { Discord } from "./discord.ts";
import { freePort, type Order, Running, SITE } from "./process.ts";

export { expect } from "@playwright/test";
export { until } from "./process.ts";

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

export class World {
  private server?: Running;
  private standIn?: Running;

  private constructor(
    /** The product's address, without a slash at the end. */
    readonly base: string,
    readonly discord: Discord,
    readonly folder: string,
    private readonly orders: { server: Order; standIn: Order },
  ) {}

  /** Starts both programs. `settings` adds to, or replaces, the server's environment. */
  static async start(settings: Record<string, string> = {}): Promise<World> {
    const folder = mkdtempSync(join(tmpdir(), "threadline-e2e-"));
    const base = `http://127.0.0.1:${await freePort()}`;
    const discordBase = `http://127.0.0.1:${await freePort()}`;
    const settingsFile = join(folder, "discord.json");
    const standInOrder: Order = {
      program: "discord-stand-in",
      arguments: [
        ...["--listen", new URL(discordBase).host],
        ...["--settings-file", settingsFile],
        ...["--state-file", join(folder, "discord-world.json")],
        ...["--redirect-uri", `${base}/auth/discord/callback`],
      ],
      environment: {},
      log: join(folder, "discord-stand-in.log"),
      ready: async () => existsSync(settingsFile) && answers(`${discordBase}/`),
    };
    const standIn = await Running.start(standInOrder);
    const told = JSON.parse(readNumbersAsText(readFileSync(settingsFile, "utf8")));
    const ca = join(folder, "ca.pem");
    writeFileSync(ca, told.ca_pem);
    const serverOrder: Order = {
      program: "threadline",
      arguments: ["serve"],
      environment: {
        THREADLINE_NO_DOTENV: "1",
        DISCORD_TOKEN: told.bot_token,
        CLIENT_ID: told.client_id,
        DISCORD_CLIENT_SECRET: told.client_secret,
        DISCORD_PUBLIC_KEY: told.public_key,
        GUILD_ID: told.guild_id,
        DISCORD_SUPPORT_CHANNEL_ID: told.support_channel_id,
        DISCORD_STAFF_ROLE_ID: told.staff_role_id,
        REGISTER_SECRET: "e2e",
        PUBLIC_URL: base,
        LISTEN: new URL(base).host,
        DATA_DIR: folder,
        SITE_DIR: SITE,
        DISCORD_STAND_IN: discordBase,
        DISCORD_STAND_IN_CA: ca,
        ...settings,
      },
      log: join(folder, "threadline.log"),
      ready: () => answers(`${base}/api/health`),
    };
    const places = {
      guildId: told.guild_id,
      supportChannelId: told.support_channel_id,
      staffRoleId: told.staff_role_id,
      applicationId: told.client_id,
    };
    const discord = new Discord(discordBase, places, told.people);
    const world = new World(base, discord, folder, { server: serverOrder, standIn: standInOrder });
    world.standIn = standIn;
    try {
      await world.startServer();
    } catch (error) {
      await world.end();
      throw error;
    }
    return world;
  }

  async startServer(): Promise<void> {
    this.server = await Running.start(this.orders.server);
  }

  async stopServer(): Promise<void> {
    await this.server?.stop();
  }

  /** Takes the server down as a power cut would. */
  async killServer(): Promise<void> {
    await this.server?.kill();
  }

  async restartServer(): Promise<void> {
    await this.stopServer();
    await this.startServer();
  }

  /** Starts the stand-in again, on the same port, with what it held when it stopped. */
  async startDiscord(): Promise<void> {
    this.standIn = await Running.start(this.orders.standIn);
  }

  async stopDiscord(): Promise<void> {
    await this.standIn?.stop();
  }

  /** What both programs have logged, for a failing test's report. */
  logs(): [name: string, path: string][] {
    const files = [this.orders.server.log, this.orders.standIn.log];
    return files.filter((path) => existsSync(path)).map((path) => [path.slice(this.folder.length + 1), path]);
  }

  /** Stops both programs and removes what they kept. */
  async end(): Promise<void> {
    // The server first: it says goodbye to Discord.
    await this.stopServer();
    await this.stopDiscord();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Ids are larger than JavaScript's exact numbers: numbers of 16 digits and more become text. */
function readNumbersAsText(json: string): string {
  return json.replace(/(:\s*)(\d{16,})(?=\s*[,}\]])/g, '$1"$2"');
}

interface PerWorker {
  worlds: Map<string, World>;
}

interface PerTest {
  /** This file's own world; its tests share it, in the order in which they stand. */
  world: World;
}

export const test = plain.extend<PerTest, PerWorker>({
  worlds: [
    async ({}, use) => {
      const worlds = new Map<string, World>();
      await use(worlds);
      for (const world of worlds.values()) await world.end();
    },
    { scope: "worker" },
  ],
  world: async ({ worlds }, use, info) => {
    let world = worlds.get(info.file);
    if (!world) {
      // The worker may go on to another file: that one's world replaces the last.
      for (const [file, old] of worlds) {
        await old.end();
        worlds.delete(file);
      }
      world = await World.start();
      worlds.set(info.file, world);
    }
    await use(world);
    if (info.status !== info.expectedStatus) {
      for (const [name, path] of world.logs()) await info.attach(name, { path, contentType: "text/plain" });
    }
  },
});
