// What admins can do to the bot and the guild, as switches in the drawer. Their
// state is the stand-in's: it is asked for, never remembered here.

import { h } from "./dom.js";
import * as api from "./api.js";
import { ask } from "./overlay.js";

/** Each is on while something is wrong; `key` is true while all is well. */
const DEEDS = [
  {
    key: "bot_in_guild",
    label: "Bot removed",
    help: "An admin throws the bot out of the guild.",
    on: () => ({ do: "kick_bot" }),
    off: () => ({ do: "bring_back" }),
    done: ["The bot is out of the guild.", "The bot is back in the guild."],
  },
  {
    key: "bot_manages_threads",
    label: "Threads not the bot's to manage",
    help: "An admin takes Manage Threads from the bot's role.",
    on: () => ({ do: "take_permission", permission: "MANAGE_THREADS" }),
    off: () => ({ do: "give_permission", permission: "MANAGE_THREADS" }),
    done: ["The bot may not manage threads any more.", "The bot may manage threads again."],
  },
  {
    key: "bot_sees_support",
    label: "Support channel hidden",
    help: "An admin hides the channel from the bot. It is told nothing of what it misses.",
    on: (channel) => ({ do: "take_permission", permission: "VIEW_CHANNEL", channel }),
    off: (channel) => ({ do: "give_permission", permission: "VIEW_CHANNEL", channel }),
    done: ["The bot does not see the channel any more.", "The bot sees the channel and its threads again."],
  },
  {
    key: "message_content",
    label: "Message content off",
    help: "In the developer portal. The bot reads people's messages as empty.",
    on: () => ({ do: "application", message_content: false }),
    off: () => ({ do: "application", message_content: true }),
    done: ["The bot gets messages without their text.", "The bot gets the text of messages again."],
  },
  {
    key: "guild_in_reach",
    label: "Guild out of reach",
    help: "An outage at Discord. No event of the guild arrives.",
    on: () => ({ do: "guild_outage", out: true }),
    off: () => ({ do: "guild_outage", out: false }),
    done: ["The guild is out of reach.", "The guild is back."],
  },
];

export class Admins {
  /** `tell(promise, words)` carries out and says how it went; `here()` is the guild that is shown. */
  constructor(tell, here) {
    this.tell = tell;
    this.here = here;
    this.standing = {};
    this.controls = DEEDS.map((deed) => h("button", {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-checked": "false",
      dataset: { deed: deed.key },
      on: { click: () => this.flip(deed) },
    }, h("span", { class: "menu-words" }, h("span", { text: deed.label }), h("small", { text: deed.help })), h("span", { class: "knob", "aria-hidden": "true" })));
    this.inviting = h("div", { class: "blow" },
      h("button", { type: "button", class: "button", text: "Invite the bot elsewhere…", on: { click: () => this.invite() } }),
      h("small", { text: "Another server takes the bot in. Its owner is told what to do, in direct messages." }));
    this.entrusting = h("div", { class: "blow" },
      h("button", { type: "button", class: "button", text: "Let the bot make channels and roles", on: { click: () => this.entrust() } }),
      h("small", { text: "The bot's role gets Manage Channels and Manage Roles, in the server that is shown." }));
  }

  entrust() {
    const { id, name } = this.here();
    const give = (permission) => api.order({ do: "give_permission", permission, guild: id });
    this.tell(Promise.all(["MANAGE_CHANNELS", "MANAGE_ROLES"].map(give)), `The bot may make channels and roles in ${name}.`);
  }

  invite() {
    ask({
      title: "Invite the bot to another server",
      label: "The server's name",
      value: "Pixel & Co",
      maxLength: 100,
      action: "Invite it",
      submit: (name) => this.tell(api.order({ do: "add_guild", name }), `The bot is in ${name}, too. Choose the server on top.`),
    });
  }

  /** What is wrong at present, in words. */
  words() {
    return DEEDS.filter((deed) => this.standing[deed.key] === false).map((deed) => deed.label);
  }

  async look() {
    this.standing = await api.getStanding().catch(() => ({}));
    for (const control of this.controls) control.setAttribute("aria-checked", String(this.standing[control.dataset.deed] === false));
  }

  async flip(deed) {
    const wrong = this.standing[deed.key] === false;
    const order = (wrong ? deed.off : deed.on)(this.standing.support_channel_id);
    await this.tell(api.order(order).then(() => this.look()), deed.done[wrong ? 1 : 0]);
  }

  /** Everything back to what it was. */
  async clear() {
    for (const deed of DEEDS) {
      if (this.standing[deed.key] === false) await api.order(deed.off(this.standing.support_channel_id));
    }
    await this.look();
  }
}
