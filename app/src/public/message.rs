//! A page that only says something: not found, not allowed, too large, our fault.

use super::document::{Frame, Head, Live, Reach, document, footer};
use leptos::prelude::*;

/// Renders a page with a title, a few words, and one way on.
pub fn message(f: &Frame, title: &str, words: &str, action: Option<(&str, &str)>) -> String {
    let head = Head {
        title: Some(title.to_owned()),
        live: Live::No,
        reach: Reach::Private,
        class: "page-message",
    };
    let title = title.to_owned();
    let words = words.to_owned();
    let action = action.map(|(href, label)| (href.to_owned(), label.to_owned()));
    document(f, head, move || {
        view! {
            <section class="notice">
                {loose_end()}
                <h1>{title}</h1>
                <p class="lead">{words}</p>
                {action
                    .map(|(href, label)| {
                        view! {
                            <p>
                                <a class="button button-main" href=href>
                                    {label}
                                </a>
                            </p>
                        }
                    })}
            </section>
            {footer()}
        }
    })
}

/// A thread that leads nowhere.
fn loose_end() -> impl IntoView {
    view! {
        <svg class="loose-end" viewBox="0 0 240 72" aria-hidden="true">
            <path class="sketch-stitch" d="M4 40 C 40 8, 76 8, 104 38"></path>
            <path class="sketch-thread" d="M136 38 C 150 62, 176 66, 184 46 S 166 22, 160 40 S 196 62, 236 30"></path>
        </svg>
    }
}
