// The left pane: channels, their threads with last words, archived ones
// folded. It shows what is new and what is unread; `app` decides what is.

import { $, age, h, icon, idTime, keepFocus, timeTag } from "./dom.js";
import { preview } from "./message.js";
import { isArchived, isLocked, isSpoken, lastId, nameOf } from "./world.js";

const PRIVATE_THREAD = 12;

export class Sidebar {
  constructor(app) {
    this.app = app;
    this.element = $("sidebar");
    this.unfolded = new Set();
    this.announced = new Set();
    this.drawn = "";
  }

  draw() {
    const { app } = this;
    const rooms = app.world.rooms().map((room) => this.room(room));
    // Only a changed list is drawn anew, so that a pointer or a screen reader
    // in the middle of it is not disturbed by every event.
    const signature = JSON.stringify([rooms, app.selected, [...this.unfolded], app.world.namesKey]);
    if (signature === this.drawn) return;
    this.drawn = signature;
    keepFocus(this.element, () => this.element.replaceChildren(...rooms.map((room) => this.drawRoom(room))));
  }

  room(channel) {
    const threads = this.app.world.threadsOf(channel.id).map((thread) => this.row(thread));
    return {
      ...this.row(channel),
      active: threads.filter((thread) => !thread.archived),
      archived: threads.filter((thread) => thread.archived),
    };
  }

  row(channel) {
    const { app } = this;
    const last = app.world.messages[channel.id]?.at(-1);
    return {
      id: channel.id,
      name: channel.name,
      kind: channel.type === PRIVATE_THREAD ? "private" : channel.type >= 10 && channel.type <= 12 ? "thread" : "hash",
      archived: isArchived(channel),
      locked: isLocked(channel),
      age: age(idTime(last?.id ?? lastId(channel))),
      when: last?.id ?? lastId(channel),
      words: last ? lastWords(last, app.world) : "",
      fresh: app.fresh.has(channel.id),
      unread: app.unreadIn(channel.id),
    };
  }

  drawRoom(room) {
    const open = this.unfolded.has(room.id) || room.archived.some((thread) => thread.id === this.app.selected);
    const fold = room.archived.length > 0 && h("details", {
      class: "archived",
      open,
      on: {
        toggle: (event) => (event.currentTarget.open ? this.unfolded.add(room.id) : this.unfolded.delete(room.id)),
      },
    },
      h("summary", { dataset: { key: `archived:${room.id}` } }, icon("down"), `Archived · ${room.archived.length}`),
      h("ul", { class: "threads" }, room.archived.map((thread) => h("li", {}, this.drawThread(thread)))));
    return h("section", { class: "room" },
      this.link(room, "room-row", icon("hash"), h("span", { class: "row-name", text: room.name, dir: "auto" }), this.badge(room)),
      room.active.length > 0 && h("ul", { class: "threads" }, room.active.map((thread) => h("li", {}, this.drawThread(thread)))),
      fold);
  }

  drawThread(thread) {
    return this.link(thread, "thread-row",
      icon(thread.archived ? "archive" : thread.kind),
      h("span", { class: "row-name", text: thread.name, dir: "auto" }),
      timeTag(idTime(thread.when), thread.age, { class: "row-age" }),
      thread.words && h("span", { class: "row-words", text: thread.words, dir: "auto" }),
      this.badge(thread));
  }

  badge(row) {
    if (row.fresh) return h("span", { class: "badge is-new", text: "New" });
    if (row.unread > 0) return h("span", { class: "badge", text: row.unread, "aria-label": `${row.unread} unread` });
    return null;
  }

  link(row, look, ...content) {
    // The highlight flashes once, however often the list is drawn.
    const flash = row.fresh && !this.announced.has(row.id);
    if (flash) this.announced.add(row.id);
    const classes = ["row", look, row.fresh && "is-fresh", flash && "is-arriving", row.unread > 0 && "is-unread"];
    return h("a", {
      href: `#${row.id}`,
      class: classes.filter(Boolean).join(" "),
      title: row.name,
      "aria-current": row.id === this.app.selected && "page",
      dataset: { key: `row:${row.id}`, channelId: row.id },
    }, content);
  }
}

/** The bot speaks for the customer and names them itself; people are named here. */
function lastWords(message, world) {
  const words = preview(message, world);
  if (message.author.bot || !isSpoken(message)) return words;
  return `${nameOf(world.user(message.author.id) ?? message.author)}: ${words}`;
}
