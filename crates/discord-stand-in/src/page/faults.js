// The drawer that makes Discord misbehave, so that one can watch the helpdesk
// cope. It remembers what this page has switched on; the stand-in obeys the
// last word, whoever says it.

import { $, h, icon, iconButton } from "./dom.js";
import * as api from "./api.js";
import { dialog } from "./overlay.js";
import { Admins } from "./admins.js";
import { Endpoint } from "./endpoint.js";

const SWITCHES = [
  {
    id: "limited",
    label: "Rate-limited",
    help: "Every new message, yours too, is refused: wait 5 s, says Discord.",
    watch: "Rate-limited is on. A customer's message waits, and arrives once this is off.",
    fault: { route: "POST /channels/{id}/messages", action: "rate_limited", retry_after: 5, times: 0 },
  },
  {
    id: "broken",
    label: "Errors",
    help: "Every request, yours too, is answered with 500.",
    watch: "Errors are on. Answer as the customer: their page says that it is queued. Switch this off, and it arrives, once.",
    fault: { route: "*", action: "status", status: 500, times: 0 },
  },
  {
    id: "lost",
    label: "Lost answers",
    help: "Every new message arrives, but whoever sent it never hears so.",
    watch: "Lost answers is on. The helpdesk tries again, and nothing comes twice.",
    fault: { route: "POST /channels/{id}/messages", action: "drop_after", times: 0 },
  },
  {
    id: "twice",
    label: "Events twice",
    help: "Whatever happens, the bot is told of it twice.",
    watch: "Events twice is on. Write as staff: the customer sees it once.",
    fault: { event: "*", action: "duplicate", times: 0 },
  },
  {
    id: "swapped",
    label: "Events out of order",
    help: "Every second event overtakes the one before it.",
    watch: "Events out of order is on. Write twice as staff: the order stays yours.",
    fault: { event: "*", action: "reorder", times: 0 },
  },
  {
    id: "missed",
    label: "Events missing",
    help: "No new message is told of, as if the connection had lost it.",
    watch: "Events missing is on. What staff write arrives once this is off and the bot has begun a new session.",
    fault: { event: "MESSAGE_CREATE", action: "drop", times: 0 },
  },
];

const LATENCIES = [[0, "None"], [50, "50 ms, as in real life"], [1000, "1 s"], [4000, "4 s"]];

const BLOWS = [
  { label: "Ask it to reconnect", help: "Op 7. The bot resumes and misses nothing.", what: { op: 7 }, done: "The bot was asked to reconnect." },
  { label: "Cut the connection", help: "Close code 4000. The same, less politely.", what: { close: 4000 }, done: "The gateway connection was cut." },
  { label: "Begin a new session", help: "Op 9. The bot has to read up on what it missed.", what: { op: 9, d: false }, done: "The bot's session is over." },
  { label: "Fall silent", help: "The connection stays open and carries nothing.", what: { silent: true }, done: "The connection is half open." },
];

