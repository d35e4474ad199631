// Draws one message: who, when, the words, embeds, files, buttons, reactions,
// and what one may do with it. Knows nothing of scrolling or of the network;
// it calls `app` for every deed.

import { face, formatDate, h, icon, iconButton, idTime, size, timeTag } from "./dom.js";
import { inlineMarkdown, link, markdown, safeHref } from "./markdown.js";
import { menu, openPopover, optionList } from "./overlay.js";
import { MANAGE_MESSAGES, MANAGE_ROLES, isSpoken, nameOf } from "./world.js";

const FLAG_SUPPRESS_EMBEDS = 1 << 2;
const FLAG_LOADING = 1 << 7;
const REPLY = 19;
const SLASH_ANSWER = 20;
const CONTEXT_ANSWER = 23;

/** `item` is `{message, ephemeral, grouped}`; see `log.js` for the order. */
export function drawMessage(app, item) {
  const { message, ephemeral, grouped } = item;
  if (!isSpoken(message)) return drawNotice(app, message);
  const { world } = app;
  const author = world.user(message.author.id) ?? message.author;
  const name = nameOf(author);
  const bot = Boolean(message.author.bot || message.webhook_id);
  const when = idTime(message.id);
  const time = formatDate(when, "t");
  const classes = ["message", grouped && "is-grouped", ephemeral && "is-ephemeral", mentionsMe(world, message) && "is-for-me"];
  return h("article", {
    class: classes.filter(Boolean).join(" "),
    "aria-label": `${name}, ${time}`,
    dataset: { messageId: message.id },
  },
    h("div", { class: "message-gutter" },
      grouped ? timeTag(when, time, { class: "message-time" }) : face(name, author.id, bot)),
    h("div", { class: "message-body" },
      answerTo(app, message),
      !grouped && h("header", { class: "message-head" },
        h("bdi", { class: "message-author", text: name }),
        bot && h("span", { class: "tag", text: "BOT" }),
        timeTag(when, time, { class: "message-time" })),
      words(world, message),
      attachments(message),
      (message.flags & FLAG_SUPPRESS_EMBEDS) === 0 && (message.embeds ?? []).map((embed) => drawEmbed(world, embed, message)),
      components(app, message),
      reactions(app, message, ephemeral),
      ephemeral && h("p", { class: "only-you" }, "Only you can see this. ",
        h("button", { type: "button", class: "link", text: "Dismiss", dataset: { key: `dismiss:${message.id}` }, on: { click: () => app.dismiss(message.id) } }))),
    !ephemeral && actions(app, message));
}

function words(world, message) {
  if ((message.flags & FLAG_LOADING) !== 0) return h("p", { class: "quiet", text: `${nameOf(message.author)} is thinking…` });
  const edited = message.edited_timestamp
    && timeTag(new Date(message.edited_timestamp), "edited", { class: "edited" });
  if (!message.content && !edited) return null;
  return h("div", { class: "prose" }, markdown(message.content, world), edited);
}

/** The line above an answer: what it answers, or which command it comes from. */
function answerTo(app, message) {
  const used = message.interaction_metadata ?? message.interaction;
  if (used && (message.type === SLASH_ANSWER || message.type === CONTEXT_ANSWER)) {
    const command = used.name ? `${message.type === SLASH_ANSWER ? "/" : ""}${used.name}` : "a command";
    return h("p", { class: "message-origin" }, h("bdi", { text: nameOf(used.user) }), ` used ${command}`);
  }
  if (message.type !== REPLY) return null;
  const target = message.referenced_message;
  if (!target) return h("p", { class: "message-origin" }, icon("reply"), "Answers a message that was deleted");
  return h("p", { class: "message-origin" }, icon("reply"),
    h("button", { type: "button", class: "link", dir: "auto", on: { click: () => app.showMessage(target.id) } },
      h("b", { text: nameOf(app.world.user(target.author.id) ?? target.author) }), ` ${preview(target, app.world)}`));
}

