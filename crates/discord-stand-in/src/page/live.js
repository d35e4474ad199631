// Keeps the page fresh: listens for changes, fetches the view again, and says
// so while the stand-in does not answer.

import * as api from "./api.js";
import { $ } from "./dom.js";

/** Changes within this time are fetched together. */
const TOGETHER_MS = 50;
const RETRY_MS = 1000;

export class Live {
  /** `person()` is whom one plays, `guild()` where, `apply(view)` draws what was fetched. */
  constructor({ person, guild, forgetPerson, apply }) {
    Object.assign(this, { person, guild, forgetPerson, apply });
    this.fetching = null;
    this.again = false;
  }

  /** Fetches the view; calls during a fetch share one more fetch after it. */
  refresh() {
    if (this.fetching) {
      this.again = true;
      return this.fetching;
    }
    this.fetching = this.fetch().finally(() => { this.fetching = null; });
    return this.fetching;
  }

  async fetch() {
    try {
      do {
        this.again = false;
        const [asked, where] = [this.person(), this.guild()];
        const view = await api.fetchView(asked, where);
        // An answer for somebody whom one no longer plays is of no use, nor one for elsewhere.
        if (asked === this.person() && where === this.guild()) this.apply(view);
        else this.again = true;
      } while (this.again);
      setStale(false);
    } catch (refusal) {
      if (!(refusal instanceof api.Refused)) throw refusal;
      // The person may be one of an earlier world.
      if (refusal.status >= 400 && refusal.status < 500) this.forgetPerson();
      setStale(true);
      setTimeout(() => this.refresh(), RETRY_MS);
    }
  }

  listen() {
    const events = new EventSource("/stand-in/events");
    let timer = 0;
    events.addEventListener("message", () => {
      // Those that follow share it; were it put off by each, a busy world would never be drawn.
      timer ||= setTimeout(() => {
        timer = 0;
        this.refresh();
      }, TOGETHER_MS);
    });
    // Whatever happened while the line was down is in the next view.
    events.addEventListener("open", () => this.refresh());
    events.addEventListener("error", () => {
      setStale(true);
      if (events.readyState === EventSource.CLOSED) setTimeout(() => this.listen(), RETRY_MS);
    });
  }
}

function setStale(stale) {
  const box = $("stale");
  if (box.hidden === !stale) return;
  box.hidden = !stale;
  box.textContent = stale ? "The stand-in does not answer. Trying again… What you typed is safe." : "";
}
