//! What every customer's page has around it: head, header, footer.
//!
//! Rendered in one go under an owner that is thrown away at the end. No script and no style
//! stands in the page itself, so its content security policy can forbid both.

use crate::assets::Assets;
use crate::parts::icon::mark;
use leptos::prelude::*;

/// What a page needs to know of the house it is in.
pub struct Frame<'a> {
    /// Where our files are.
    pub assets: &'a Assets,
    /// The guild's name, where it is known.
    pub guild: Option<&'a str>,
}

impl Frame<'_> {
    /// The name on top of the page.
    pub(super) fn name(&self) -> String {
        self.guild.unwrap_or("Support").to_owned()
    }
}

/// Whether a page stays fresh by itself, and for whom.
pub(super) enum Live {
    /// A page that does not change; the script only guards what is typed.
    No,
    /// A page without a ticket of its own, such as a list.
    List,
    /// The page of the ticket with this number.
    Ticket(i64),
}

/// Who may find a page.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Search engines may.
    Public,
    /// Only those who have its address.
    Private,
}

/// A page's own facts.
pub(super) struct Head {
    /// What the tab says, before the guild's name.
    pub title: Option<String>,
    /// Whether it stays fresh.
    pub live: Live,
    /// Who may find it.
    pub reach: Reach,
    /// A class for the body.
    pub class: &'static str,
}

/// Renders a complete document around `main`.
pub(super) fn document<V: IntoView + 'static>(
    frame: &Frame,
    head: Head,
    main: impl FnOnce() -> V,
) -> String {
    let owner = Owner::new_root(None);
    let html = owner.with(|| {
        let name = frame.name();
        let title = match &head.title {
            Some(title) => format!("{title} · {name}"),
            None => name.clone(),
        };
        let (ticket, follows) = match head.live {
            Live::No => (None, false),
            Live::List => (None, true),
            Live::Ticket(number) => (Some(number.to_string()), true),
        };
        view! {
            <!DOCTYPE html>
            <html lang="en">
                <head>
                    <meta charset="utf-8"/>
                    <meta
                        name="viewport"
                        content="width=device-width, initial-scale=1, interactive-widget=resizes-content"
                    />
                    <meta name="color-scheme" content="light dark"/>
                    // A private link must not travel with a picture or a link to elsewhere.
                    <meta name="referrer" content="same-origin"/>
                    {(head.reach == Reach::Private)
                        .then(|| view! { <meta name="robots" content="noindex, nofollow"/> })}
                    {follows.then(|| view! { <meta name="threadline-live" content="pages"/> })}
                    {ticket
                        .map(|number| view! { <meta name="threadline-ticket" content=number/> })}
                    <title>{title}</title>
                    <link rel="icon" href=frame.assets.favicon.clone() type="image/svg+xml"/>
                    <link rel="stylesheet" href=frame.assets.css.clone()/>
                    <script type="module" src=frame.assets.live_js.clone()></script>
                </head>
                <body class=format!("customer {}", head.class)>
                    <a class="skip" href="#main">"Skip to content"</a>
                    <header class="site-head">
                        <a class="brand" href="/">
                            {mark()}
                            <span dir="auto">{name}</span>
                        </a>
                        <nav aria-label="Tickets">
                            <a href="/my">"My tickets"</a>
                        </nav>
                    </header>
                    <main id="main" tabindex="-1">{main()}</main>
                </body>
            </html>
        }
        .to_html()
    });
    owner.unset_with_forced_cleanup();
    without_markers(&html)
}

/// Leaves out the comments by which a hydrating page finds its places: nothing hydrates here.
/// Whatever was typed has its `<` escaped, in text as in attributes, so no comment is theirs.
pub(crate) fn without_markers(html: &str) -> String {
    html.replace("<!>", "")
}

/// The quiet line at the end of a page.
pub(super) fn footer() -> impl IntoView {
    view! {
        <footer class="site-foot">
            <a href="/staff">"Staff sign in"</a>
        </footer>
    }
}
