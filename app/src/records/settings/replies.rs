//! Quick replies: kept, reworded, removed.

use super::Forms;
use super::typed::{Line, Typed};
use domain::text::excerpt;
use domain::view::QuickReply;
use leptos::prelude::*;

const NAME: Line = Line {
    name: "name",
    label: "Name",
    help: Some("What staff look for: in the composer, and after /reply quick: in Discord."),
    most: 50,
};
const BODY: Line = Line {
    name: "body",
    label: "The answer",
    help: None,
    most: 2_000,
};

pub(super) fn replies(desk: &Forms<'_>, all: &[QuickReply]) -> AnyView {
    let cards = all.iter().map(|reply| card(desk, reply)).collect_view();
    let typed = desk.typed("add", "");
    let none = all.is_empty().then(|| {
        view! { <p class="quiet">"There are none yet. Keep below what you write often."</p> }
    });
    view! {
        <section aria-labelledby="replies">
            <h2 id="replies">"Quick replies"</h2>
            {none}
            <ul class="setting-cards">{cards}</ul>
        </section>
        <section aria-labelledby="add-reply">
            <h2 id="add-reply">"Add a quick reply"</h2>
            {desk.form(&typed, "setting-form", fields(&typed, "", "", "Keep it"))}
        </section>
    }
    .into_any()
}

fn fields(typed: &Typed<'_>, name: &str, body: &str, words: &'static str) -> AnyView {
    view! {
        {typed.line(&NAME, name)}
        {typed.paragraph(&BODY, body)}
        <div class="setting-end">
            <button type="submit" class="button button-main">
                {words}
            </button>
        </div>
    }
    .into_any()
}

fn card(desk: &Forms<'_>, reply: &QuickReply) -> AnyView {
    let typed = desk.typed("change", &reply.name);
    let is_open = typed.is_refused();
    let form = fields(&typed, &reply.name, &reply.body, "Save");
    let what = format!(" the quick reply {}", reply.name);
    view! {
        <li class="setting-card">
            <div class="setting-line">
                <span class="setting-words">
                    <strong dir="auto">{reply.name.clone()}</strong>
                    <span class="quiet" dir="auto">{excerpt(&reply.body, 140)}</span>
                </span>
                {desk.button("remove", &reply.name, "Remove", &what)}
            </div>
            <details class="setting-more" open=is_open>
                <summary>"Edit" <span class="sr-only">{what}</span></summary>
                {desk.form(&typed, "setting-form", form)}
            </details>
        </li>
    }
    .into_any()
}
