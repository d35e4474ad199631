//! The open ticket: what it is about, the conversation, the composer, and the panel beside it.

use super::composer::Composer;
use super::messages::Messages;
use super::place::Place;
use super::side::Side;
use super::trouble::trouble;
use super::workplace::Workplace;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::{Wording, ticking};
use domain::view::TicketView;
use domain::{AppError, Status};
use leptos::prelude::*;

/// A status in class names.
fn key(status: Status) -> &'static str {
    match status {
        Status::Open => "open",
        Status::InProgress => "progress",
        Status::Paused => "paused",
        Status::Closed => "closed",
    }
}

/// A status as a small label.
pub(super) fn badge(status: Status) -> impl IntoView {
    view! { <span class=format!("badge badge-{}", key(status))>{status.words()}</span> }
}

/// The place beside the list.
#[component]
pub(crate) fn Ticket(workplace: Workplace) -> AnyView {
    let panel_open = RwSignal::new(false);
    // Rebuilt for another ticket, and only then: its scroll position and its open menus are its own.
    let shown = Memo::new(move |_| workplace.shown());
    let turning = move || {
        workplace.ticket.loading.get() && workplace.shown() != workplace.place.get().number()
    };
    view! {
        <section
            class="ticket"
            aria-label="Ticket"
            id="ticket"
            tabindex="-1"
            aria-busy=move || turning().then_some("true")
            data-panel=move || panel_open.get().then_some("")
        >
            {move || match shown.get() {
                Some(_) => {
                    view! {
                        <div class="ticket-main">
                            <Head workplace panel_open/>
                            {move || workplace.ticket.trouble.get().map(|error| trouble(&error))}
                            // Reversed twice: so it begins, and stays, at the newest message.
                            <div class="talk-scroll" tabindex="0" role="region" aria-label="Conversation">
                                <Messages workplace/>
                            </div>
                            <Composer workplace/>
                        </div>
                        <Side workplace/>
                    }
                        .into_any()
                }
                None => view! { <Blank workplace/> }.into_any(),
            }}
        </section>
    }
    .into_any()
}

#[component]
fn Head(workplace: Workplace, panel_open: RwSignal<bool>) -> AnyView {
    let ticket = Memo::new(move |before: Option<&Option<TicketView>>| {
        workplace
            .ticket
            .value
            .with(|view| view.as_ref().map(|view| view.ticket.clone()))
            .or_else(|| before.cloned().flatten())
    });
    view! {
        <header class="ticket-head">
            <a class="back" href=move || workplace.view.get().address()>
                {icon(Icon::Back)}
                <span>"Tickets"</span>
            </a>
            {move || {
                ticket
                    .get()
                    .map(|ticket| {
                        view! {
                            <div class="ticket-title">
                                <h2 dir="auto">{ticket.subject.clone()}</h2>
                                <p class="crumb">
                                    <span class="number">{format!("#{}", ticket.number)}</span>
                                    {badge(ticket.status)}
                                    <span dir="auto">{ticket.customer.clone()}</span>
                                    <span>
                                        "filed "
                                        {ticking(
                                            ticket.created_at,
                                            workplace.ticket_now,
                                            Wording::Ago,
                                        )}
                                    </span>
                                </p>
                            </div>
                        }
                    })
            }}
            <button
                type="button"
                class="button button-small button-quiet panel-toggle"
                aria-expanded=move || panel_open.get().to_string()
                aria-controls="side"
                on:click=move |_| panel_open.update(|open| *open = !*open)
            >
                {icon(Icon::Panel)}
                <span>"Details"</span>
            </button>
        </header>
    }
    .into_any()
}

/// What stands there while no ticket does.
#[component]
fn Blank(workplace: Workplace) -> AnyView {
    view! {
        {move || {
            match (workplace.place.get(), workplace.ticket.trouble.get()) {
                (Place::List | Place::Sync, _) => {
                    view! {
                        <div class="blank">
                            {icon(Icon::Bubble)} <p>"Pick a ticket to read it here."</p>
                            <p class="blank-keys">
                                <kbd>"j"</kbd>
                                <kbd>"k"</kbd>
                                " walk the list, "
                                <kbd>"?"</kbd>
                                " shows all keys."
                            </p>
                        </div>
                    }
                        .into_any()
                }
                (Place::Nowhere, _) | (Place::Ticket(_), Some(AppError::NotFound)) => {
                    view! {
                        <div class="blank">
                            {icon(Icon::Inbox)} <h2>"There is no such ticket"</h2>
                            <p>"Its number may be mistyped, or it belongs to another server."</p>
                            <p>
                                <a href=move || {
                                    workplace.view.get().address()
                                }>"Back to the list"</a>
                            </p>
                        </div>
                    }
                        .into_any()
                }
                (Place::Ticket(_), Some(error)) => {
                    view! { <div class="blank">{trouble(&error)}</div> }.into_any()
                }
                (Place::Ticket(_), None) => {
                    view! {
                        <div class="skeleton" role="status">
                            <span class="sr-only">"Loading the ticket"</span>
                            <span class="bone bone-title"></span>
                            <span class="bone bone-line"></span>
                            <span class="bone bone-msg"></span>
                            <span class="bone bone-msg bone-own"></span>
                            <span class="bone bone-msg"></span>
                        </div>
                    }
                        .into_any()
                }
            }
        }}
    }
    .into_any()
}
