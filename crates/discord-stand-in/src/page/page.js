// Starts the page and holds its state: who one plays, which thread is open,
// what is new. Every change on the stand-in ends here as a fresh view, and
// every deed of a person starts here as a request in their name.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { $, compareIds, face, h, iconButton, setClock } from "./dom.js";
import { Faults } from "./faults.js";
import { Live } from "./live.js";
import { Log, drawArrival } from "./log.js";
import { forBrowser, forTab, memory } from "./memory.js";
import { botForm, dialog } from "./overlay.js";
import { Sidebar } from "./sidebar.js";
import { World, isArchived, lastId, nameOf } from "./world.js";

// Discord gives a bot 3 s to answer; the rest is the way here.
const ANSWER_MS = 3500;
const SKELETON_AFTER_MS = 150;

const app = {
  world: null,
  selected: null,
  /** Threads that appeared while one was looking, until they are opened. */
  fresh: new Set(),
  /** By channel: the last message that was on screen. */
  read: new Map(),
  newFrom: null,
  pending: [],
  busy: new Set(),
  dismissed: new Set(),
  known: null,
  /** The bot's form that is open, and the interaction of the last one that is over. */
  form: null,
  formDone: null,

  draw() {
    if (!this.world) return;
    this.sidebar.draw();
    this.log.draw();
    this.composer.draw();
    drawArrival(this);
    drawBar();
  },

  unreadIn(channelId) {
    if (channelId === this.selected) return 0;
    const since = this.read.get(channelId) ?? "0";
    const messages = this.world.messages[channelId] ?? [];
    let unread = 0;
    for (let at = messages.length - 1; at >= 0 && compareIds(messages[at].id, since) > 0; at -= 1) {
      if (messages[at].author.id !== this.world.me.id) unread += 1;
    }
    return unread;
  },

  /** Refusals of deeds are told beside the composer, in words. */
  async attempt(deed) {
    try {
      await deed();
      this.composer.sayNothing();
      return true;
    } catch (refusal) {
      if (!(refusal instanceof api.Refused)) throw refusal;
      this.composer.say(refusal.message);
      return false;
    }
  },

  // ---- Messages ----------------------------------------------------------------

  sendNew(payload, written) {
    const channelId = this.selected;
    const after = lastMessage(this.world.channel(channelId));
    const pending = { nonce: api.nonce(), channelId, after, person: this.world.me, payload, written, error: null, wait: null };
    this.pending.push(pending);
    this.draw();
    return this.deliverAll();
  },

  tryAgain(pending) {
    pending.error = null;
    this.draw();
    return this.deliverAll();
  },

  /** One at a time, in the order in which they were written. */
  async deliverAll() {
    if (this.delivering) return;
    this.delivering = true;
    try {
      let next;
      while ((next = this.pending.find((pending) => !pending.error))) await this.deliver(next);
    } finally {
      this.delivering = false;
    }
  },

  async deliver(pending) {
    const { person, channelId, payload, nonce, written } = pending;
    try {
      // The nonce makes another try safe when the message was taken and only
      // the answer got lost.
      const made = await api.sendMessage(person, channelId, { ...payload, nonce, enforce_nonce: true }, written.files);
      pending.messageId = made.id;
      await live.refresh();
      this.discard(pending);
    } catch (refusal) {
      if (!(refusal instanceof api.Refused)) throw refusal;
      if (refusal.retryAfter === null) {
        pending.error = refusal.message;
        this.draw();
        return;
      }
      // Asked to wait is not refused: it goes out by itself when it may.
      pending.wait = `waiting ${Math.ceil(refusal.retryAfter)} s, as Discord asks`;
      this.draw();
      await new Promise((resume) => setTimeout(resume, refusal.retryAfter * 1000));
    }
  },

  discard(pending) {
    this.pending = this.pending.filter((other) => other !== pending);
    this.draw();
  },

  takeBack(pending) {
    this.discard(pending);
    this.composer.takeBack(pending.written);
  },

  saveEdit(message, content) {
    return this.attempt(() => api.editMessage(this.world.me, message.channel_id, message.id, content));
  },

  askDelete(message, after = () => {}) {
    dialog({
      title: "Delete this message?",
      intro: message.content?.slice(0, 200),
      action: "Delete message",
      danger: true,
      submit: async () => {
        await api.deleteMessage(this.world.me, message.channel_id, message.id);
        after();
      },
    });
  },

  react(message, emoji, on) {
    return this.attempt(() => api.react(this.world.me, message.channel_id, message.id, emoji, on));
  },

  replyTo(message) {
    this.composer.replyTo(message);
  },

  edit(message) {
    this.composer.edit(message);
  },

  showMessage(id) {
    this.log.show(id);
  },

  isDismissed(id) {
    return this.dismissed.has(id);
  },

  dismiss(messageId) {
    this.dismissed.add(messageId);
    this.draw();
    return this.attempt(() => api.dismissMessage(this.world.me, messageId));
  },

  // ---- Threads -------------------------------------------------------------------

  async changeThread(thread, change, rethrow = false) {
    const deed = () => api.patchChannel(this.world.me, thread.id, change);
    if (rethrow) return deed();
    return this.attempt(deed);
  },

  deleteThread(thread) {
    return api.deleteChannel(this.world.me, thread.id);
  },

  // ---- Interactions ----------------------------------------------------------------

  isBusy(messageId, customId) {
    return this.busy.has(`${messageId}:${customId}`);
  },

  busyIn(messageId) {
    return [...this.busy].filter((key) => key.startsWith(`${messageId}:`));
  },

  /** Every way to call the bot ends here; `done` runs once it reacted, or did not. */
  async interact(type, data, more = {}, done = () => {}) {
    const { world, selected } = this;
    const nonce = api.nonce();
    try {
      await api.interact(world.me, {
        type,
        application_id: world.bot.application_id ?? world.bot.id,
        guild_id: world.guild.id,
        channel_id: selected,
        nonce,
        data,
        ...more,
      });
    } catch (refusal) {
      done();
      throw refusal;
    }
    awaitReaction(nonce, done);
  },

  press(message, component, values) {
    const key = `${message.id}:${component.custom_id}`;
    this.busy.add(key);
    this.draw();
    const done = () => {
      this.busy.delete(key);
      this.draw();
    };
    const data = { component_type: component.type, custom_id: component.custom_id, ...(values && { values }) };
    return this.attempt(() => this.interact(3, data, { message_id: message.id, message_flags: message.flags ?? 0 }, done));
  },

  runCommand(command, options) {
    return this.attempt(() => this.interact(2, { id: command.id, name: command.name, type: 1, options }));
  },

  /** What the bot suggests for the option that is being typed; nothing, if it is silent. */
  async suggestions(command, options) {
    const nonce = api.nonce();
    const answered = new Promise((settle) => {
      const timer = setTimeout(() => settle(null), ANSWER_MS);
      waiting.set(nonce, () => {
        clearTimeout(timer);
        settle(this.world.interactions.find((it) => String(it.nonce) === nonce));
      });
    });
    try {
      await api.interact(this.world.me, {
        type: 4,
        application_id: this.world.bot.application_id ?? this.world.bot.id,
        guild_id: this.world.guild.id,
        channel_id: this.selected,
        nonce,
        data: { id: command.id, name: command.name, type: 1, options },
      });
      return (await answered)?.choices ?? [];
    } catch {
      return [];
    } finally {
      waiting.delete(nonce);
    }
  },

  giveRole(member, role, on) {
    return this.attempt(() => api.giveRole(this.world.me, this.world.guild.id, member.id, role.id, on));
  },

  useMemberCommand(command, member) {
    return this.attempt(() => this.interact(2, { id: command.id, name: command.name, type: 2, target_id: member.id }));
  },

  useMessageCommand(command, message) {
    return this.attempt(() => this.interact(2, { id: command.id, name: command.name, type: 3, target_id: message.id }));
  },

  startOver() {
    this.fresh.clear();
    this.read.clear();
    this.known = null;
    this.pending = [];
    if (location.hash) location.hash = "";
    live.refresh();
  },
};

