// The centre: the head of the open channel or thread and its messages. Nodes
// are kept as long as their message does not change, so that focus, selection
// and scroll survive every live update.

import { $, compareIds, dayName, face, h, icon, iconButton, idTime, keepFocus } from "./dom.js";
import { drawMessage } from "./message.js";
import { ask, dialog, menu } from "./overlay.js";
import { isArchived, isLocked, isSpoken, isThread, nameOf, withoutSigning } from "./world.js";

const PAGE = 150;
const GROUP_MS = 7 * 60 * 1000;
const NEAR_END_PX = 80;

export class Log {
  constructor(app) {
    this.app = app;
    this.element = $("log");
    this.list = h("div", { class: "log-list" });
    this.toEnd = h("button", { type: "button", class: "button to-end", hidden: true, on: { click: () => this.scrollToEnd() } },
      icon("arrow"), "Newest messages");
    this.element.append(this.list, this.toEnd);
    this.kept = new Map();
    this.channelId = undefined;
    this.limit = PAGE;
    this.sticking = true;
    this.element.addEventListener("scroll", () => this.noteScroll(), { passive: true });
    // Pictures and the growing composer move the end; follow it if one was there.
    const follow = new ResizeObserver(() => this.sticking && this.scrollToEnd());
    follow.observe(this.list);
    follow.observe(this.element);
  }

  isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  noteScroll() {
    this.sticking = this.isNearEnd();
    if (this.sticking) this.toEnd.hidden = true;
  }

  scrollToEnd() {
    this.element.scrollTop = this.element.scrollHeight;
    this.toEnd.hidden = true;
  }

  /** Brings a message into view and marks it for a moment. */
  show(messageId) {
    const find = () => [...this.list.children].find((node) => node.dataset.messageId === messageId);
    if (!find()) {
      this.limit = Infinity;
      this.draw();
    }
    const node = find();
    if (!node) return;
    this.sticking = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("is-shown");
    requestAnimationFrame(() => node.classList.add("is-shown"));
  }

  draw() {
    const { app } = this;
    const switched = this.channelId !== app.selected;
    if (switched) {
      this.channelId = app.selected;
      this.limit = PAGE;
      this.sticking = true;
      this.kept.clear();
      this.list.replaceChildren();
    }
    const channel = app.world.channel(app.selected);
    drawHead(app, channel);
    const items = channel ? this.items(channel) : [{ key: "nothing", signature: emptyKey(app), build: () => drawNothing(app) }];
    const before = this.kept.size;
    keepFocus(this.list, () => this.reconcile(items, !switched));
    if (this.sticking) this.scrollToEnd();
    else this.toEnd.hidden = this.isNearEnd() || (this.toEnd.hidden && this.kept.size <= before);
  }

  /** What the list shall hold, top to bottom; each with a key and a signature. */
  items(channel) {
    const { app } = this;
    const { world } = app;
    const everything = world.conversation(channel.id).filter((entry) => !(entry.ephemeral && app.isDismissed(entry.message.id)));
    const entries = everything.slice(-this.limit);
    const items = [];
    const hidden = everything.length - entries.length;
    if (hidden > 0) {
      items.push({
        key: "earlier",
        signature: String(hidden),
        build: () => h("p", { class: "earlier" }, h("button", {
          type: "button",
          class: "button",
          text: `Show earlier messages (${hidden})`,
          on: { click: () => { this.sticking = false; this.limit += PAGE * 4; this.draw(); } },
        })),
      });
    } else if (everything.length === 0) {
      items.push({ key: "empty", signature: "", build: () => h("div", { class: "empty" }, h("p", { text: "Nothing has been said here yet." })) });
    }
    let previous = null;
    let day = "";
    let marked = false;
    for (const entry of entries) {
      const { message } = entry;
      const today = dayName(idTime(message.id));
      if (today !== day) {
        items.push({ key: `day:${today}`, signature: today, build: () => h("p", { class: "divider", text: today }) });
        day = today;
        previous = null;
      }
      if (!marked && app.newFrom && compareIds(message.id, app.newFrom) > 0 && message.author.id !== world.me.id) {
        marked = true;
        items.push({ key: "new", signature: "new", build: () => h("p", { class: "divider is-new", text: "New" }) });
        previous = null;
      }
      const item = { ...entry, grouped: belongsTo(previous, entry) };
      items.push({
        key: message.id,
        signature: JSON.stringify([item, world.me.id, world.namesKey, app.busyIn(message.id), world.messageCommands().length + world.memberCommands().length, channel.permissions], withoutSigning),
        build: () => drawMessage(app, item),
      });
      previous = entry;
    }
    for (const pending of app.pending) {
      if (pending.channelId !== channel.id || hasArrived(pending, entries)) continue;
      items.push({
        key: `pending:${pending.nonce}`,
        signature: JSON.stringify([pending.error, pending.wait]),
        build: () => drawPending(app, pending),
      });
    }
    return items;
  }

