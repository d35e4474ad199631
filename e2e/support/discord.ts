// A small client of the stand-in: its record of the world, its switches, and Discord's REST in the
// name of one of its people. It holds no state; the stand-in's own record is the truth.

import { until } from "./process.ts";

export interface Person {
  id: string;
  name: string;
  token: string;
  staff: boolean;
}

/** Discord's own shapes; a test reads the fields that it cares for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Shape = any;

/** Where things are in the stand-in's guild. */
export interface Places {
  guildId: string;
  supportChannelId: string;
  staffRoleId: string;
  applicationId: string;
}

export class Discord {
  constructor(
    /** Without a slash at the end. */
    readonly base: string,
    readonly places: Places,
    readonly people: Person[],
  ) {}

  /** A client of a stand-in that runs already, by what it says of itself. */
  static async at(base: string): Promise<Discord> {
    const world = await call(`${base}/stand-in/world`, "GET");
    const [guild] = world.guilds;
    const places: Places = {
      guildId: guild.id,
      supportChannelId: guild.channels.find((channel: Shape) => channel.name === "support").id,
      staffRoleId: guild.roles.find((role: Shape) => role.name === "Support").id,
      applicationId: world.bot.application_id,
    };
    const people = world.people.map((person: Shape) => ({ ...person, name: person.global_name }));
    return new Discord(base, places, people);
  }

  /** One of the people, by name, or the first member of staff. */
  person(name?: string): Person {
    const found = this.people.find((person) => (name ? person.name === name : person.staff));
    if (!found) throw new Error(`The stand-in knows no ${name ?? "staff"}: ${this.people.map((p) => p.name).join(", ")}`);
    return found;
  }

  /** Everything the stand-in holds. */
  world(): Promise<Shape> {
    return this.call("GET", "/stand-in/world");
  }

  /** The threads of the support channel, oldest first. */
  async threads(): Promise<Shape[]> {
    const { guilds } = await this.world();
    return guilds[0].threads.filter((thread: Shape) => thread.parent_id === this.places.supportChannelId);
  }

  /** The thread of this ticket, once its card is in it. */
  thread(number: number): Promise<Shape> {
    return until(`the thread of ticket #${number}`, async () => {
      const world = await this.world();
      const thread = world.guilds[0].threads.find((thread: Shape) => thread.name.startsWith(`#${number} `));
      const isThere = thread && world.messages[thread.id]?.some((message: Shape) => message.embeds.length > 0);
      return isThere ? thread : undefined;
    });
  }

  /** The card on top of a thread, as it is now. */
  async card(channelId: string): Promise<Card> {
    const messages = await this.messages(channelId);
    const message = messages.find((message) => message.embeds.length > 0);
    if (!message) throw new Error(`There is no card in ${messages.length} messages`);
    return new Card(message);
  }

  /** What a thread's messages say, oldest first, the card left out. */
  async said(channelId: string): Promise<string[]> {
    const messages = await this.messages(channelId);
    return messages.filter((message) => message.embeds.length === 0).map((message) => message.content);
  }

  /** Waits until exactly one message of the thread holds these words, and gives it. */
  async posted(channelId: string, words: string): Promise<Shape> {
    await until(`“${words}” in the thread`, async () =>
      (await this.messages(channelId)).some((message) => message.content.includes(words)),
    );
    const found = (await this.messages(channelId)).filter((message) => message.content.includes(words));
    if (found.length !== 1) throw new Error(`“${words}” is in the thread ${found.length} times`);
    return found[0];
  }

  /** Waits until the bot has put this sign under the message. */
  async reacted(channelId: string, messageId: string, emoji = "✅"): Promise<void> {
    await until(`${emoji} under the message`, async () => {
      const message = (await this.messages(channelId)).find((message) => message.id === messageId);
      return message?.reactions?.some((reaction: Shape) => reaction.emoji.name === emoji);
    });
  }

  /** Everything in this thread that made somebody's phone ring. */
  async rings(channelId: string): Promise<Shape[]> {
    const { notifications } = await this.world();
    return notifications.filter((ring: Shape) => ring.channel_id === channelId);
  }

  /** How often the thread itself was changed over REST, refused changes included. */
  async changes(channelId: string): Promise<Shape[]> {
    const { requests } = await this.world();
    return requests.filter((r: Shape) => r.method === "PATCH" && r.path === `/channels/${channelId}`);
  }

  /** The newest message that only this person sees. */
  async whispered(person: Person): Promise<Shape> {
    return until(`a message for ${person.name} alone`, async () => {
      const { ephemeral } = await this.world();
      return ephemeral.filter((it: Shape) => it.person === person.id).at(-1)?.message;
    });
  }

  /** A thread's messages, oldest first, as this person (staff, unless told) reads them. */
  async messages(channelId: string, person = this.person()): Promise<Shape[]> {
    const found: Shape[] = await this.rest(person, "GET", `/channels/${channelId}/messages?limit=100`);
    return found.reverse();
  }

  write(person: Person, channelId: string, content: string): Promise<Shape> {
    return this.rest(person, "POST", `/channels/${channelId}/messages`, { content });
  }

