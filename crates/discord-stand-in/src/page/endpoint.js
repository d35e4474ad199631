// The application's interactions endpoint: with one saved, commands, buttons and
// forms go to it as signed requests; without, over the gateway. Saving it tries
// it first, as Discord does.

import { h } from "./dom.js";
import * as api from "./api.js";

export class Endpoint {
  /** `tell(promise, words)` carries out and says how it went. */
  constructor(tell) {
    this.tell = tell;
    this.input = h("input", { type: "url", placeholder: "http://127.0.0.1:3000/api/interactions", dir: "ltr" });
    this.element = h("form", { on: { submit: (event) => { event.preventDefault(); this.save(); } } },
      h("label", { class: "field" }, h("span", { text: "Interactions endpoint; empty: the gateway" }), this.input),
      h("div", { class: "faults-foot" },
        h("button", { type: "submit", class: "button", text: "Try and save" }),
        h("button", { type: "button", class: "button", text: "Try the saved one", on: { click: () => this.probe() } })));
  }

  async look() {
    const { interactions_endpoint_url } = await api.getStanding().catch(() => ({}));
    if (document.activeElement !== this.input) this.input.value = interactions_endpoint_url ?? "";
  }

  save() {
    const url = this.input.value.trim();
    const done = url ? "Commands, buttons and forms go to this address from now on." : "Commands, buttons and forms go over the gateway.";
    return this.tell(api.setEndpoint({ url, check: true }), done);
  }

  probe() {
    const probing = api.setEndpoint({ probe: true }).then(({ sound }) => {
      if (!sound) throw new Error("It accepts bad signatures or answers no ping: it is not used any more.");
    });
    return this.tell(probing.finally(() => this.look()), "It answers pings and refuses bad signatures.");
  }
}