  reconcile(items, animate) {
    const kept = new Map();
    let place = this.list.firstChild;
    for (const item of items) {
      const known = this.kept.get(item.key);
      let node = known?.node;
      if (known?.signature !== item.signature) {
        node = item.build();
        if (animate && !known) node.classList.add("is-arriving");
        if (known) {
          if (place === known.node) place = place.nextSibling;
          known.node.remove();
        }
      }
      if (node === place) place = place.nextSibling;
      else this.list.insertBefore(node, place);
      kept.set(item.key, { node, signature: item.signature });
    }
    for (const [key, { node }] of this.kept) if (!kept.has(key)) node.remove();
    this.kept = kept;
  }
}

/** Whether the message is here already: live news may overtake the answer to its request. */
function hasArrived(pending, entries) {
  if (pending.error) return false;
  return entries.some(({ message }) => message.id === pending.messageId
    || (message.author.id === pending.person.id
      && compareIds(message.id, pending.after) > 0
      && message.content === pending.payload.content));
}

function belongsTo(previous, entry) {
  if (!previous) return false;
  const [a, b] = [previous.message, entry.message];
  return a.author.id === b.author.id
    && isSpoken(a) && (b.type ?? 0) === 0
    && !previous.ephemeral && !entry.ephemeral
    && idTime(b.id) - idTime(a.id) < GROUP_MS;
}

function drawPending(app, pending) {
  const files = pending.written.files.map((file) => file.name).join(", ");
  return h("article", { class: pending.error ? "message is-failed" : "message is-pending" },
    h("div", { class: "message-gutter" }, face(nameOf(pending.person), pending.person.id)),
    h("div", { class: "message-body" },
      h("header", { class: "message-head" },
        h("bdi", { class: "message-author", text: nameOf(pending.person) }),
        h("span", { class: "message-time", text: pending.error ? "not sent" : pending.wait ?? "sending…" })),
      h("div", { class: "prose" }, h("p", { dir: "auto", text: pending.payload.content || files })),
      (pending.error || pending.wait) && h("p", { class: "failure" }, pending.error && `${pending.error} `,
        pending.error && h("button", { type: "button", class: "link", text: "Try again", on: { click: () => app.tryAgain(pending) } }), " ",
        h("button", { type: "button", class: "link", text: "Change it", on: { click: () => app.takeBack(pending) } }), " ",
        h("button", { type: "button", class: "link", text: "Discard", on: { click: () => app.discard(pending) } }))));
}

// ---- Nothing open ------------------------------------------------------------

const emptyKey = (app) => JSON.stringify([app.selected, app.world.me.id, app.world.threads().length > 0]);

function drawNothing(app) {
  const { world } = app;
  if (app.selected) {
    return h("div", { class: "empty" },
      h("h2", { text: "Nothing to see here" }),
      h("p", { dir: "auto", text: `This thread was deleted, or ${nameOf(world.me)} may not see it. Private threads show themselves to staff and to those who were added.` }));
  }
  if (world.threads().length > 0) {
    return h("div", { class: "empty" }, h("h2", { text: "Pick a thread" }), h("p", { text: "Each ticket of your helpdesk is one." }));
  }
  return h("div", { class: "empty" },
    h("h2", { text: "Waiting for the first ticket" }),
    h("p", { text: "Send one from your helpdesk's page. Its thread opens here by itself, within a second." }));
}

