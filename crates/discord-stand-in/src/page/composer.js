// The place to write: drafts per thread, files, replying and editing, slash
// commands and mentions as one types, and the state of the thread in words.

import { $, compareIds, h, icon, iconButton, size } from "./dom.js";
import { CommandForm } from "./commands.js";
import { preview } from "./message.js";
import { MANAGE_THREADS, isArchived, isLocked, isSpoken, mentionables, mentionsFromWire, mentionsToWire, nameOf } from "./world.js";

const MAX_LENGTH = 2000;
const SUGGESTIONS = 8;

export class Composer {
  constructor(app) {
    this.app = app;
    this.drafts = new Map();
    this.channelId = undefined;
    this.draft = emptyDraft();
    this.editing = null;
    this.suggested = [];
    this.at = 0;

    this.state = h("div", { class: "thread-state", hidden: true });
    this.error = h("div", { class: "form-error", role: "alert", hidden: true });
    this.context = h("div", { class: "composer-context", hidden: true });
    this.files = h("ul", { class: "composer-files", hidden: true });
    this.suggestions = h("div", { class: "suggestions", id: "suggestions", role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.command = new CommandForm(app, () => this.leaveCommand());
    this.text = h("textarea", {
      id: "message-text",
      rows: "1",
      dir: "auto",
      "aria-autocomplete": "list",
      "aria-controls": "suggestions",
      on: {
        input: () => this.typed(),
        keydown: (event) => this.key(event),
        blur: () => this.closeSuggestions(),
        paste: (event) => event.clipboardData.files.length > 0 && this.addFiles(event.clipboardData.files),
      },
    });
    this.count = h("span", { class: "count", hidden: true });
    this.picker = h("input", {
      type: "file",
      multiple: true,
      hidden: true,
      "aria-label": "Files to attach",
      on: { change: () => { this.addFiles(this.picker.files); this.picker.value = ""; } },
    });
    this.send = iconButton("send", "Send", () => this.submit(), { class: "icon-button is-primary" });
    this.box = h("div", { class: "composer-box" },
      iconButton("clip", "Attach a file", () => this.picker.click()),
      this.picker,
      this.text, this.count,
      iconButton("slash", "Commands", () => this.startCommand()),
      this.send);
    $("composer").append(this.state, this.error, this.suggestions, this.context, this.files, this.command.element, this.box);
    this.acceptDrops();
  }

  // ---- Drawing ------------------------------------------------------------

  draw() {
    const { app } = this;
    const channel = app.world.channel(app.selected);
    // Shown before it is filled: what is hidden has no height to measure.
    $("composer").hidden = !channel;
    if (this.channelId !== app.selected) this.switchTo(app.selected);
    if (!channel) return;
    const { words, deed, canWrite } = threadState(app, channel);
    this.drawState(words, deed);
    const commanding = this.command.isOpen();
    this.box.hidden = !canWrite || commanding;
    const name = channel.type >= 10 && channel.type <= 12 ? `“${channel.name}”` : `#${channel.name}`;
    const label = `Write as ${nameOf(app.world.me)}`;
    this.text.placeholder = label;
    this.text.setAttribute("aria-label", `${label} in ${name}`);
    this.drawContext();
    this.drawFiles();
    this.suggestAnew();
  }

  drawState(words, deed) {
    const key = JSON.stringify([words, deed?.label]);
    if (this.state.dataset.shown === key) return;
    this.state.dataset.shown = key;
    this.state.hidden = !words;
    this.state.replaceChildren(...(words
      ? [h("span", {}, words), deed ? h("button", { type: "button", class: "button", text: deed.label, on: { click: deed.run } }) : ""]
      : []));
  }

  drawContext() {
    const { editing, draft: { reply }, app } = this;
    const target = editing ?? reply;
    this.context.hidden = !target;
    this.context.replaceChildren(...(target ? [
      h("span", { class: "context-words", dir: "auto" },
        h("b", { text: editing ? "Editing your message" : `Replying to ${nameOf(app.world.user(reply.author.id) ?? reply.author)}` }),
        ` ${preview(target, app.world)}`),
      iconButton("close", editing ? "Cancel editing" : "Cancel the reply", () => this.cancel()),
    ] : []));
  }

  drawFiles() {
    const { files } = this.draft;
    this.files.hidden = files.length === 0 || Boolean(this.editing);
    this.files.replaceChildren(...files.map((file) => h("li", { class: "file" },
      icon("file"), h("bdi", { class: "file-name", text: file.name }), h("small", { text: size(file.size) }),
      iconButton("close", `Remove ${file.name}`, () => {
        this.draft.files = this.draft.files.filter((other) => other !== file);
        this.drawFiles();
      }))));
  }

  grow() {
    this.text.style.height = "auto";
    if (this.text.scrollHeight > 0) this.text.style.height = `${Math.min(this.text.scrollHeight, window.innerHeight * 0.4)}px`;
    const left = MAX_LENGTH - [...this.text.value].length;
    this.count.hidden = left > 200;
    this.count.textContent = left;
    this.count.classList.toggle("is-over", left < 0);
  }

  // ---- Drafts, replies, edits ----------------------------------------------

  switchTo(channelId) {
    this.channelId = channelId;
    this.editing = null;
    this.command.close();
    this.closeSuggestions();
    this.sayNothing();
    if (!this.drafts.has(channelId)) this.drafts.set(channelId, emptyDraft());
    this.draft = this.drafts.get(channelId);
    this.setText(this.draft.text);
  }

  typed() {
    // An edit is not the draft: that one waits until the edit is over.
    if (!this.editing) this.draft.text = this.text.value;
    this.grow();
    this.suggest();
  }

  setText(text) {
    this.text.value = text;
    this.grow();
  }

  focus() {
    // On a phone the keyboard would cover the talk before one has read it.
    if (!this.box.hidden && matchMedia("(pointer: fine)").matches) this.text.focus({ preventScroll: true });
  }

  replyTo(message) {
    this.stopEditing();
    this.draft.reply = message;
    this.draw();
    this.text.focus();
  }

  edit(message) {
    this.editing = message;
    this.setText(mentionsFromWire(message.content, this.app.world));
    this.draw();
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  /** What could not be sent goes back to where it was written. */
  takeBack({ text, files, reply }) {
    this.stopEditing();
    const { draft } = this;
    draft.text = [text, draft.text].filter(Boolean).join("\n");
    draft.files = [...files, ...draft.files];
    draft.reply ??= reply;
    this.setText(draft.text);
    this.draw();
    this.text.focus();
  }

  stopEditing() {
    if (!this.editing) return;
    this.editing = null;
    // What was being written before the edit comes back.
    this.setText(this.draft.text);
  }

  cancel() {
    if (this.editing) this.stopEditing();
    else this.draft.reply = null;
    this.draw();
    this.text.focus();
  }

  editLast() {
    const { world, selected } = this.app;
    const last = [...(world.messages[selected] ?? [])].reverse().find((message) => message.author.id === world.me.id && isSpoken(message));
    if (last) this.edit(last);
  }

  addFiles(files) {
    this.draft.files.push(...files);
    this.drawFiles();
    this.text.focus();
  }

  acceptDrops() {
    const talk = $("talk");
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    talk.addEventListener("dragover", (event) => {
      if (!holdsFiles(event) || this.box.hidden) return;
      event.preventDefault();
      talk.classList.add("is-drop");
    });
    talk.addEventListener("dragleave", (event) => !talk.contains(event.relatedTarget) && talk.classList.remove("is-drop"));
    talk.addEventListener("drop", (event) => {
      talk.classList.remove("is-drop");
      if (!holdsFiles(event) || this.box.hidden) return;
      event.preventDefault();
      this.addFiles(event.dataTransfer.files);
    });
  }

  // ---- Errors in words -------------------------------------------------------

  say(words) {
    this.error.hidden = false;
    this.error.replaceChildren(h("span", { text: words }), iconButton("close", "Dismiss", () => this.sayNothing()));
  }

  sayNothing() {
    this.error.hidden = true;
    this.error.replaceChildren();
  }

  // ---- Keys and sending --------------------------------------------------------

  key(event) {
    if (event.isComposing) return;
    if (!this.suggestions.hidden && this.suggested.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        this.at = (this.at + step + this.suggested.length) % this.suggested.length;
        this.drawSuggestions();
        return;
      }
      if (event.key === "Enter" || event.key === "Tab") {
        event.preventDefault();
        this.suggested[this.at].pick();
        return;
      }
    }
    if (event.key === "Escape") {
      if (!this.suggestions.hidden) this.closeSuggestions();
      else if (this.editing || this.draft.reply) this.cancel();
      else return;
      event.preventDefault();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && this.text.value === "" && !this.editing) {
      event.preventDefault();
      this.editLast();
    }
  }

  async submit() {
    const { app, draft } = this;
    const content = mentionsToWire(this.text.value.trim(), app.world);
    if (this.editing) {
      await this.submitEdit(content);
      return;
    }
    if (content === "" && draft.files.length === 0) return;
    // As in Discord: what is typed as a command is never said aloud.
    const command = this.typedCommand(this.text.value);
    if (command) {
      this.openCommand(command.entry, command.rest);
      return;
    }
    const payload = { content };
    if (draft.reply) payload.message_reference = { message_id: draft.reply.id, channel_id: app.selected, fail_if_not_exists: false };
    const written = { text: this.text.value, files: draft.files, reply: draft.reply };
    Object.assign(draft, emptyDraft());
    this.setText("");
    this.sayNothing();
    this.draw();
    app.log.sticking = true;
    app.sendNew(payload, written);
  }

  async submitEdit(content) {
    const { app, editing } = this;
    if (content === "") {
      // As in Discord: an edit to nothing asks whether to delete.
      app.askDelete(editing, () => this.stopEditing());
      return;
    }
    if (content !== editing.content && !(await app.saveEdit(editing, content))) return;
    this.stopEditing();
    this.draw();
  }

  // ---- Suggestions ---------------------------------------------------------------

  suggest() {
    const before = this.text.value.slice(0, this.text.selectionStart);
    const mention = /(?:^|\s)@([\p{L}\p{N}_.]*)$/u.exec(before);
    if (!this.editing && /^\/[^\n]*$/.test(this.text.value)) this.suggestCommands(this.text.value.slice(1));
    else if (mention) this.suggestMentions(mention[1]);
    else this.closeSuggestions();
  }

  /** Commands and people may come and go while one looks at the list of them. */
  suggestAnew() {
    if (this.suggestions.hidden) return;
    const chosen = this.suggested[this.at]?.label;
    this.suggest();
    const at = this.suggested.findIndex(({ label }) => label === chosen);
    if (at <= 0) return;
    this.at = at;
    this.drawSuggestions();
  }

  suggestCommands(typed) {
    const { world } = this.app;
    const wanted = typed.trim().toLowerCase();
    const whole = this.typedCommand(`/${typed}`);
    const found = whole && whole.rest !== ""
      ? [whole.entry]
      : world.slashCommands().filter(({ name }) => name.startsWith(wanted) || (wanted !== "" && name.includes(` ${wanted}`)));
    this.suggested = found.slice(0, 25).map((entry) => ({
      label: `/${entry.name}`,
      description: entry.description,
      pick: () => this.openCommand(entry, whole?.entry === entry ? whole.rest : ""),
    }));
    this.none = world.commands.length === 0 ? "The bot has not registered any commands yet." : "No command begins like that.";
    // A text that merely begins with a slash, "/etc/hosts is wrong", is a message.
    if (found.length === 0 && typed.includes(" ")) this.closeSuggestions();
    else this.showSuggestions();
  }

  suggestMentions(typed) {
    const wanted = typed.toLowerCase();
    this.suggested = mentionables(this.app.world)
      .filter(({ word, label }) => word.toLowerCase().startsWith(wanted) || label.toLowerCase().startsWith(wanted))
      .sort((a, b) => compareIds(a.id, b.id))
      .slice(0, SUGGESTIONS)
      .map(({ word, label }) => ({ label: `@${word}`, description: label, pick: () => this.complete(typed, word) }));
    // A name typed in full needs no help, and Enter shall send it.
    const done = this.suggested.length === 1 && this.suggested[0].label === `@${typed}`;
    if (this.suggested.length === 0 || done) this.closeSuggestions();
    else this.showSuggestions();
  }

  complete(typed, word) {
    const end = this.text.selectionStart;
    this.text.setRangeText(`@${word} `, end - typed.length - 1, end, "end");
    this.text.dispatchEvent(new Event("input"));
    this.closeSuggestions();
  }

  showSuggestions() {
    this.at = 0;
    this.suggestions.hidden = false;
    this.drawSuggestions();
  }

  drawSuggestions() {
    const shown = JSON.stringify([this.at, this.none, this.suggested]);
    // What one is about to press stays where it is.
    if (this.suggestions.dataset.shown === shown) return;
    this.suggestions.dataset.shown = shown;
    const rows = this.suggested.map((suggestion, index) => h("div", {
      id: `suggestion-${index}`,
      role: "option",
      class: "menu-item",
      "aria-selected": String(index === this.at),
      // Before the text loses focus, else the list would close under the pointer.
      on: { mousedown: (event) => { event.preventDefault(); this.suggested[index].pick(); } },
    }, h("span", { class: "menu-words" }, h("span", { text: suggestion.label }), h("small", { text: suggestion.description, dir: "auto" }))));
    this.suggestions.replaceChildren(...(rows.length > 0 ? rows : [h("p", { class: "quiet", text: this.none })]));
    if (rows.length > 0) this.text.setAttribute("aria-activedescendant", `suggestion-${this.at}`);
    rows[this.at]?.scrollIntoView({ block: "nearest" });
  }

  closeSuggestions() {
    this.suggested = [];
    this.suggestions.hidden = true;
    delete this.suggestions.dataset.shown;
    this.text.removeAttribute("aria-activedescendant");
  }

  // ---- Slash commands ---------------------------------------------------------------

  startCommand() {
    this.stopEditing();
    this.setText("/");
    this.draft.text = "/";
    this.text.focus();
    this.suggest();
  }

  /** The command that a text is, and what is typed after its name. */
  typedCommand(text) {
    const typed = /^\/([^\n]+)$/.exec(text.trim())?.[1];
    if (!typed) return null;
    const names = ({ name }) => `${typed.toLowerCase()} `.startsWith(`${name} `);
    // The longest name: a sub-command is not its command's text.
    const entry = this.app.world.slashCommands().filter(names).sort((a, b) => b.name.length - a.name.length)[0];
    return entry ? { entry, rest: typed.slice(entry.name.length).trim() } : null;
  }

  openCommand(entry, rest = "") {
    this.setText("");
    this.draft.text = "";
    this.closeSuggestions();
    this.command.open(entry);
    this.command.fill(rest);
    this.draw();
    this.command.focus();
  }

  leaveCommand() {
    this.draw();
    this.text.focus();
  }
}

const emptyDraft = () => ({ text: "", files: [], reply: null });

/** What one should know about the thread before writing, and what to do about it. */
function threadState(app, channel) {
  const { world } = app;
  const moderates = world.may(channel, MANAGE_THREADS);
  if (!world.mayWrite(channel)) return { words: `${nameOf(world.me)} can read here, not write.`, canWrite: false };
  if (isArchived(channel) && isLocked(channel)) {
    if (!moderates) return { words: "This thread is archived and locked. Only staff can open it again.", canWrite: false };
    const run = () => app.changeThread(channel, { archived: false, locked: false });
    return { words: "This thread is archived and locked: nobody can write or react.", deed: { label: "Reopen thread", run }, canWrite: false };
  }
  if (isArchived(channel)) return { words: "This thread is archived. Writing opens it again.", canWrite: true };
  if (isLocked(channel)) return { words: "This thread is locked. Only staff can write.", canWrite: moderates };
  return { words: "", canWrite: true };
}
