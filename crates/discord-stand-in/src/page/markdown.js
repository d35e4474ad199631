// Discord's markdown, the part that people and bots really use, as DOM nodes.
// Text becomes text nodes and nothing else; links are http(s) only.

import { h, formatDate, timeTag } from "./dom.js";

// Text that nests deeper than anybody writes is left as it stands.
const MAX_DEPTH = 8;

/** Renders a message's text. `world` gives names to mentions. */
export function markdown(text, world) {
  const root = document.createDocumentFragment();
  // Fences first: nothing inside them is markup.
  const parts = (text ?? "").split(/```(?:[\w+-]*\n)?([\s\S]*?)```/);
  parts.forEach((part, index) => {
    if (index % 2 === 1) root.append(h("pre", { tabindex: "0", dir: "ltr" }, h("code", { text: part.replace(/\n$/, "") })));
    else root.append(...blocks(index > 0 ? part.replace(/^\n/, "") : part, world));
  });
  return root;
}

/** One line without blocks, for names of fields, previews and the like. */
export const inlineMarkdown = (text, world) => inline(text ?? "", world, 0);

const LINE_KINDS = [
  [/^>>> ?/, "quote-rest"],
  [/^> ?/, "quote"],
  [/^-# /, "subtext"],
  [/^(#{1,3}) /, "heading"],
  [/^\s*[-*] /, "item"],
];

function blocks(text, world) {
  const made = [];
  const lines = text.split("\n");
  let at = 0;
  const take = (pattern) => {
    const taken = [];
    while (at < lines.length && pattern.test(lines[at])) taken.push(lines[at++].replace(pattern, ""));
    return taken;
  };
  while (at < lines.length) {
    const [pattern, kind] = LINE_KINDS.find(([test]) => test.test(lines[at])) ?? [null, "text"];
    if (kind === "quote-rest") {
      const rest = lines.slice(at).join("\n").replace(pattern, "");
      made.push(h("blockquote", { dir: "auto" }, inline(rest, world, 0)));
      break;
    } else if (kind === "quote") {
      made.push(h("blockquote", { dir: "auto" }, inline(take(pattern).join("\n"), world, 0)));
    } else if (kind === "item") {
      made.push(h("ul", {}, take(pattern).map((line) => h("li", { dir: "auto" }, inline(line, world, 0)))));
    } else if (kind === "subtext") {
      made.push(h("p", { class: "subtext", dir: "auto" }, inline(lines[at++].replace(pattern, ""), world, 0)));
    } else if (kind === "heading") {
      // Visual weight only: a message must not disturb the page's outline.
      const level = lines[at].match(pattern)[1].length;
      made.push(h("p", { class: `heading heading-${level}`, dir: "auto" }, inline(lines[at++].replace(pattern, ""), world, 0)));
    } else {
      const run = [];
      while (at < lines.length && !LINE_KINDS.some(([test]) => test.test(lines[at]))) run.push(lines[at++]);
      const joined = run.join("\n");
      if (joined.trim() !== "") made.push(h("p", { dir: "auto" }, inline(joined, world, 0)));
    }
  }
  return made;
}

// Tried in this order at every place; the first that matches wins.
const RULES = [
  [/^\\([!-/:-@[-`{-~])/, (m) => document.createTextNode(m[1])],
  [/^``(.+?)``(?!`)/s, (m) => h("code", { text: m[1].trim() })],
  [/^`([^`]+)`/, (m) => h("code", { text: m[1] })],
  [/^\*\*(?=\S)(.+?)\*\*(?!\*)/s, (m, world, depth) => h("strong", {}, inline(m[1], world, depth))],
  [/^__(?=\S)(.+?)__(?!_)/s, (m, world, depth) => h("u", {}, inline(m[1], world, depth))],
  [/^\*(?=[^\s*])((?:\*\*|[^*])+?)\*(?!\*)/s, (m, world, depth) => h("em", {}, inline(m[1], world, depth))],
  [/^_(?=[^\s_])([^_]+?)_(?!\w)/s, (m, world, depth) => h("em", {}, inline(m[1], world, depth))],
  [/^~~(?=\S)(.+?)~~/s, (m, world, depth) => h("s", {}, inline(m[1], world, depth))],
  [/^\|\|(.+?)\|\|/s, (m, world, depth) => spoiler(inline(m[1], world, depth))],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s<>)]+)>?(?: "[^"\n]*")?\)/, (m, world, depth) => link(m[2], inline(m[1], world, depth))],
  [/^<(https?:\/\/[^\s<>]+)>/, (m) => link(m[1], m[1])],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"'!?)\]}*_~|`]/, (m) => link(m[0], m[0])],
  [/^<@!?(\d+)>/, (m, world) => mention(`@${world.userName(m[1])}`)],
  [/^<@&(\d+)>/, (m, world) => mention(`@${world.roleName(m[1])}`)],
  [/^<#(\d+)>/, (m, world) => mention(`#${world.channelName(m[1])}`)],
  [/^@(everyone|here)\b/, (m) => mention(m[0])],
  [/^<\/([^:>\n]+):\d+>/, (m) => mention(`/${m[1]}`)],
  [/^<a?:(\w+):\d+>/, (m) => document.createTextNode(`:${m[1]}:`)],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (m) => moment(m)],
];

// Where a rule may begin; everything up to there is plain text.
const STARTS = /[\\`*_~|[<@]|https?:\/\//;

function inline(text, world, depth) {
  const root = document.createDocumentFragment();
  let rest = text;
  let plain = "";
  const flush = () => {
    if (plain !== "") root.append(document.createTextNode(plain));
    plain = "";
  };
  while (rest !== "") {
    const start = depth > MAX_DEPTH ? -1 : rest.search(STARTS);
    if (start < 0) {
      plain += rest;
      break;
    }
    plain += rest.slice(0, start);
    rest = rest.slice(start);
    // An underscore inside a word is a letter like any other: snake_case.
    const inWord = rest[0] === "_" && /\w$/.test(plain);
    const hit = !inWord && firstMatch(rest);
    if (hit) {
      flush();
      root.append(hit.rule[1](hit.match, world, depth + 1));
      rest = rest.slice(hit.match[0].length);
    } else {
      plain += rest[0];
      rest = rest.slice(1);
    }
  }
  flush();
  return root;
}

function firstMatch(text) {
  for (const rule of RULES) {
    const match = rule[0].exec(text);
    if (match) return { rule, match };
  }
  return null;
}

const mention = (text) => h("span", { class: "mention" }, text);

const spoiler = (content) =>
  h("button", {
    type: "button",
    class: "spoiler",
    "aria-label": "Hidden text, press to show",
    on: {
      click: (event) => {
        event.currentTarget.classList.add("is-open");
        event.currentTarget.removeAttribute("aria-label");
      },
    },
  }, h("span", {}, content));

function moment(match) {
  const date = new Date(Number(match[1]) * 1000);
  if (Number.isNaN(date.getTime())) return document.createTextNode(match[0]);
  return timeTag(date, formatDate(date, match[2] ?? "f"), { class: "moment" });
}

/** A link out, or plain text when the address is not one that a browser should follow. */
export function link(address, content, props = {}) {
  const href = safeHref(address);
  if (!href) return h("span", props, content);
  // Discord's own addresses lead to where they lead in Discord: to a channel of this server.
  const channel = /^https:\/\/discord\.com\/channels\/\d+\/(\d+)$/.exec(href)?.[1];
  if (channel) return h("a", { href: `#${channel}`, ...props }, content);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer", ...props }, content);
}

export function safeHref(address) {
  try {
    const url = new URL(address);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}