// ---- The head ------------------------------------------------------------------

const KINDS = { 10: "Announcement thread", 11: "Public thread", 12: "Private thread" };

let headDrawn = "";

function drawHead(app, channel) {
  const parent = channel && app.world.channel(channel.parent_id);
  const count = channel ? (app.world.messages[channel.id] ?? []).length : 0;
  const signature = JSON.stringify([channel, parent?.name, count, app.world.me.id]);
  if (signature === headDrawn) return;
  headDrawn = signature;
  const head = $("talk-head");
  head.classList.toggle("is-bare", !channel);
  const about = isThread(channel)
    ? `${KINDS[channel.type]}${parent ? ` in #${parent.name}` : ""}`
    : channel?.topic || "Channel";
  const counted = channel && `${count} ${count === 1 ? "message" : "messages"}`;
  const people = channel?.member_ids && `${channel.member_ids.length} ${channel.member_ids.length === 1 ? "member" : "members"}`;
  keepFocus(head, () => head.replaceChildren(...[
    h("a", { href: "#", class: "icon-button back", "aria-label": "Back to the channels", dataset: { key: "back" } }, icon("back")),
    channel && h("div", { class: "talk-title" },
      h("h2", { dir: "auto", title: channel.name, text: channel.name }),
      h("p", { dir: "auto", text: [about, counted, people].filter(Boolean).join(" · ") })),
    isArchived(channel) && h("span", { class: "state", text: "Archived" }),
    isLocked(channel) && h("span", { class: "state", text: "Locked" }),
    isThread(channel) && h("button", {
      type: "button",
      class: "button thread-menu",
      "aria-haspopup": "menu",
      dataset: { key: "thread-menu" },
      on: { click: (event) => menu(event.currentTarget, "Thread", threadDeeds(app, channel)) },
    }, "Thread", icon("down")),
  ].filter(Boolean)));
}

function threadDeeds(app, thread) {
  const change = (label, body, description) => ({ label, description, pick: () => app.changeThread(thread, body) });
  const deeds = [];
  if (isArchived(thread)) {
    deeds.push(isLocked(thread)
      ? change("Reopen", { archived: false, locked: false }, "Unarchive and unlock")
      : change("Unarchive", { archived: false }));
    if (isLocked(thread)) deeds.push(change("Unarchive, keep locked", { archived: false }));
  } else {
    deeds.push(change("Archive", { archived: true }, "Writing opens it again"));
    deeds.push(isLocked(thread)
      ? change("Unlock", { locked: false })
      : change("Lock", { locked: true }, "Only staff can write"));
    deeds.push(change("Archive and lock", { archived: true, locked: true }, "How a closed ticket looks"));
  }
  deeds.push({
    label: "Rename…",
    pick: () => ask({
      title: "Rename the thread",
      intro: "Discord allows two renames in ten minutes.",
      label: "Name",
      value: thread.name,
      maxLength: 100,
      action: "Rename",
      submit: (name) => app.changeThread(thread, { name }, true),
    }),
  });
  deeds.push({
    label: "Delete…",
    danger: true,
    pick: () => dialog({
      title: "Delete the thread?",
      intro: `“${thread.name}” and its messages go from Discord. The helpdesk keeps its ticket.`,
      action: "Delete thread",
      danger: true,
      submit: () => app.deleteThread(thread),
    }),
  });
  return deeds;
}

/** A quiet line on top when a thread opens elsewhere while one is reading this. */
export function drawArrival(app) {
  const box = $("arrival");
  const threads = [...app.fresh].map((id) => app.world.channel(id)).filter((thread) => thread && thread.id !== app.selected);
  const thread = threads.sort((a, b) => compareIds(b.id, a.id))[0];
  if (box.dataset.threadId === (thread?.id ?? "")) return;
  box.dataset.threadId = thread?.id ?? "";
  box.replaceChildren(...(thread ? [
    h("span", { dir: "auto" }, "New thread: ", h("a", { href: `#${thread.id}`, text: thread.name })),
    iconButton("close", "Dismiss", () => { app.fresh.clear(); app.draw(); }),
  ] : []));
}
