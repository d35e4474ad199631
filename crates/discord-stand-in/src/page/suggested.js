// What the bot suggests for one option of a command: it is asked a moment after
// the last key, and its list stands above the form. As with any text, Enter
// takes a suggestion only after the arrows have gone to one.

import { h } from "./dom.js";

const AFTER_LAST_KEY_MS = 250;

export class Suggested {
  /** `ask` brings the bot's choices for what stands in the option's `input` now. */
  constructor(option, input, ask) {
    this.input = input;
    this.ask = ask;
    this.choices = [];
    this.at = -1;
    /** What the names of suggestions stand for. */
    this.meant = new Map();
    this.list = h("div", { class: "suggestions", id: `suggestions-${option.name}`, role: "listbox", "aria-label": `Suggestions for ${option.name}`, hidden: true });
    const says = { role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(says)) input.setAttribute(name, value);
    input.addEventListener("input", () => this.soon());
    input.addEventListener("focus", () => this.soon());
    input.addEventListener("blur", () => this.close());
    input.addEventListener("keydown", (event) => this.key(event));
  }

  soon() {
    clearTimeout(this.asking);
    // What was picked is complete.
    if (this.meant.has(this.input.value)) this.close();
    else this.asking = setTimeout(() => this.look(), AFTER_LAST_KEY_MS);
  }

  async look() {
    const typed = this.input.value;
    const choices = await this.ask();
    // What was asked for meanwhile counts, and nobody looks at a list that they have left.
    if (this.input.value !== typed || document.activeElement !== this.input) return;
    this.choices = choices;
    for (const choice of choices) this.meant.set(choice.name, choice.value);
    this.at = -1;
    this.draw();
  }

  key(event) {
    if (event.isComposing || this.list.hidden) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const count = this.choices.length;
      this.at = this.at < 0 && step < 0 ? count - 1 : (this.at + step + count) % count;
      this.draw();
    } else if (event.key === "Enter" && this.at >= 0) this.pick(this.choices[this.at]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
    // The form leaves on Esc; while a list is open, only that goes.
    event.stopPropagation();
  }

  pick(choice) {
    this.input.value = choice.name;
    this.close();
  }

  close() {
    clearTimeout(this.asking);
    this.choices = [];
    this.at = -1;
    this.draw();
  }

  draw() {
    const id = (at) => `${this.list.id}-${at}`;
    const rows = this.choices.map((choice, at) => h("div", {
      id: id(at),
      role: "option",
      class: "menu-item",
      dir: "auto",
      "aria-selected": String(at === this.at),
      text: choice.name,
      // Before the text loses focus, else the list would close under the pointer.
      on: { mousedown: (event) => { event.preventDefault(); this.pick(choice); } },
    }));
    this.list.replaceChildren(...rows);
    this.list.hidden = rows.length === 0;
    this.input.setAttribute("aria-expanded", String(rows.length > 0));
    if (this.at >= 0) this.input.setAttribute("aria-activedescendant", id(this.at));
    else this.input.removeAttribute("aria-activedescendant");
    rows[this.at]?.scrollIntoView({ block: "nearest" });
  }
}