  edit(person: Person, channelId: string, messageId: string, content: string): Promise<Shape> {
    return this.rest(person, "PATCH", `/channels/${channelId}/messages/${messageId}`, { content });
  }

  delete(person: Person, channelId: string, messageId: string): Promise<Shape> {
    return this.rest(person, "DELETE", `/channels/${channelId}/messages/${messageId}`);
  }

  /** Presses the button whose label begins so. */
  press(person: Person, message: Shape, label: string): Promise<Shape> {
    return this.use(person, message, (part) => part.label?.startsWith(label));
  }

  /** Chooses in the message's only menu. */
  choose(person: Person, message: Shape, value: string): Promise<Shape> {
    return this.use(person, message, (part) => part.type === 3, [value]);
  }

  /** Sends the form that this person is shown, with this in its only field. */
  async submit(person: Person, text: string): Promise<void> {
    const modal = await until(`a form for ${person.name}`, async () => {
      const { modals } = await this.world();
      return modals.find((it: Shape) => it.person === person.id);
    });
    const components = modal.components.map((row: Shape) => ({
      type: row.type,
      components: row.components.map(({ custom_id }: Shape) => ({ type: 4, custom_id, value: text })),
    }));
    await this.rest(person, "POST", "/interactions", {
      type: 5,
      application_id: this.places.applicationId,
      guild_id: this.places.guildId,
      channel_id: modal.channel_id,
      session_id: "e2e",
      data: { custom_id: modal.custom_id, components },
    });
  }

  /** Runs a command of the bot, options given by their names. It need not have an answer yet. */
  async command(person: Person, [name, ...path]: string[], options: Record<string, string>): Promise<void> {
    const { commands } = await this.world();
    const { applicationId, guildId } = this.places;
    const known = [...(commands.guild[guildId] ?? []), ...commands.global].find((it: Shape) => it.name === name);
    if (!known) throw new Error(`The bot knows no /${name}`);
    const given = Object.entries(options).map(([name, value]) => ({ type: 3, name, value }));
    await this.rest(person, "POST", "/interactions", {
      type: 2,
      application_id: applicationId,
      guild_id: guildId,
      channel_id: this.places.supportChannelId,
      session_id: "e2e",
      data: {
        id: known.id,
        name,
        type: 1,
        options: path.reduceRight<Shape[]>((inner, name) => [{ type: 1, name, options: inner }], given),
      },
    });
  }

  private use(person: Person, message: Shape, wanted: (part: Shape) => boolean, values?: string[]): Promise<Shape> {
    const parts = componentsOf(message);
    const part = parts.find(wanted);
    if (!part) throw new Error(`No such button: ${parts.map((part) => part.label ?? part.custom_id).join(", ")}`);
    return this.rest(person, "POST", "/interactions", {
      type: 3,
      application_id: this.places.applicationId,
      guild_id: this.places.guildId,
      channel_id: message.channel_id,
      message_id: message.id,
      session_id: "e2e",
      data: { component_type: part.type, custom_id: part.custom_id, ...(values ? { values } : {}) },
    });
  }

  /** The bot tells the guild of one more command. */
  async register(command: Shape): Promise<void> {
    const { bot } = await this.world();
    const { applicationId, guildId } = this.places;
    const path = `/api/v10/applications/${applicationId}/guilds/${guildId}/commands`;
    await this.call("POST", path, command, { Authorization: bot.token });
  }

  /** What an admin, or Discord itself, does to a guild and the bot in it. */
  order(what: Shape): Promise<Shape> {
    return this.call("POST", "/stand-in/order", what);
  }

  /** Replaces all faults that are switched on. */
  faults(faults: Shape[]): Promise<Shape> {
    return this.call("PUT", "/stand-in/faults", faults);
  }

  /** Rate limits, which are on in the beginning, for people and the bot alike. */
  limits(enabled: boolean): Promise<Shape> {
    return this.call("PUT", "/stand-in/limits", { enabled });
  }

  /** Discord's REST v10 in this person's name. */
  rest(person: Person, method: string, path: string, body?: Shape): Promise<Shape> {
    return this.call(method, `/api/v10${path}`, body, { Authorization: person.token });
  }

  private call(method: string, path: string, body?: Shape, headers?: Record<string, string>): Promise<Shape> {
    return call(this.base + path, method, body, headers);
  }
}

/** A ticket's card, read as a person would. */
export class Card {
  constructor(readonly message: Shape) {}

  get embed(): Shape {
    return this.message.embeds[0];
  }

  field(name: string): string {
    return this.embed.fields.find((field: Shape) => field.name === name)?.value;
  }

  get buttons(): string[] {
    return componentsOf(this.message).map((button) => button.label);
  }
}

function componentsOf(message: Shape): Shape[] {
  return (message.components ?? []).flatMap((row: Shape) => row.components ?? [row]);
}

async function call(url: string, method: string, body?: Shape, headers: Record<string, string> = {}): Promise<Shape> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(url, { method, headers: { ...headers, ...type }, ...sent });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text === "" ? null : JSON.parse(text);
}
