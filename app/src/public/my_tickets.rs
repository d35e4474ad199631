//! The tickets that this browser holds the links of.

use super::document::{Frame, Head, Live, Reach, document, footer};
use super::status::badge;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::ago;
use domain::Timestamp;
use domain::view::TicketView;
use leptos::prelude::*;

/// Renders `/my`. Each row comes with the token that its link needs.
pub fn my_tickets(f: &Frame, rows: &[(String, TicketView)], now: Timestamp) -> String {
    let head = Head {
        title: Some("My tickets".to_owned()),
        // Without tickets there is nothing to hear of.
        live: if rows.is_empty() {
            Live::No
        } else {
            Live::List
        },
        reach: Reach::Private,
        class: "page-my",
    };
    document(f, head, || {
        let list = if rows.is_empty() {
            empty().into_any()
        } else {
            let items = rows
                .iter()
                .map(|(token, ticket)| row(token, ticket, now))
                .collect::<Vec<_>>();
            view! {
                <ul class="tickets" id="tickets" data-keyed="">{items}</ul>
                <p class="aside" id="tickets-help">
                    "These are the tickets that this browser knows. Private links open the others."
                </p>
            }
            .into_any()
        };
        view! {
            <div class="page-head page-head-row">
                <h1>"My tickets"</h1>
                <a class="button button-main" href="/new">
                    {icon(Icon::Plus)}
                    <span>"New ticket"</span>
                </a>
            </div>
            <div data-live="list">{list}</div>
            {footer()}
        }
    })
}

fn row(token: &str, ticket: &TicketView, now: Timestamp) -> impl IntoView + use<> {
    view! {
        <li id=format!("ticket-{}", ticket.number)>
            <a href=format!("/t/{token}")>
                <span class="tickets-subject" dir="auto">{ticket.subject.clone()}</span>
                <span class="tickets-facts">
                    <span class="number">{format!("#{}", ticket.number)}</span>
                    <span>"filed " {ago(ticket.created_at, now)}</span>
                </span>
                {badge(ticket)}
            </a>
        </li>
    }
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty" id="empty">
            {icon(Icon::Inbox)}
            <p><strong>"No tickets in this browser yet."</strong></p>
            <p>"A ticket that you file or open here is listed from then on."</p>
        </div>
    }
}
