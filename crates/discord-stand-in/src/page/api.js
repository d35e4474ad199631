// Talks to the stand-in: the page's own endpoints (`/stand-in/…`) and, in the
// name of a person, Discord's REST. Every refusal becomes a `Refused` whose
// message is fit to be shown to people.

const API = "/api/v10";

/** A request that did not succeed, said in words. */
export class Refused extends Error {
  constructor(status, body) {
    super(inWords(status, body));
    this.status = status;
    this.code = body?.code ?? 0;
    /** Seconds to wait, if Discord said so. */
    this.retryAfter = status === 429 ? body?.retry_after ?? 1 : null;
  }
}

/** What the codes mean for the person at the keyboard; the rest speaks for itself. */
const WORDS = {
  10003: "This channel or thread no longer exists.",
  10008: "That message no longer exists.",
  10062: "The bot did not answer within 3 seconds, so nothing happened.",
  30010: "A message can carry 20 kinds of reactions at most.",
  40005: "That file is too large.",
  40060: "The bot answered twice; Discord kept the first answer.",
  50001: "This person cannot see that channel.",
  50005: "Only the author can edit a message.",
  50006: "There is nothing to send yet.",
  50013: "This person does not have the permission for that.",
  50021: "Discord's own notices cannot be changed or deleted.",
  50045: "That file is too large.",
  50083: "This thread is archived. Open it again first.",
  160005: "This thread is locked. Only those who may manage threads can write.",
};

function inWords(status, body) {
  if (status === 0) return "The stand-in cannot be reached. Is it still running?";
  if (status === 429) {
    const seconds = Math.ceil(body?.retry_after ?? 1);
    return `Too many requests: Discord asks to wait ${seconds} s (429).`;
  }
  if (status >= 500) return `Discord answered with an error of its own (${status}).`;
  const code = body?.code;
  if (WORDS[code]) return `${WORDS[code]} (${code})`;
  const details = fieldErrors(body?.errors);
  const said = body?.message ?? "Discord refused this";
  return `${details.length > 0 ? details.join(" ") : said} (${code || status})`;
}

/** Discord nests its form errors by field; this flattens them to "field: what is wrong". */
function fieldErrors(errors, path = []) {
  if (!errors || typeof errors !== "object") return [];
  return Object.entries(errors).flatMap(([key, value]) =>
    key === "_errors"
      ? value.map((error) => (path.length > 0 ? `${path.join(" › ")}: ${error.message}` : error.message))
      : fieldErrors(value, [...path, key]));
}

async function request(method, url, { body, headers = {}, keepalive = false } = {}) {
  let response;
  try {
    response = await fetch(url, { method, body, headers, keepalive, cache: "no-store" });
  } catch {
    throw new Refused(0, null);
  }
  const text = await response.text();
  let parsed = null;
  try {
    parsed = text === "" ? null : JSON.parse(text);
  } catch {
    // An injected fault may answer with HTML, as Discord's edge does.
  }
  if (!response.ok) throw new Refused(response.status, parsed);
  return parsed;
}

const json = (value) => ({ body: JSON.stringify(value), headers: { "Content-Type": "application/json" } });

// ---- The page's own endpoints --------------------------------------------

/** What a person sees of a guild; without one, what the first staff member sees of the first. */
export async function fetchView(personId, guildId) {
  const id = personId || (await firstStaff());
  const guild = guildId ? `&guild=${encodeURIComponent(guildId)}` : "";
  return request("GET", `/stand-in/view?person=${encodeURIComponent(id)}${guild}`);
}

async function firstStaff() {
  const { people } = await request("GET", "/stand-in/world");
  return (people.find((person) => person.staff) ?? people[0]).id;
}

export const getFaults = () => request("GET", "/stand-in/faults");
export const setFaults = (faults) => request("PUT", "/stand-in/faults", json(faults));
export const setLatency = (ms) => request("PUT", "/stand-in/latency", json({ ms }));
export const gateway = (what) => request("POST", "/stand-in/gateway", json(what));
export const getStanding = () => request("GET", "/stand-in/standing");
export const order = (what) => request("POST", "/stand-in/order", json(what));
export const setEndpoint = (what) => request("PUT", "/stand-in/interactions-endpoint", json(what));
export const reset = () => request("POST", "/stand-in/reset");
// Kept alive, so that what was put away just before a reload stays away.
export const dismissForm = (person) =>
  request("POST", "/stand-in/modal/dismiss", { ...json({ person: person.id }), keepalive: true });
export const dismissMessage = (person, message) =>
  request("POST", "/stand-in/ephemeral/dismiss", { ...json({ person: person.id, message }), keepalive: true });

// ---- Discord's REST, as a person -----------------------------------------

function as(person, method, path, payload, files = []) {
  const headers = { Authorization: person.token };
  if (files.length > 0) {
    // Multipart sets its own Content-Type, boundary included.
    const form = new FormData();
    const attachments = files.map((file, index) => ({ id: index, filename: file.name }));
    form.append("payload_json", JSON.stringify({ ...payload, attachments }));
    files.forEach((file, index) => form.append(`files[${index}]`, file, file.name));
    return request(method, API + path, { body: form, headers });
  }
  if (payload === undefined) return request(method, API + path, { headers });
  const { body, headers: type } = json(payload);
  return request(method, API + path, { body, headers: { ...headers, ...type } });
}

export const sendMessage = (person, channelId, payload, files) =>
  as(person, "POST", `/channels/${channelId}/messages`, payload, files);
export const editMessage = (person, channelId, messageId, content) =>
  as(person, "PATCH", `/channels/${channelId}/messages/${messageId}`, { content });
export const deleteMessage = (person, channelId, messageId) =>
  as(person, "DELETE", `/channels/${channelId}/messages/${messageId}`);
export const patchChannel = (person, channelId, change) => as(person, "PATCH", `/channels/${channelId}`, change);
export const deleteChannel = (person, channelId) => as(person, "DELETE", `/channels/${channelId}`);

export function react(person, channelId, messageId, emoji, on) {
  // A guild's own emoji goes as name:id, all others as the character itself.
  const name = encodeURIComponent(emoji.id ? `${emoji.name}:${emoji.id}` : emoji.name);
  return as(person, on ? "PUT" : "DELETE", `/channels/${channelId}/messages/${messageId}/reactions/${name}/@me`);
}

export const giveRole = (person, guildId, userId, roleId, on) =>
  as(person, on ? "PUT" : "DELETE", `/guilds/${guildId}/members/${userId}/roles/${roleId}`);

export const interact = (person, payload) =>
  as(person, "POST", "/interactions", { session_id: "page", ...payload });

/** Discord takes at most 25 characters. */
export const nonce = () => `${Date.now()}${Math.floor(Math.random() * 1e9)}`.slice(0, 25);