// ---- The view, always fresh ------------------------------------------------------

let personId = memory.get(forTab, "person") ?? "";
let guildId = memory.get(forTab, "guild") ?? "";
/** By nonce: what to do once the bot reacted. */
const waiting = new Map();

const live = new Live({
  person: () => personId,
  guild: () => guildId,
  forgetPerson: () => { personId = ""; },
  apply,
});

/** Waits for the bot's reaction to an interaction, and says so if there is none. */
function awaitReaction(nonce, done) {
  const settle = (reacted) => {
    clearTimeout(timer);
    waiting.delete(nonce);
    done();
    if (!reacted) app.composer.say("The bot did not answer within 3 seconds. Is the helpdesk running?");
  };
  // Silence makes no event: the view has to be asked once more.
  const timer = setTimeout(() => live.refresh().finally(() => waiting.has(nonce) && settle(true)), ANSWER_MS);
  waiting.set(nonce, settle);
}

function noteReactions() {
  for (const { nonce, progress } of app.world.interactions) {
    if (progress !== "waiting") waiting.get(String(nonce))?.(progress !== "failed");
  }
}

function apply(view) {
  const before = app.world;
  app.world = new World(view);
  if (view.now_ms) setClock(view.now_ms);
  personId = app.world.me.id;
  if (before && (before.me.id !== personId || before.guild.id !== app.world.guild.id)) app.known = null;
  noteNews();
  noteReactions();
  drawPeople();
  drawHint();
  app.draw();
  showForm();
}

