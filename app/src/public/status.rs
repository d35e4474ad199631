//! What a ticket's state means for its customer, as one sentence.

use crate::parts::icon::{Icon, icon};
use domain::Status;
use domain::view::TicketView;
use leptos::prelude::*;

/// The sentence.
pub(super) fn sentence(status: Status) -> &'static str {
    match status {
        Status::Paused => "We answered. Waiting for you.",
        Status::Open | Status::InProgress => "Waiting for our answer.",
        Status::Closed => "This ticket is closed. Write again to reopen it.",
    }
}

/// The name of a state in class names, by whose turn it is.
pub(super) fn turn(status: Status) -> &'static str {
    match status {
        Status::Paused => "yours",
        Status::Open | Status::InProgress => "ours",
        Status::Closed => "closed",
    }
}

fn glyph(status: Status) -> Icon {
    match status {
        Status::Paused => Icon::Reply,
        Status::Open | Status::InProgress => Icon::Clock,
        Status::Closed => Icon::Done,
    }
}

/// The line over a conversation, and what was said at its end.
pub(super) fn line(ticket: &TicketView) -> impl IntoView + use<> {
    view! {
        <div class="status-line">
            <p class="status" id="status">
                {icon(glyph(ticket.status))}
                <span>{sentence(ticket.status)}</span>
            </p>
            {why(ticket)}
        </div>
    }
}

fn why(ticket: &TicketView) -> impl IntoView + use<> {
    ticket.closed_because.clone().map(|html| {
        view! {
            <div class="status-why" id="why">
                <span class="status-why-label">"Said when it was closed"</span>
                <div class="words" dir="auto" inner_html=html></div>
            </div>
        }
    })
}

/// The mark in a list.
pub(super) fn badge(ticket: &TicketView) -> impl IntoView + use<> {
    view! {
        <span class=format!("badge badge-{}", turn(ticket.status))>{ticket.status.customers_words()}</span>
    }
}
