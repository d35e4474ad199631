//! Whom to ask, where several servers are served.

use super::document::{Frame, Head, Live, Reach, document, footer};
use leptos::prelude::*;

/// A server that takes tickets.
#[derive(Clone, Debug)]
pub struct Choice {
    /// What it is called.
    pub name: String,
    /// Its address here.
    pub place: String,
}

/// Renders `/` and `/new` where there are several to choose from.
pub fn choose(f: &Frame, choices: &[Choice]) -> String {
    let head = Head {
        title: Some("Who can help?".to_owned()),
        live: Live::No,
        reach: Reach::Public,
        class: "page-choose",
    };
    document(f, head, || {
        let items = choices
            .iter()
            .map(|choice| {
                view! {
                    <li>
                        <a href=choice.place.clone()>
                            <span class="tickets-subject" dir="auto">{choice.name.clone()}</span>
                        </a>
                    </li>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <div class="page-head">
                <h1>"Who can help?"</h1>
                <p class="lead">"Choose whom your ticket is for."</p>
            </div>
            <ul class="tickets">{items}</ul>
            {footer()}
        }
    })
}
