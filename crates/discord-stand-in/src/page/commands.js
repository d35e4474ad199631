// A slash command being filled in: one field per option, Enter runs it, Esc
// leaves. It takes the composer's place while it is open. What the bot
// suggests for an option is `suggested.js`.

import { h, iconButton } from "./dom.js";
import { Suggested } from "./suggested.js";
import { nameOf } from "./world.js";

// Discord's option types.
const STRING = 3, INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10;

export class CommandForm {
  constructor(app, onLeave) {
    this.app = app;
    this.onLeave = onLeave;
    this.entry = null;
    this.element = h("form", {
      class: "command",
      hidden: true,
      on: {
        submit: (event) => { event.preventDefault(); this.run(); },
        keydown: (event) => event.key === "Escape" && this.leave(),
      },
    });
  }

  isOpen() {
    return this.entry !== null;
  }

  open(entry) {
    this.entry = entry;
    this.inputs = entry.options.map((option) => {
      const input = optionInput(this.app.world, option);
      const ask = () => (this.entry === entry ? this.app.suggestions(entry.command, this.options(option)) : []);
      return { option, input, suggested: option.autocomplete ? new Suggested(option, input, ask) : null };
    });
    this.go = h("button", { type: "submit", class: "button is-primary", text: "Run" });
    this.element.setAttribute("aria-label", `Command /${entry.name}`);
    this.element.replaceChildren(
      h("div", { class: "command-head" },
        h("code", { text: `/${entry.name}` }),
        h("span", { class: "quiet", text: entry.description, dir: "auto" }),
        iconButton("close", "Leave the command", () => this.leave())),
      h("div", { class: "command-fields" },
        this.inputs.map(({ option, input }) => h("label", { class: "field", title: option.description },
          h("span", { text: option.required ? option.name : `${option.name} (optional)` }), input)),
        this.go),
      ...this.inputs.map(({ suggested }) => suggested?.list ?? ""));
    this.element.hidden = false;
  }

  /** Puts what was typed after the command's name into its fields: `name:value`, or for the first. */
  fill(rest) {
    const named = this.inputs.map(({ option }) => option.name).join("|");
    const parts = rest === "" ? [] : rest.split(new RegExp(`(?:^|\\s)(${named}):`));
    // What stands before the first name, then names and values in turn.
    const first = this.inputs[0]?.input;
    if (first && parts[0]?.trim()) first.value = parts[0].trim();
    for (let at = 1; at < parts.length; at += 2) {
      const meant = this.inputs.find(({ option }) => option.name === parts[at]);
      meant.input.value = parts[at + 1].trim();
    }
  }

  focus() {
    const empty = this.inputs.find(({ option, input }) => option.required && input.value === "");
    const filled = this.inputs.some(({ input }) => input.value !== "");
    (empty?.input ?? (filled ? this.go : this.inputs[0]?.input ?? this.go)).focus();
  }

  close() {
    this.entry = null;
    this.element.hidden = true;
  }

  leave() {
    this.close();
    this.onLeave();
  }

  /** The options as far as they are filled in; `focused` is the one that is being typed. */
  options(focused) {
    const given = this.inputs
      .filter(({ option, input }) => input.value !== "" || option === focused)
      .map(({ option, input, suggested }) => {
        const value = meant(input, suggested);
        if (option === focused) return { type: option.type, name: option.name, value: input.value, focused: true };
        return { type: option.type, name: option.name, value: typed(option.type, value) };
      });
    // Sub-commands wrap the options, innermost last.
    return this.entry.path.reduceRight((inner, part) => [{ type: part.type, name: part.name, options: inner }], given);
  }

  async run() {
    const { entry } = this;
    // As in Discord: what is no number and was not picked from the list is not sent.
    const wrong = this.inputs.find(({ option, input, suggested }) => Number.isNaN(typed(option.type, meant(input, suggested))));
    if (wrong) {
      this.app.composer.say(`“${wrong.option.name}” takes a number. Type one, or choose a suggestion.`);
      wrong.input.focus();
      return;
    }
    const options = this.options(null);
    this.go.disabled = true;
    const ran = await this.app.runCommand(entry.command, options);
    this.go.disabled = false;
    if (ran && this.entry === entry) this.leave();
  }
}

/** What stands in a field, or what the picked suggestion in it stands for. */
const meant = (input, suggested) => suggested?.meant.get(input.value) ?? input.value;

function typed(type, value) {
  if (type === INTEGER || type === NUMBER) return Number(value);
  if (type === BOOLEAN) return value === "true";
  return value;
}

function optionInput(world, option) {
  const required = option.required === true;
  const choices = choicesFor(world, option);
  if (choices) {
    return h("select", { required }, h("option", { value: "", text: required ? "Choose" : "–" }),
      choices.map((choice) => h("option", { value: choice.value, text: choice.name })));
  }
  if (!option.autocomplete && (option.type === INTEGER || option.type === NUMBER)) {
    return h("input", { type: "number", required, step: option.type === INTEGER ? "1" : "any", min: option.min_value, max: option.max_value, placeholder: option.description });
  }
  return h("input", { type: "text", required, dir: "auto", minlength: option.min_length, maxlength: option.max_length ?? 6000, placeholder: option.description });
}

function choicesFor(world, option) {
  const users = () => world.people.map((person) => ({ value: person.id, name: nameOf(person) }));
  const roles = () => world.roles.map((role) => ({ value: role.id, name: role.name }));
  switch (option.type) {
    case STRING:
    case INTEGER:
    case NUMBER: return option.choices?.length > 0 ? option.choices : null;
    case BOOLEAN: return [{ value: "true", name: "Yes" }, { value: "false", name: "No" }];
    case USER: return users();
    case ROLE: return roles();
    case MENTIONABLE: return [...users(), ...roles()];
    case CHANNEL: return world.channels
      .filter((channel) => !option.channel_types?.length || option.channel_types.includes(channel.type))
      .map((channel) => ({ value: channel.id, name: `#${channel.name}` }));
    default: return null;
  }
}