function noteNews() {
  const { world } = app;
  const threads = world.threads();
  if (app.known === null) {
    // The first look: all that is there counts as read.
    for (const channel of world.channels) if (!app.read.has(channel.id)) app.read.set(channel.id, lastMessage(channel));
    app.known = new Set(threads.map((thread) => thread.id));
    if (!app.selected && isWide()) {
      const liveliest = threads.filter((thread) => !isArchived(thread)).sort((a, b) => compareIds(lastId(b), lastId(a)))[0];
      if (liveliest) select(liveliest.id, { replace: true });
    }
  } else {
    const born = threads.filter((thread) => !app.known.has(thread.id));
    for (const thread of born) {
      app.known.add(thread.id);
      app.fresh.add(thread.id);
    }
    // A person who went back to the list on a phone is reading the list.
    if (born.length > 0 && !app.selected && (isWide() || !app.everSelected)) select(born.at(-1).id);
  }
  for (const id of app.fresh) if (!world.channel(id)) app.fresh.delete(id);
  if (app.selected && !document.hidden) markRead(app.selected);
}

const isWide = () => matchMedia("(min-width: 640px)").matches;

const lastMessage = (channel) => app.world.messages[channel.id]?.at(-1)?.id ?? "0";

function markRead(channelId) {
  const channel = app.world.channel(channelId);
  if (channel) app.read.set(channelId, lastMessage(channel));
  app.fresh.delete(channelId);
}

// ---- Which channel is open ----------------------------------------------------------

function select(id, { replace = false } = {}) {
  if (replace) {
    history.replaceState(null, "", `#${id}`);
    readHash();
  } else {
    location.hash = id;
  }
}

function readHash() {
  const id = /^#(\d+)$/.exec(location.hash)?.[1] ?? null;
  if (id !== app.selected) {
    // Keeps the place where one had stopped reading, for the line "New".
    app.newFrom = id && app.world ? app.read.get(id) ?? null : null;
    if (app.world && id && app.unreadIn(id) === 0) app.newFrom = null;
  }
  app.selected = id;
  if (id) app.everSelected = true;
  document.body.dataset.pane = id ? "talk" : "list";
  if (!app.world) return;
  if (id) markRead(id);
  app.draw();
}

