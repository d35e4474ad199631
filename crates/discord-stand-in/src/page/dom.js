// Building blocks of the page: elements, icons and times. Everything that
// shows on screen is built here as DOM nodes from plain strings; no other
// way exists, so text typed by people can never become markup.

/**
 * Makes an element. `props` may hold `class`, `text`, `dataset`, `on` (a map
 * of listeners) and any attribute; `false`, `null` and `undefined` leave the
 * attribute out, `true` sets it empty. Children may be nested and may be null.
 */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "text") element.textContent = value;
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "on") {
      for (const [type, listener] of Object.entries(value)) element.addEventListener(type, listener);
    } else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

// Outline icons on a 24-unit grid, drawn with a 1.5 stroke by the style sheet.
const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3.5 15h16",
  thread: "M5 4v9a3 3 0 0 0 3 3h11M15 12l4 4-4 4",
  private: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z",
  archive: "M4 5h16v4H4zM6 9v10h12V9M10 13h4",
  back: "M14 6l-6 6 6 6",
  close: "M6 6l12 12M18 6 6 18",
  down: "M7 10l5 5 5-5",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M8.5 14a4 4 0 0 0 7 0M9 9.5v.5M15 9.5v.5",
  reply: "M10 6 4 12l6 6M4 12h10a6 6 0 0 1 6 6",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  clip: "M19 11l-7.5 7.5a4.5 4.5 0 0 1-6.4-6.4L13 4.3a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.2-2.1L14 7.5",
  send: "M4 12h14M12 6l6 6-6 6",
  storm: "M7 15a4.5 4.5 0 1 1 1-8.9A6 6 0 0 1 19.5 8 3.5 3.5 0 0 1 18 15M12 11l-3 5h5l-3 5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  arrow: "M12 5v13M6 12l6 6 6-6",
  slash: "M15 5 9 19",
};

/** An icon. It is decoration: the control around it carries the words. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon icon-${name}`);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; the label is its name and its tooltip. */
export function iconButton(name, label, onClick, props = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...props }, icon(name));
}

/** A face: the first letter on a hue that follows from the id, so that it stays the same. */
export function face(name, id, bot = false) {
  const letter = [...(name.trim() || "?")][0].toLocaleUpperCase();
  const element = h("span", { class: bot ? "face face-bot" : "face", "aria-hidden": "true", text: letter });
  // Golden-angle steps keep neighbouring ids apart on the colour wheel.
  element.style.setProperty("--hue", String(Math.round((Number(BigInt(id || 0) % 9973n) * 137.508) % 360)));
  return element;
}

/** Puts the keyboard back where it was after `change` has replaced nodes under `root`. */
export function keepFocus(root, change) {
  const before = document.activeElement;
  const key = root.contains(before) ? before.closest("[data-key]")?.dataset.key : undefined;
  change();
  if (key === undefined || root.contains(document.activeElement)) return;
  const after = [...root.querySelectorAll("[data-key]")].find((element) => element.dataset.key === key);
  after?.focus({ preventScroll: true });
}

// ---- Ids and times -------------------------------------------------------

// The stand-in's clock can be set forward; ages are told by that clock.
let skewMs = 0;

export function setClock(nowMs) {
  skewMs = nowMs - Date.now();
}

const now = () => Date.now() + skewMs;

const DISCORD_EPOCH_MS = 1420070400000;

/** When a snowflake was made. */
export const idTime = (id) => new Date(Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS);

/** Orders ids by age. They are longer than a double is exact, so no Number here. */
export function compareIds(a, b) {
  const x = BigInt(a ?? 0);
  const y = BigInt(b ?? 0);
  return x < y ? -1 : x > y ? 1 : 0;
}

const formats = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** A date in one of Discord's `<t:…>` styles, in the reader's own language. */
export function formatDate(date, style = "f") {
  if (Number.isNaN(date.getTime())) return "unknown time";
  if (style === "R") return relative(date);
  return new Intl.DateTimeFormat(undefined, formats[style] ?? formats.f).format(date);
}

const STEPS = [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]];

function relative(date) {
  const seconds = Math.round((date - now()) / 1000);
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(seconds, "second");
}

/** A day in words: today and yesterday by name. */
export function dayName(date) {
  const midnight = (time) => new Date(time).setHours(0, 0, 0, 0);
  const daysAgo = Math.round((midnight(now()) - midnight(date)) / 86400000);
  if (daysAgo === 0) return "Today";
  if (daysAgo === 1) return "Yesterday";
  return formatDate(date, "D");
}

/** Age for a dense list: "now", "12 min", "3 h", "2 d". */
export function age(date) {
  const minutes = Math.floor((now() - date) / 60000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}

/** A `<time>` that shows `text` and, on hover, the exact moment. */
export function timeTag(date, text, props = {}) {
  return h("time", { datetime: date.toISOString(), title: formatDate(date, "F"), ...props }, text);
}

/** A number of bytes in words. */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
