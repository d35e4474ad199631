// Keeps pages fresh and typed text safe. Every page works without it.

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const meta = (name) => all(`meta[name=${name}]`)[0]?.content;
const kind = meta("threadline-live"); // "staff", "pages", or nothing to follow
const ticket = Number(meta("threadline-ticket")) || null;
const staff = kind === "staff"; // hydrated: its elements are not ours to change

// Calls of the dashboard say whose page they come from: another tab may show another guild by then.
const guild = meta("threadline-guild");
if (staff && guild) {
  const plain = fetch.bind(window);
  window.fetch = (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).pathname.startsWith("/api/staff/")) request.headers.set("x-threadline-guild", guild);
    return plain(request);
  };
}

// Moments age by the minute, in the server's words; on hover, in the reader's own zone.
const age = (root) => all("time[data-ago]", root).forEach((time) => {
  const min = Math.floor((Date.now() - Date.parse(time.dateTime)) / 6e4);
  const days = Math.floor(min / 1440);
  time.textContent = min < 1 ? "just now" : min < 60 ? `${min} min ago`
    : days < 1 ? `${Math.floor(min / 60)} h ago` : days < 2 ? "1 day ago" : `${days} days ago`;
});
setInterval(age, 6e4, document);
addEventListener("pointerover", ({ target }) => {
  const time = target.closest?.("time[datetime]");
  if (time) time.title = new Date(time.dateTime).toLocaleString([], { dateStyle: "full", timeStyle: "short" });
});

// Drafts stay in the tab until the server has them. A reply got through when the page shows one
// more message of ours than at its sending; a new ticket, when a form led to a ticket's page.
const own = () => all("[data-own]").length;
const sentAt = `sent:${location.pathname}`;
try {
  const sent = sessionStorage[sentAt];
  delete sessionStorage[sentAt];
  const arrived = sent !== undefined && own() > sent;
  if (ticket && document.referrer.endsWith("/new"))
    for (const key of Object.keys(sessionStorage)) if (/^draft:(\/g\/[^/]+)?\/new:/.test(key)) delete sessionStorage[key];
  for (const field of all("[data-draft]")) {
    const key = `draft:${location.pathname}:${field.name}`;
    if (arrived) delete sessionStorage[key];
    field.value ||= sessionStorage[key] ?? "";
    field.addEventListener("input", () => (sessionStorage[key] = field.value));
  }
  if (arrived) all("[data-own]").at(-1).scrollIntoView({ block: "center" });
} catch { /* no storage, no safety net; all else works */ }

// Sending: once per press. Ctrl or Cmd and Enter send too.
if (!staff) {
  addEventListener("submit", ({ target }) => {
    try { if (target.matches("[data-guard]")) sessionStorage[sentAt] = own(); } catch { /* as above */ }
    setTimeout(() => all("button", target).forEach((button) => (button.disabled = true)));
  });
  addEventListener("pageshow", ({ persisted }) => {
    all("button").forEach((button) => (button.disabled = false)); // back again
    if (persisted) hint({});
  });
  addEventListener("keydown", ({ key, ctrlKey, metaKey, target }) => {
    if (key === "Enter" && (ctrlKey || metaKey)) target.form?.requestSubmit();
  });
}

// Takes over what changed. Children with the same id and content keep their element, and with
// it a selection, focus, or an open menu.
const merge = (old, fresh) => {
  for (const menu of all("details[open]", old)) all(`#${menu.id}`, fresh).forEach((same) => (same.open = true));
  if (old.isEqualNode(fresh)) return old;
  if (!fresh.matches("[data-live], [data-keyed]")) return fresh;
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  const known = new Map([...old.children].map((child) => [child.id, child]));
  let at = old.firstElementChild;
  for (const child of [...fresh.children]) {
    const before = known.get(child.id);
    known.delete(child.id);
    const now = before ? merge(before, child) : child;
    if (!before) now.classList.add("fresh");
    else if (now !== before) before.replaceWith(now), before === at && (at = now);
    if (now === at) at = at.nextElementSibling;
    else old.insertBefore(now, at);
  }
  known.forEach((gone) => gone.remove());
  return old;
};

let busy, again, burst;
const refresh = async () => {
  if (busy) return (again = true);
  busy = true;
  try {
    const response = await fetch(location.href);
    const page = new DOMParser().parseFromString(response.ok ? await response.text() : "", "text/html");
    const root = document.documentElement;
    const atEnd = innerHeight + scrollY > root.scrollHeight - 80;
    age(document), age(page);
    for (const old of all("[data-live]")) {
      const fresh = all(`[data-live=${old.dataset.live}]`, page)[0];
      if (!fresh || old.isEqualNode(fresh)) continue;
      all("#said").forEach((said) => (said.textContent = fresh.dataset.say)); // for screen readers
      merge(old, fresh);
    }
    if (atEnd) scrollTo(0, root.scrollHeight);
  } catch { /* offline: the next hint or reconnection tries again */ }
  busy = false;
  if (again) (again = false), refresh();
};

const hint = (detail) => {
  dispatchEvent(new CustomEvent("threadline:hint", { detail })); // for the dashboard
  const live = all("[data-live]")[0];
  if (!live || (ticket && detail.ticket && detail.ticket !== ticket)) return;
  if (ticket && detail.rev < live.dataset.rev) return; // older than what is shown
  clearTimeout(burst);
  burst = setTimeout(refresh, 50);
};

// Shown late: most gaps are over before anyone could read of them. Outside the body, which may
// be the dashboard's.
let late;
const bar = Object.assign(document.createElement("p"), { className: "live-bar", role: "status" });
const show = (up) => {
  clearTimeout(late);
  bar.textContent = "Reconnecting…, your text is safe";
  if (up) bar.remove();
  else late = setTimeout(() => document.documentElement.append(bar), 1500);
};

// One connection per browser: the tab that holds the lock has it and tells the others.
if (kind) {
  const me = ticket ?? kind;
  const bus = new BroadcastChannel("threadline-live");
  const hear = (news) => ("up" in news ? show(news.up) : news.hint && hint(news.hint));
  const tell = (news) => (bus.postMessage(news), hear(news));
  bus.addEventListener("message", ({ data }) => hear(data));

  const lead = () => {
    const covered = new Set([me]); // whom the connection serves: the cookies when it opened
    let source, retry, pause = 1e3, up;
    const open = () => {
      clearTimeout(retry);
      source?.close();
      source = new EventSource("/api/events");
      let isNew = true; // the browser resumes by itself; a new connection missed an unknown lot
      source.onopen = () => {
        tell({ up: (up = true) });
        if (isNew) tell({ hint: {} });
        isNew = false;
        pause = 1e3;
      };
      source.onerror = () => {
        if (up) tell({ up: (up = false) });
        // Given up by the browser, as on an error status: then it is ours to try again.
        if (source.readyState === 2) retry = setTimeout(open, (pause = Math.min(2 * pause, 6e4)));
      };
      source.addEventListener("hint", ({ data }) => tell({ hint: JSON.parse(data) }));
      source.addEventListener("resync", () => tell({ hint: {} }));
    };
    bus.addEventListener("message", ({ data: { hello } }) => {
      if (hello && !covered.has(hello)) covered.add(hello), open();
      else if (hello && up === false) bus.postMessage({ up });
    });
    open();
    return new Promise(() => {}); // the lock is held as long as the page lives
  };
  bus.postMessage({ hello: me });
  if (navigator.locks) navigator.locks.request("threadline-live", lead);
  else lead(); // not a secure context: one connection per tab
}