export class Faults {
  constructor(app) {
    this.app = app;
    this.element = $("faults");
    this.toggle = $("faults-toggle");
    this.on = new Set();
    this.others = [];
    this.latency = 0;
    this.admins = new Admins((promise, done) => this.tell(promise, done), () => this.app.world.guild);
    this.endpoint = new Endpoint((promise, done) => this.tell(promise, done));
    this.toggle.addEventListener("click", () => this.show(this.element.hidden));
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.show(false));
    this.build();
    this.drawToggle();
    this.look();
  }

  /** What is on already: from another tab, or from before a reload. */
  async look() {
    const faults = await api.getFaults().catch(() => []);
    const entryOf = (fault) => SWITCHES.find(({ fault: known }) =>
      known.route === fault.route && known.event === fault.event && known.action === fault.action);
    await Promise.all([this.admins.look(), this.endpoint.look()]);
    this.others = faults.filter((fault) => !entryOf(fault));
    this.set(new Set(faults.map(entryOf).filter(Boolean).map((entry) => entry.id)), this.latency);
  }

  show(open) {
    this.element.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.look();
    if (open) this.element.querySelector("button").focus();
    else this.toggle.focus();
  }

  build() {
    this.outcome = h("p", { class: "outcome", role: "status" });
    this.switches = SWITCHES.map((entry) => h("button", {
      type: "button",
      class: "switch",
      role: "switch",
      "aria-checked": "false",
      dataset: { fault: entry.id },
      on: { click: () => this.flip(entry) },
    }, h("span", { class: "menu-words" }, h("span", { text: entry.label }), h("small", { text: entry.help })), h("span", { class: "knob", "aria-hidden": "true" })));
    this.slow = h("select", { on: { change: () => this.setLatency(Number(this.slow.value)) } },
      LATENCIES.map(([ms, label]) => h("option", { value: ms, text: label })));
    const blows = BLOWS.map((blow) => h("div", { class: "blow" },
      h("button", { type: "button", class: "button", text: blow.label, on: { click: () => this.tell(api.gateway(blow.what), blow.done) } }),
      h("small", { text: blow.help })));
    this.element.append(
      h("header", { class: "faults-head" }, h("h2", { text: "Faults" }), iconButton("close", "Close the drawer", () => this.show(false))),
      h("p", { class: "quiet", text: "Make Discord misbehave and watch the helpdesk: nothing may get lost, nothing may come twice." }),
      this.outcome,
      h("h3", { text: "Requests and events" }), ...this.switches,
      h("label", { class: "field" }, h("span", { text: "Delay of every answer" }), this.slow),
      h("h3", { text: "Live connection of the bot" }), ...blows,
      h("h3", { text: "What admins do" }), ...this.admins.controls, this.admins.inviting, this.admins.entrusting,
      h("h3", { text: "How the bot is told" }), this.endpoint.element,
      h("h3", { text: "Afterwards" }),
      h("div", { class: "faults-foot" },
        h("button", { type: "button", class: "button is-good", text: "Clear all faults", on: { click: () => this.clear() } }),
        h("button", { type: "button", class: "button is-quiet-danger", text: "Reset the world…", on: { click: () => this.askReset() } })));
  }

  async tell(promise, done) {
    try {
      await promise;
      this.outcome.textContent = done;
      this.outcome.classList.remove("is-bad");
      return true;
    } catch (refusal) {
      this.outcome.textContent = refusal.message;
      this.outcome.classList.add("is-bad");
      return false;
    } finally {
      this.drawToggle();
    }
  }

  active(on = this.on) {
    return SWITCHES.filter((entry) => on.has(entry.id));
  }

  async flip(entry) {
    const next = new Set(this.on);
    if (!next.delete(entry.id)) next.add(entry.id);
    const faults = [...this.others, ...this.active(next).map(({ fault }) => fault)];
    const done = next.has(entry.id) ? entry.watch : `${entry.label}: off. What waited goes out now.`;
    if (await this.tell(api.setFaults(faults), done)) this.set(next, this.latency);
  }

  async setLatency(ms) {
    const done = ms === 0 ? "Discord answers at once." : `Discord takes ${ms} ms to answer.`;
    if (await this.tell(api.setLatency(ms), done)) this.set(this.on, ms);
    this.slow.value = this.latency;
  }

  async clear() {
    const all = Promise.all([api.setFaults([]), api.setLatency(0), this.admins.clear()]);
    if (await this.tell(all, "Discord behaves again.")) this.allClear();
  }

  askReset() {
    dialog({
      title: "Reset the world?",
      intro: "All threads and messages of the stand-in go, and the guild is as on the first day. The helpdesk keeps its tickets.",
      action: "Reset the world",
      danger: true,
      submit: async () => {
        await api.reset();
        await this.admins.look();
        this.outcome.textContent = "The world is as on the first day.";
        this.allClear();
        this.app.startOver();
      },
    });
  }

  allClear() {
    this.others = [];
    this.set(new Set(), 0);
  }

  set(on, latency) {
    this.on = on;
    this.latency = latency;
    this.slow.value = latency;
    for (const control of this.switches) control.setAttribute("aria-checked", String(on.has(control.dataset.fault)));
    this.drawToggle();
  }

  /** What misbehaves stays in sight while the drawer is closed. */
  drawToggle() {
    const words = this.active().map(({ label }) => label);
    if (this.others.length > 0) words.push("Others");
    if (this.latency > 0) words.push("Slow");
    words.push(...this.admins.words());
    this.toggle.classList.toggle("is-bad", words.length > 0);
    this.toggle.replaceChildren(icon("storm"), h("span", { text: words.length > 0 ? words.join(", ") : "Faults" }));
    this.toggle.setAttribute("aria-label", words.length > 0 ? `Faults, on now: ${words.join(", ")}` : "Faults");
  }
}
