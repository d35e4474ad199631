//! The tickets that this browser holds the links of.

use super::document::{Frame, Head, Live, Reach, document, footer};
use super::status::badge;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::ago;
use domain::Timestamp;
use domain::view::TicketView;
use leptos::prelude::*;

/// A row of the list.
#[derive(Clone, Debug)]
pub struct MyTicket {
    /// The token that its link needs.
    pub token: String,
    /// The ticket.
    pub ticket: TicketView,
    /// Whose it is, where that has to be said.
    pub guild: Option<String>,
}

/// Renders `/my`.
pub fn my_tickets(f: &Frame, rows: &[MyTicket], now: Timestamp) -> String {
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
            let items = rows.iter().map(|mine| row(mine, now)).collect::<Vec<_>>();
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

fn row(mine: &MyTicket, now: Timestamp) -> impl IntoView + use<> {
    let MyTicket {
        token,
        ticket,
        guild,
    } = mine;
    // Two guilds may have a ticket of this number.
    let beginning: String = token.chars().take(8).collect();
    let id = match guild {
        Some(_) => format!("ticket-{}-{beginning}", ticket.number),
        None => format!("ticket-{}", ticket.number),
    };
    view! {
        <li id=id>
            <a href=format!("/t/{token}")>
                <span class="tickets-subject" dir="auto">{ticket.subject.clone()}</span>
                <span class="tickets-facts">
                    <span class="number">{format!("#{}", ticket.number)}</span>
                    {guild.clone().map(|name| view! { <span dir="auto">{name}</span> })}
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