/** A message in one line of plain text, for lists and quotes. */
export function preview(message, world) {
  if (!isSpoken(message)) return noticeWords(message, world);
  const card = message.embeds?.[0]?.title;
  // A card that comes with nothing but a ping is what the message is about.
  if (card && /^(\s|<@[!&]?\d+>|@everyone|@here)*$/.test(message.content ?? "")) return card;
  const text = inlineMarkdown((message.content ?? "").slice(0, 200).replace(/^(-# |>+ |#{1,3} )/gm, ""), world).textContent.replace(/\s+/g, " ").trim();
  if (text !== "") return text;
  if (message.embeds?.length > 0) return message.embeds[0].description ?? "a card";
  if (message.attachments?.length > 0) return message.attachments[0].filename;
  return "a message without words";
}

function mentionsMe(world, message) {
  if (message.author.id === world.me.id) return false;
  const roles = new Set(world.rolesOf(world.me.id));
  return message.mention_everyone
    || (message.mentions ?? []).some((user) => user.id === world.me.id)
    || (message.mention_roles ?? []).some((role) => roles.has(role.id ?? role));
}

// ---- Notices: what Discord itself says -------------------------------------

function drawNotice(app, message) {
  const when = idTime(message.id);
  return h("p", { class: "notice-line", dataset: { messageId: message.id } },
    h("bdi", { text: noticeWords(message, app.world) }), " ", timeTag(when, formatDate(when, "t"), { class: "message-time" }));
}

function noticeWords(message, world) {
  const who = nameOf(world.user(message.author?.id) ?? message.author);
  const whom = message.mentions?.[0] ? nameOf(message.mentions[0]) : "somebody";
  switch (message.type) {
    case 1: return `${who} added ${whom} to the thread.`;
    case 2: return message.author?.id === message.mentions?.[0]?.id ? `${who} left the thread.` : `${who} removed ${whom} from the thread.`;
    case 4: return `${who} renamed this to “${message.content}”.`;
    case 6: return `${who} pinned a message.`;
    case 7: return `${who} joined the server.`;
    case 18: return `${who} started a thread: ${message.content}`;
    case 21: return message.referenced_message ? `The thread began with: ${preview(message.referenced_message, world)}` : "The thread began with a message in the channel above.";
    default: return `A notice from Discord (type ${message.type}).`;
  }
}

// ---- Embeds and files -------------------------------------------------------

/**
 * Files live on the stand-in itself, whatever host Discord's address names.
 * Anything from elsewhere is refused: this page fetches nothing from outside.
 */
function localFile(address) {
  try {
    const url = new URL(address, location.origin);
    return url.pathname.startsWith("/attachments/") || url.pathname.startsWith("/ephemeral-attachments/") ? url.pathname + url.search : null;
  } catch {
    return null;
  }
}

function drawEmbed(world, embed, message) {
  const picture = (media) => {
    if (!media?.url) return null;
    const named = media.url.startsWith("attachment://") && message.attachments?.find((file) => `attachment://${file.filename}` === media.url);
    const source = localFile(named ? named.url : media.url);
    if (source) return h("img", { src: source, alt: "", loading: "lazy", class: "embed-picture" });
    return h("p", { class: "quiet" }, link(media.url, "Picture elsewhere"));
  };
  const box = h("section", { class: "embed", "aria-label": embed.title ? `Card: ${embed.title}` : "Card" },
    embed.author?.name && h("p", { class: "embed-author", dir: "auto" }, linked(embed.author.url, embed.author.name)),
    embed.title && h("p", { class: "embed-title", dir: "auto" }, linked(embed.url, inlineMarkdown(embed.title, world))),
    embed.description && h("div", { class: "prose" }, markdown(embed.description, world)),
    embed.fields?.length > 0 && h("dl", { class: "embed-fields" }, embed.fields.map((field) =>
      h("div", { class: field.inline ? "embed-field is-inline" : "embed-field" },
        h("dt", { dir: "auto" }, inlineMarkdown(field.name, world)),
        h("dd", { class: "prose" }, markdown(field.value, world))))),
    picture(embed.image),
    picture(embed.thumbnail),
    (embed.footer?.text || embed.timestamp) && h("p", { class: "embed-foot" },
      embed.footer?.text && h("bdi", { text: embed.footer.text }),
      embed.footer?.text && embed.timestamp && " · ",
      embed.timestamp && timeTag(new Date(embed.timestamp), formatDate(new Date(embed.timestamp), "f"))));
  if (typeof embed.color === "number") box.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  return box;
}

const linked = (url, content) => (safeHref(url) ? link(url, content) : content);

function attachments(message) {
  const files = message.attachments ?? [];
  if (files.length === 0) return null;
  return h("ul", { class: "files" }, files.map((file) => h("li", {}, drawFile(file))));
}

function drawFile(file) {
  const source = localFile(file.url);
  const kind = file.content_type ?? "";
  if (source && kind.startsWith("image/")) {
    // Width and height keep the place free, so the talk does not jump when it loads.
    return h("a", { href: source, target: "_blank", rel: "noopener", class: "picture" },
      h("img", { src: source, alt: file.description ?? file.filename, width: file.width, height: file.height, loading: "lazy" }));
  }
  if (source && kind.startsWith("video/")) return h("video", { src: source, controls: true, preload: "metadata" });
  if (source && kind.startsWith("audio/")) return h("audio", { src: source, controls: true, preload: "metadata" });
  const words = [icon("file"), h("bdi", { class: "file-name", text: file.filename }), h("small", { text: size(file.size ?? 0) })];
  return source
    ? h("a", { href: source, target: "_blank", rel: "noopener", class: "file" }, words)
    : h("span", { class: "file" }, words);
}

// ---- Buttons and select menus -----------------------------------------------

const BUTTON_LOOKS = { 1: "is-primary", 2: "", 3: "is-good", 4: "is-danger", 5: "is-link", 6: "is-primary" };

function components(app, message) {
  const rows = message.components ?? [];
  if (rows.length === 0) return null;
  return rows.map((row) => {
    if (row.type === 10) return h("div", { class: "prose" }, markdown(row.content, app.world));
    return h("div", { class: "components" }, (row.components ?? []).map((component) =>
      component.type === 2 ? drawButton(app, message, component) : drawSelect(app, message, component)));
  });
}

const emojiText = (emoji) => (emoji?.name ? `${emoji.id ? `:${emoji.name}:` : emoji.name} ` : "");

function drawButton(app, message, component) {
  const words = `${emojiText(component.emoji)}${component.label ?? ""}`.trim() || "Button";
  const look = `button ${BUTTON_LOOKS[component.style] ?? ""}`;
  if (component.style === 5) return link(component.url, words, { class: look });
  const busy = app.isBusy(message.id, component.custom_id);
  return h("button", {
    type: "button",
    class: look,
    disabled: component.disabled || busy,
    "aria-busy": busy && "true",
    dataset: { key: `press:${message.id}:${component.custom_id}` },
    text: words,
    on: { click: () => app.press(message, component) },
  });
}

/** User, role and channel selects carry no options: the guild itself is the list. */
function optionsOf(world, component) {
  const users = () => world.people.map((person) => ({ value: person.id, label: nameOf(person), description: world.standing(person) }));
  const roles = () => world.roles.filter((role) => role.id !== world.guild.id).map((role) => ({ value: role.id, label: `@${role.name}` }));
  switch (component.type) {
    case 3: return component.options ?? [];
    case 5: return users();
    case 6: return roles();
    case 7: return [...users(), ...roles()];
    case 8: return world.channels
      .filter((channel) => !component.channel_types?.length || component.channel_types.includes(channel.type))
      .map((channel) => ({ value: channel.id, label: `#${channel.name}` }));
    default: return [];
  }
}

function drawSelect(app, message, component) {
  const options = optionsOf(app.world, component);
  const preset = new Set((component.default_values ?? []).map((value) => value.id));
  const marked = options.map((option) => ({ ...option, default: option.default || preset.has(option.value) }));
  const chosen = marked.filter((option) => option.default).map((option) => option.label).join(", ");
  const placeholder = component.placeholder ?? "Choose";
  const busy = app.isBusy(message.id, component.custom_id);
  return h("button", {
    type: "button",
    class: chosen ? "select" : "select is-empty",
    disabled: component.disabled || busy,
    "aria-busy": busy && "true",
    "aria-haspopup": "listbox",
    "aria-label": chosen ? `${placeholder}: ${chosen}` : placeholder,
    dataset: { key: `press:${message.id}:${component.custom_id}` },
    on: {
      click: (event) => optionList(event.currentTarget, placeholder, marked,
        { min: component.min_values ?? 1, max: component.max_values ?? 1 },
        (values) => app.press(message, component, values)),
    },
  }, h("span", { text: chosen || placeholder, dir: "auto" }), icon("down"));
}

// ---- Reactions and deeds -----------------------------------------------------

const QUICK_EMOJI = ["✅", "❌", "👀", "👍", "🎉", "❤️", "🙏", "😄"];

function reactions(app, message, ephemeral) {
  const shown = message.reactions ?? [];
  if (shown.length === 0) return null;
  return h("div", { class: "reactions", role: "group", "aria-label": "Reactions" }, shown.map((reaction) => {
    const name = reaction.emoji.id ? `:${reaction.emoji.name}:` : reaction.emoji.name;
    return h("button", {
      type: "button",
      class: "reaction",
      disabled: ephemeral,
      "aria-pressed": String(Boolean(reaction.me)),
      "aria-label": `${name}, ${reaction.count}. ${reaction.me ? "Take yours back" : "React too"}`,
      dataset: { key: `react:${message.id}:${name}` },
      on: { click: () => app.react(message, reaction.emoji, !reaction.me) },
    }, h("span", { text: name }), h("span", { class: "count", text: reaction.count }));
  }));
}

function pickEmoji(app, message, anchor) {
  const input = h("input", { type: "text", "aria-label": "Another emoji", placeholder: "Another emoji", maxlength: "32" });
  const choose = (name) => {
    popover.hidePopover();
    if (name.trim() !== "") app.react(message, { id: null, name: name.trim() }, true);
  };
  const popover = openPopover(anchor, h("div", { class: "emoji-picker", role: "group", "aria-label": "Pick a reaction" },
    h("div", { class: "emoji-row" }, QUICK_EMOJI.map((emoji) =>
      h("button", { type: "button", class: "emoji", "aria-label": `React with ${emoji}`, text: emoji, on: { click: () => choose(emoji) } }))),
    h("form", { on: { submit: (event) => { event.preventDefault(); choose(input.value); } } }, input)), ".emoji");
}

/** For whoever manages roles: the staff role of the message's author, to take or to give. */
function roleOf(app, message, author) {
  const { world } = app;
  const role = world.staffRole();
  const may = world.may(world.channel(message.channel_id), MANAGE_ROLES);
  if (!author || message.author.bot || !role || !may) return [];
  const has = world.rolesOf(author.id).includes(role.id);
  const pick = () => app.giveRole(author, role, !has);
  return [{ label: `${has ? "Take" : "Give"} the role ${role.name}`, description: nameOf(author), pick }];
}

function actions(app, message) {
  const { world } = app;
  const mine = message.author.id === world.me.id;
  const about = `message by ${nameOf(world.user(message.author.id) ?? message.author)}`;
  const key = (deed) => ({ dataset: { key: `${deed}:${message.id}` } });
  // Asked for when the menu opens: who has which role changes without the message.
  const apps = () => appsOf(app, message);
  return h("div", { class: "message-actions", role: "group", "aria-label": `Actions for ${about}` },
    iconButton("smile", "Add a reaction", (event) => pickEmoji(app, message, event.currentTarget), key("add-reaction")),
    iconButton("reply", "Reply", () => app.replyTo(message), key("reply")),
    mine && iconButton("edit", "Edit", () => app.edit(message), key("edit")),
    (mine || world.may(world.channel(message.channel_id), MANAGE_MESSAGES)) && iconButton("trash", "Delete", () => app.askDelete(message), key("delete")),
    apps().length > 0 && iconButton("more", "Apps", (event) => menu(event.currentTarget, "Apps", apps()), key("apps")));
}

function appsOf(app, message) {
  const { world } = app;
  const author = world.user(message.author.id);
  return [
    ...world.messageCommands().map((command) => ({
      label: command.name,
      pick: () => app.useMessageCommand(command, message),
    })),
    // Discord has these in the author's own menu.
    ...(author && !message.author.bot ? world.memberCommands() : []).map((command) => ({
      label: command.name,
      description: nameOf(author),
      pick: () => app.useMemberCommand(command, author),
    })),
    ...roleOf(app, message, author),
  ];
}
