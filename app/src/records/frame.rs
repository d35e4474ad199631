//! What these pages have around them: the dashboard's rail, with links in place of signals.

use crate::parts::face::face;
use crate::parts::icon::{Icon, icon, mark};
use crate::public::{Frame, without_markers};
use crate::staff::other_guild;
use domain::view::{InboxFilter, InboxView};
use leptos::prelude::*;

/// Which of the pages it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Here {
    Stats,
    Doctor,
    Settings,
}

impl Here {
    fn title(self) -> &'static str {
        match self {
            Self::Stats => "Statistics",
            Self::Doctor => "Doctor",
            Self::Settings => "Settings",
        }
    }
}

/// Renders a complete document around `body`.
pub(super) fn document<V: IntoView + 'static>(
    frame: &Frame,
    inbox: &InboxView,
    here: Here,
    body: impl FnOnce() -> V,
) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let title = here.title();
        let tab = format!("{title} · {}", inbox.guild.name);
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <meta name="referrer" content="same-origin"/>
                    <meta name="robots" content="noindex, nofollow"/>
                    <title>{tab}</title>
                    <link rel="icon" href=frame.assets.favicon.clone() type="image/svg+xml"/>
                    <link rel="stylesheet" href=frame.assets.css.clone()/>
                    <script type="module" src=frame.assets.live_js.clone()></script>
                </head>
                <body class="staff">
                    <a class="skip" href="#pane">"Skip to content"</a>
                    <div class="desk" data-open="">
                        {rail(inbox, here)}
                        <main class="desk-main">
                            <section class="pane" id="pane" tabindex="-1" aria-label=title>
                                <header class="ticket-head">
                                    <a class="back" href="/staff">
                                        {icon(Icon::Back)}
                                        <span>"Tickets"</span>
                                    </a>
                                    <div class="ticket-title">
                                        <h1>{title}</h1>
                                    </div>
                                </header>
                                <div class="pane-body">{body()}</div>
                            </section>
                        </main>
                    </div>
                </body>
            </html>
        }
        .to_html()
    });
    owner.unset_with_forced_cleanup();
    without_markers(&html)
}

fn rail(inbox: &InboxView, here: Here) -> AnyView {
    let glyphs = [Icon::Inbox, Icon::Person, Icon::PersonAsk, Icon::Done];
    let views = InboxFilter::ALL
        .into_iter()
        .zip(glyphs)
        .zip(inbox.counts)
        .map(|((filter, glyph), count)| {
            let address = match filter {
                InboxFilter::Active => "/staff".to_owned(),
                other => format!("/staff?view={}", other.key()),
            };
            let count = view! { <span class="count">{count.to_string()}</span> };
            link(&address, glyph, filter.words(), false, count.into_any())
        })
        .collect_view();
    let stuck = (inbox.stuck > 0).then(|| {
        view! {
            <span class="count count-stuck">
                {inbox.stuck.to_string()} <span class="sr-only">" stuck"</span>
            </span>
        }
    });
    let none = || ().into_any();
    view! {
        <header class="rail">
            <a class="brand" href="/staff">
                {mark()}
                <span dir="auto">{inbox.guild.name.clone()}</span>
            </a>
            <nav aria-label="Views">
                <ul>
                    {views} {link("/staff/sync", Icon::Sync, "Sync", false, stuck.into_any())}
                    {link(
                        "/staff/stats",
                        Icon::Chart,
                        "Statistics",
                        here == Here::Stats,
                        none(),
                    )}
                    {link("/staff/doctor", Icon::Pulse, "Doctor", here == Here::Doctor, none())}
                    {inbox
                        .manages
                        .then(|| {
                            let is_here = here == Here::Settings;
                            link("/staff/settings", Icon::Sliders, "Settings", is_here, none())
                        })}
                    {inbox.others.iter().map(other_guild).collect_view()}
                </ul>
            </nav>
            <div class="rail-end">
                <div class="me" title=inbox.me.name.clone()>
                    {face(&inbox.me.name, inbox.me.avatar.as_deref())}
                    <span class="rail-words" dir="auto">
                        {inbox.me.name.clone()}
                    </span>
                </div>
                <form method="post" action="/auth/sign-out">
                    <button type="submit" class="rail-button" title="Sign out">
                        {icon(Icon::SignOut)}
                        <span class="rail-words">"Sign out"</span>
                    </button>
                </form>
            </div>
        </header>
    }
    .into_any()
}

fn link(address: &str, glyph: Icon, words: &'static str, is_here: bool, count: AnyView) -> AnyView {
    view! {
        <li>
            <a href=address.to_owned() title=words aria-current=is_here.then_some("page")>
                {icon(glyph)}
                <span class="rail-words">{words}</span>
                {count}
            </a>
        </li>
    }
    .into_any()
}
