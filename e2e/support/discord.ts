// A small client of the stand-in: its record of the world, its switches, and Discord's REST in the
// name of one of its people. It holds no state; the stand-in's own record is the truth.

export interface Person {
  id: string;
  name: string;
  token: string;
  staff: boolean;
}

/** Discord's own shapes; a test reads the fields that it cares for. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Shape = any;

export class Discord {
  people: Person[] = [];

  constructor(
    /** Without a slash at the end. */
    readonly base: string,
    readonly guildId: string,
    readonly supportChannelId: string,
    readonly applicationId: string,
  ) {}

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
    const { threads } = await this.world();
    return threads.filter((thread: Shape) => String(thread.parent_id) === this.supportChannelId);
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

  /** Presses the button with this label, or chooses `values` in the menu with this custom id. */
  async press(person: Person, message: Shape, button: string, values?: string[]): Promise<Shape> {
    const parts: Shape[] = (message.components ?? []).flatMap((row: Shape) => row.components ?? [row]);
    const part = parts.find((part) => part.label === button || part.custom_id === button);
    if (!part) throw new Error(`No button ${button}: ${parts.map((part) => part.label ?? part.custom_id).join(", ")}`);
    return this.rest(person, "POST", "/interactions", {
      type: 3,
      application_id: this.applicationId,
      guild_id: this.guildId,
      channel_id: message.channel_id,
      message_id: message.id,
      session_id: "e2e",
      data: { component_type: part.type, custom_id: part.custom_id, ...(values ? { values } : {}) },
    });
  }

  /** Switches faults on and off. */
  faults(faults: Shape): Promise<Shape> {
    return this.call("PUT", "/stand-in/faults", faults);
  }

  /** Discord's REST v10 in this person's name. */
  rest(person: Person, method: string, path: string, body?: Shape): Promise<Shape> {
    return this.call(method, `/api/v10${path}`, body, { Authorization: person.token });
  }

  private async call(method: string, path: string, body?: Shape, headers: Record<string, string> = {}): Promise<Shape> {
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const type: Record<string, string> = body === undefined ? {} : { "Content-Type": "application/json" };
    const response = await fetch(this.base + path, { method, headers: { ...headers, ...type }, ...sent });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
