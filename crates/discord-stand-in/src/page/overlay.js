// Whatever opens above the page: menus and option lists (popovers), questions
// and the bot's forms (dialogs). The browser's own popover and dialog bring
// Esc, the click outside, and the return of focus.

import { $, h, icon } from "./dom.js";

// ---- Menus ----------------------------------------------------------------

/**
 * Opens a menu at `anchor`. Items: `{label, description?, icon?, danger?, pick}`.
 */
export function menu(anchor, label, items) {
  const list = h("div", { class: "menu", role: "menu", "aria-label": label },
    items.map((item) =>
      h("button", {
        type: "button",
        role: "menuitem",
        ...named(item),
        class: item.danger ? "menu-item is-danger" : "menu-item",
        on: { click: () => { popover.hidePopover(); item.pick(); } },
      }, item.icon && icon(item.icon), itemWords(item))));
  const popover = openPopover(anchor, list, "[role=menuitem]");
}

/**
 * Opens the options of a select at `anchor`; `pick` gets the chosen values.
 * With room for one value a click chooses; with more, "Done" does.
 */
export function optionList(anchor, label, options, { min = 1, max = 1 }, pick) {
  const many = max > 1;
  const chosen = new Set(options.filter((option) => option.default).map((option) => option.value));
  const done = many && h("button", {
    type: "button",
    class: "button is-primary",
    text: "Done",
    on: { click: () => { popover.hidePopover(); pick([...chosen]); } },
  });
  const update = () => {
    for (const row of list.children) row.setAttribute("aria-selected", String(chosen.has(row.dataset.value)));
    if (done) done.disabled = chosen.size < min || chosen.size > max;
  };
  const list = h("div", { class: "menu", role: "listbox", "aria-label": label, "aria-multiselectable": many },
    options.map((option) =>
      h("button", {
        type: "button",
        role: "option",
        ...named(option),
        class: "menu-item",
        dataset: { value: option.value },
        on: {
          click: () => {
            if (!many) {
              popover.hidePopover();
              pick([option.value]);
              return;
            }
            if (!chosen.delete(option.value) && chosen.size < max) chosen.add(option.value);
            update();
          },
        },
      }, option.emoji?.name && h("span", { "aria-hidden": "true", text: option.emoji.name }), itemWords(option))));
  update();
  const popover = openPopover(anchor, h("div", {}, list, done && h("div", { class: "menu-foot" }, done)), "[role=option]");
}

/** The label alone is the name; the rest is said after it. */
const named = (item) => ({ "aria-label": item.label, "aria-description": item.description });

const itemWords = (item) =>
  h("span", { class: "menu-words" },
    h("span", { text: item.label, dir: "auto" }),
    item.description && h("small", { text: item.description, dir: "auto" }));

/** Any content as a popover under (or above) `anchor`; arrow keys walk `walkable`. */
export function openPopover(anchor, content, walkable) {
  const box = h("div", { class: "popover", popover: "auto" }, content);
  // All anchors are in the talk; so the popover belongs to that landmark.
  $("talk").append(box);
  box.addEventListener("toggle", (event) => event.newState === "closed" && box.remove());
  box.addEventListener("keydown", (event) => walkWithKeys(event, [...box.querySelectorAll(walkable)]));
  box.showPopover();
  place(box, anchor.getBoundingClientRect());
  const first = box.querySelector("[aria-selected=true]") ?? box.querySelector(walkable);
  first?.focus({ preventScroll: true });
  return box;
}

function place(box, anchor) {
  const edge = 8;
  const { width, height } = box.getBoundingClientRect();
  const below = window.innerHeight - anchor.bottom - edge;
  const top = height <= below || below > anchor.top ? anchor.bottom + 4 : Math.max(edge, anchor.top - height - 4);
  box.style.left = `${Math.max(edge, Math.min(anchor.left, window.innerWidth - width - edge))}px`;
  box.style.top = `${top}px`;
  box.style.maxHeight = `${window.innerHeight - top - edge}px`;
}

function walkWithKeys(event, items) {
  const at = items.indexOf(document.activeElement);
  const next = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.key];
  if (next === undefined || event.target.matches("input")) return;
  event.preventDefault();
  items[next]?.focus();
}