// ---- The bar on top --------------------------------------------------------------------

let peopleDrawn = "";

function drawPeople() {
  const { world } = app;
  const signature = JSON.stringify([world.people, world.roles, world.me.id, world.guild.id, world.guilds]);
  if (signature === peopleDrawn) return;
  peopleDrawn = signature;
  const option = (person) => h("option", { value: person.id, text: `${nameOf(person)} (${world.standing(person)})` });
  const group = (label, people) => people.length > 0 && h("optgroup", { label }, people.map(option));
  $("person").replaceChildren(...[
    group("Staff", world.people.filter((person) => person.staff)),
    group("Others in the guild", world.people.filter((person) => !person.staff)),
  ].filter(Boolean));
  $("person").value = world.me.id;
  $("person-face").replaceChildren(face(nameOf(world.me), world.me.id));
  const several = world.guilds.length > 1;
  $("guild-name").textContent = world.guild.name;
  $("guild-name").hidden = several;
  $("guild").hidden = !several;
  $("guild").replaceChildren(...world.guilds.map(({ id, name }) => h("option", { value: id, text: name })));
  $("guild").value = world.guild.id;
}

function drawBar() {
  const unread = app.world.channels.filter((channel) => app.unreadIn(channel.id) > 0 || app.fresh.has(channel.id)).length;
  const place = app.world.channel(app.selected)?.name;
  document.title = `${unread > 0 ? `(${unread}) ` : ""}${place ? `${place} · ` : ""}Discord stand-in`;
}

function drawHint() {
  const hint = $("hint");
  if (hint.childElementCount > 0 || memory.get(forBrowser, "hint") === "seen") return;
  const room = app.world.supportRoom();
  hint.hidden = false;
  hint.replaceChildren(
    h("p", {}, h("b", { text: "This is a stand-in for Discord." }),
      ` Choose on top whom you play. Tickets' threads appear under #${room?.name ?? "support"}: what staff write there, the customer reads.`),
    iconButton("close", "Dismiss the hint", () => {
      hint.hidden = true;
      memory.set(forBrowser, "hint", "seen");
    }));
}

// ---- The bot's forms ----------------------------------------------------------------------

function showForm() {
  const { modal, me } = app.world;
  if (app.form && app.form.person !== me.id) app.form.box.close();
  if (!modal || app.form || modal.interaction_id === app.formDone) return;
  const over = () => {
    app.form = null;
    app.formDone = modal.interaction_id;
  };
  const send = async (components) => {
    const data = { id: modal.interaction_id, custom_id: modal.custom_id, components };
    await app.interact(5, data, { channel_id: modal.channel_id ?? app.selected });
    over();
  };
  const leave = () => {
    over();
    app.attempt(() => api.dismissForm(me));
  };
  app.form = { person: me.id, box: botForm(modal, send, leave) };
}

// ---- Start -----------------------------------------------------------------------------------

function start() {
  app.sidebar = new Sidebar(app);
  app.log = new Log(app);
  app.composer = new Composer(app);
  app.faults = new Faults(app);
  readHash();
  window.addEventListener("hashchange", () => {
    readHash();
    app.composer.focus();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden || !app.world || !app.selected) return;
    markRead(app.selected);
    app.draw();
  });
  $("person").addEventListener("change", () => {
    personId = $("person").value;
    memory.set(forTab, "person", personId);
    live.refresh();
  });
  $("guild").addEventListener("change", () => {
    guildId = $("guild").value;
    memory.set(forTab, "guild", guildId);
    app.fresh.clear();
    if (location.hash) location.hash = "";
    live.refresh();
  });
  $("skip").addEventListener("click", () => $("log").focus());
  // Ages in the list grow by themselves.
  setInterval(() => app.draw(), 30000);
  setTimeout(() => app.world || document.body.classList.add("is-loading"), SKELETON_AFTER_MS);
  live.listen();
  live.refresh().then(() => document.body.classList.remove("is-loading"));
}

start();
