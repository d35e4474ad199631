// Reads the answer of `GET /stand-in/view`: who is who, which thread belongs
// where, who may write. Pure look-ups over one snapshot; nothing here touches
// the page or the network.

import { compareIds } from "./dom.js";

const THREAD_TYPES = new Set([10, 11, 12]);
const TEXT_TYPES = new Set([0, 1, 5, 15, 16]);
// A regular message, a reply, and the answers to a slash or a context command.
const SPOKEN_TYPES = new Set([0, 19, 20, 23]);

// Discord's permission bits.
export const MANAGE_MESSAGES = 13n;
export const MANAGE_ROLES = 28n;
export const MANAGE_THREADS = 34n;
const SEND_MESSAGES = 11n;
const SEND_IN_THREADS = 38n;

export const isThread = (channel) => THREAD_TYPES.has(channel?.type);
export const isSpoken = (message) => SPOKEN_TYPES.has(message.type ?? 0);
const isEphemeral = (message) => ((message.flags ?? 0) & 64) !== 0;
export const isArchived = (channel) => channel?.thread_metadata?.archived === true;
export const isLocked = (channel) => channel?.thread_metadata?.locked === true;

export class World {
  constructor(view) {
    this.me = view.me;
    this.guild = view.guild;
    this.guilds = view.guilds ?? [view.guild];
    this.roles = view.guild.roles ?? [];
    this.members = new Map((view.guild.members ?? []).map((member) => [member.user.id, member]));
    this.people = view.people ?? [];
    this.bot = { username: "Bot", ...this.members.get(view.bot.id)?.user, ...view.bot };
    this.channels = [...(view.channels ?? []), ...(view.threads ?? [])];
    // What only this person sees is kept apart: it is nobody's last word.
    this.messages = {};
    this.ephemeral = [...(view.ephemeral ?? [])];
    for (const [channelId, list] of Object.entries(view.messages ?? {})) {
      this.messages[channelId] = list.filter((message) => !isEphemeral(message));
      this.ephemeral.push(...list.filter(isEphemeral).map((message) => ({ channel_id: channelId, message })));
    }
    this.modal = view.modal ?? null;
    this.commands = commandsFor(view.commands, view.guild.id);
    this.interactions = view.interactions ?? [];
    this.channelsById = new Map(this.channels.map((channel) => [channel.id, channel]));
    this.usersById = new Map([...this.people, this.bot].map((user) => [user.id, user]));
    // Rendered messages name people, roles and channels; when one of those
    // names changes, every message has to be drawn anew.
    this.namesKey = JSON.stringify([
      [...this.usersById.values()].map((user) => [user.id, nameOf(user)]),
      this.roles.map((role) => [role.id, role.name]),
      this.channels.map((channel) => [channel.id, channel.name]),
    ]);
  }

  channel(id) {
    return this.channelsById.get(id);
  }

  user(id) {
    return this.usersById.get(id);
  }

  userName(id) {
    const user = this.user(id);
    return user ? nameOf(user) : "unknown person";
  }

  roleName(id) {
    return this.roles.find((role) => role.id === id)?.name ?? "unknown role";
  }

  channelName(id) {
    return this.channel(id)?.name ?? "unknown channel";
  }

  rolesOf(userId) {
    return this.members.get(userId)?.roles ?? [];
  }

  /** What a person is in the guild, in a word: for staff, the role that makes them so. */
  standing(person) {
    if (!person.staff) return "member";
    const held = new Set(this.rolesOf(person.id));
    const role = this.roles.find(({ id, name }) => /support|staff/i.test(name) && (held.size === 0 || held.has(id)));
    return role?.name ?? "staff";
  }

  /** The role that makes its holders staff, by its name. */
  staffRole() {
    return this.roles.find(({ name }) => /support|staff/i.test(name));
  }

  /** Whether one may do this here; where the view does not say, staff may. */
  may(channel, bit) {
    if (channel?.permissions === undefined) return bit !== MANAGE_MESSAGES && bit !== MANAGE_THREADS ? true : this.me.staff;
    return (BigInt(channel.permissions) & (1n << bit)) !== 0n;
  }

  mayWrite(channel) {
    return this.may(channel, isThread(channel) ? SEND_IN_THREADS : SEND_MESSAGES);
  }