// ---- Dialogs --------------------------------------------------------------

/**
 * Shows a form as a modal dialog. `submit` may throw: its words are shown and
 * the form stays, with all that was typed. `cancel` runs when it is left.
 */
export function dialog({ title, intro, fields = [], action, danger = false, submit, cancel = () => {} }) {
  const error = h("p", { class: "form-error", role: "alert", hidden: true });
  const go = h("button", { type: "submit", class: danger ? "button is-danger" : "button is-primary", text: action });
  const heading = h("h2", { id: "dialog-title", text: title, dir: "auto" });
  let submitted = false;
  const form = h("form", {
    method: "dialog",
    on: {
      submit: async (event) => {
        event.preventDefault();
        go.disabled = true;
        try {
          await submit();
          submitted = true;
          box.close();
        } catch (refusal) {
          error.textContent = refusal.message;
          error.hidden = false;
        } finally {
          go.disabled = false;
        }
      },
    },
  },
    heading,
    intro && h("p", { text: intro, dir: "auto" }),
    fields,
    error,
    h("div", { class: "dialog-foot" },
      h("button", { type: "button", class: "button", text: "Cancel", on: { click: () => box.close() } }),
      go));
  const box = h("dialog", { class: "dialog", "aria-labelledby": "dialog-title" }, form);
  box.addEventListener("close", () => {
    box.remove();
    if (!submitted) cancel();
  });
  $("overlays").append(box);
  box.showModal();
  return box;
}

/** Asks for one line of text. */
export function ask({ title, intro, label, value = "", maxLength, action, submit }) {
  const input = h("input", { type: "text", value, maxlength: maxLength, required: true, dir: "auto" });
  dialog({
    title,
    intro,
    fields: [h("label", { class: "field" }, h("span", { text: label }), input)],
    action,
    submit: () => submit(input.value),
  });
  input.select();
}

/**
 * The bot's own form. The submission mirrors the shape of the form: rows for
 * the old one, labels for the new one. `submit` gets those components.
 */
export function botForm(modal, submit, cancel) {
  const inputs = [];
  const fields = (modal.components ?? []).map((component) => {
    if (component.type === 18) return formField(component.component, component, inputs);
    return (component.components ?? []).map((child) => formField(child, child, inputs));
  });
  return dialog({
    title: modal.title ?? "Form",
    fields,
    action: "Submit",
    submit: () => submit(mirror(modal.components ?? [], new Map(inputs.map((input) => [input.custom_id, input.read()])))),
    cancel,
  });
}

function formField(component, words, inputs) {
  if (!component) return null;
  const required = component.required !== false;
  const caption = h("span", { text: required ? words.label : `${words.label} (optional)`, dir: "auto" });
  const hint = words.description && h("small", { text: words.description, dir: "auto" });
  const shared = { required, placeholder: component.placeholder, dir: "auto" };
  let input;
  if (component.type === 4) {
    const limits = { minlength: component.min_length, maxlength: component.max_length ?? 4000 };
    input = component.style === 2
      ? h("textarea", { rows: "5", ...limits, ...shared, value: component.value ?? "" })
      : h("input", { type: "text", ...limits, ...shared, value: component.value ?? "" });
    inputs.push({ custom_id: component.custom_id, read: () => ({ value: input.value }) });
  } else if (component.type === 3) {
    input = h("select", { required, multiple: (component.max_values ?? 1) > 1 },
      (component.options ?? []).map((option) => h("option", { value: option.value, selected: option.default, text: option.label })));
    inputs.push({ custom_id: component.custom_id, read: () => ({ values: [...input.selectedOptions].map((option) => option.value) }) });
  } else {
    return h("p", { class: "quiet", text: `This form has a part that the stand-in does not draw (type ${component.type}).` });
  }
  return h("label", { class: "field" }, caption, hint, input);
}

function mirror(components, answers) {
  const answer = (component) => ({ type: component.type, custom_id: component.custom_id, ...answers.get(component.custom_id) });
  return components.map((component) =>
    component.type === 18
      ? { type: 18, component: answer(component.component) }
      : { type: component.type, components: (component.components ?? []).map(answer) });
}