  /** Channels that hold conversations, in the guild's order. */
  rooms() {
    return this.channels
      .filter((channel) => TEXT_TYPES.has(channel.type))
      .sort((a, b) => (a.position ?? 0) - (b.position ?? 0) || compareIds(a.id, b.id));
  }

  /** Threads of a channel, the liveliest first. */
  threadsOf(channelId) {
    return this.channels
      .filter((channel) => isThread(channel) && channel.parent_id === channelId)
      .sort((a, b) => compareIds(lastId(b), lastId(a)));
  }

  threads() {
    return this.channels.filter(isThread);
  }

  /** The channel that the hint names: the one with threads, or called support, or the first. */
  supportRoom() {
    const rooms = this.rooms();
    return rooms.find((room) => room.name === "support")
      ?? rooms.find((room) => this.threadsOf(room.id).length > 0)
      ?? rooms[0];
  }

  /** Messages of a channel in order of age, with those that only this person sees. */
  conversation(channelId) {
    const own = this.ephemeral
      .filter((entry) => entry.channel_id === channelId)
      .map((entry) => ({ message: entry.message, ephemeral: true }));
    const shared = (this.messages[channelId] ?? []).map((message) => ({ message, ephemeral: false }));
    if (own.length === 0) return shared;
    return [...shared, ...own].sort((a, b) => compareIds(a.message.id, b.message.id));
  }

  message(channelId, messageId) {
    return (this.messages[channelId] ?? []).find((message) => message.id === messageId);
  }

  /** Slash commands as one types them, sub-commands unfolded: `/ticket close`. */
  slashCommands() {
    const found = [];
    for (const command of this.commands) {
      if ((command.type ?? 1) !== 1) continue;
      const nested = (command.options ?? []).filter((option) => option.type === 1 || option.type === 2);
      if (nested.length === 0) {
        found.push({ command, path: [], name: command.name, description: command.description, options: command.options ?? [] });
      }
      for (const option of nested) {
        const leaves = option.type === 1 ? [[option]] : (option.options ?? []).map((leaf) => [option, leaf]);
        for (const path of leaves) {
          const leaf = path.at(-1);
          const name = [command, ...path].map((part) => part.name).join(" ");
          found.push({ command, path, name, description: leaf.description, options: leaf.options ?? [] });
        }
      }
    }
    return found.sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Commands that Discord offers in a member's own menu. */
  memberCommands() {
    return this.commands.filter((command) => command.type === 2);
  }

  /** Commands that Discord offers in a message's own menu. */
  messageCommands() {
    return this.commands.filter((command) => command.type === 3);
  }
}

/** Registered commands come as one list, or global ones and those of each guild. */
function commandsFor(commands, guildId) {
  if (Array.isArray(commands)) return commands;
  return [...(commands?.guild?.[guildId] ?? []), ...(commands?.global ?? [])];
}

export const nameOf = (user) => user?.nick || user?.global_name || user?.username || "unknown person";

/**
 * Links to files are signed anew in every view. A new signature is no new
 * message: drawing it again would load every picture again.
 */
export const withoutSigning = (key, value) =>
  (key === "url" || key === "proxy_url") && typeof value === "string" ? value.replace(/\?ex=.*$/, "") : value;

export const lastId = (channel) => channel.last_message_id ?? channel.id;

/**
 * What people type is `@mira.okafor`; what Discord stores is `<@id>`. Longer
 * names go first, so that `@mira` does not eat the start of `@mira.okafor`.
 */
export function mentionsToWire(text, world) {
  let wire = text;
  for (const { word, wire: tag } of mentionables(world)) {
    const pattern = new RegExp(`(?<![\\w<])@${escapeRegExp(word)}(?![\\w.]*\\w)`, "giu");
    wire = wire.replace(pattern, () => tag);
  }
  return wire;
}

export function mentionsFromWire(text, world) {
  let typed = text;
  for (const { word, wire } of mentionables(world)) typed = typed.replaceAll(wire, `@${word}`);
  return typed;
}

/** Everybody and every role that can be mentioned, with the word one types for it. */
export function mentionables(world) {
  const users = [...world.usersById.values()].map((user) => ({ word: user.username, label: nameOf(user), wire: `<@${user.id}>`, id: user.id }));
  const roles = world.roles
    .filter((role) => role.id !== world.guild.id)
    .map((role) => ({ word: role.name, label: "role", wire: `<@&${role.id}>`, id: role.id }));
  return [...users, ...roles].sort((a, b) => b.word.length - a.word.length);
}

const escapeRegExp = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
