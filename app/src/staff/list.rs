//! The list: who waits, since when, and what they said last. Two lines a ticket.
//!
//! A row stays the same element while its ticket changes, so that neither focus nor scroll
//! position is lost to a refresh.

use super::place::{View, view_address};
use super::trouble::trouble;
use super::workplace::Workplace;
use crate::parts::face::face;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::{Wording, ticking};
use domain::view::{InboxFilter, TicketRow};
use domain::{Priority, Side, Timestamp};
use leptos::prelude::*;
use std::collections::HashMap;

/// The attribute that the keyboard finds rows by.
pub(crate) const ROW: &str = "data-row";

/// The list.
#[component]
pub(crate) fn List(workplace: Workplace) -> AnyView {
    let rows = Memo::new(move |_| {
        workplace.inbox.value.with(|view| {
            view.as_ref()
                .map(|view| {
                    view.rows
                        .iter()
                        .map(|row| (row.number, row.clone()))
                        .collect::<HashMap<_, _>>()
                })
                .unwrap_or_default()
        })
    });
    let order = Memo::new(move |_| {
        workplace.inbox.value.with(|view| {
            view.as_ref()
                .map(|view| view.rows.iter().map(|row| row.number).collect::<Vec<_>>())
        })
    });
    let is_empty = move || order.with(|order| order.as_ref().is_some_and(Vec::is_empty));
    let has_more = move || {
        workplace
            .inbox
            .value
            .with(|view| view.as_ref().is_some_and(|v| v.next.is_some()))
    };
    let loading = workplace.inbox.loading;
    view! {
        <section
            class="list"
            aria-label="Tickets"
            aria-busy=move || loading.get().then_some("true")
        >
            <h1 class="list-head">{move || workplace.view.get().filter.words()}</h1>
            {move || tag_line(workplace.view.get())}
            {move || workplace.inbox.trouble.get().map(|error| trouble(&error))}
            <ul class="rows">
                <For
                    each=move || order.get().unwrap_or_default()
                    key=|number| *number
                    children=move |number| {
                        let row = Memo::new(move |before: Option<&Option<TicketRow>>| {
                            rows.with(|rows| rows.get(&number).cloned())
                                .or_else(|| before.cloned().flatten())
                        });
                        view! { <Row workplace number row/> }
                    }
                />
            </ul>
            <Show when=is_empty>{move || empty(workplace.view.get())}</Show>
            <Show when=has_more>
                <button
                    type="button"
                    class="button button-small rows-more"
                    disabled=move || loading.get()
                    on:click=move |_| workplace.read_on()
                >
                    "Show more"
                </button>
            </Show>
        </section>
    }
    .into_any()
}

#[component]
fn Row(workplace: Workplace, number: i64, row: Memo<Option<TicketRow>>) -> AnyView {
    let current = move || (workplace.place.get().number() == Some(number)).then_some("page");
    view! {
        <li>
            <a
                class="row"
                data-row=""
                href=move || workplace.view.get().ticket(number)
                aria-current=current
            >
                {move || row.get().map(|row| content(row, workplace.list_now))}
            </a>
        </li>
    }
    .into_any()
}

fn content(row: TicketRow, now: Signal<Timestamp>) -> AnyView {
    let waits = row.waiting_since.is_some();
    let since = row.waiting_since.unwrap_or(row.updated_at);
    let assignee = row.assignee.as_ref().map(|person| {
        let words = format!("Assigned to {}", person.name);
        view! {
            <span class="row-face" title=words>
                {face(&person.name, person.avatar.as_deref())}
                <span class="sr-only">{words.clone()}</span>
            </span>
        }
    });
    // The name before the @ is what tells customers apart; the whole address is on hover.
    let (name, _) = row.customer.split_once('@').unwrap_or((&row.customer, ""));
    view! {
        <span class="row-top" data-waits=waits.then_some("")>
            <span class="row-subject" dir="auto">{row.subject.clone()}</span>
            <span class="row-customer" dir="auto" title=row.customer.clone()>{name.to_owned()}</span>
        </span>
        <span class="row-last">
            {(row.last_side == Side::Staff)
                .then(|| {
                    view! {
                        {icon(Icon::Reply)}
                        <span class="sr-only">"We wrote: "</span>
                    }
                })}
            <span dir="auto">{row.last_words.clone()}</span>
        </span>
        <span class="row-marks">
            <span class="number">{format!("#{}", row.number)}</span>
            {tags(&row.tags)}
            {priority_mark(row.priority)}
            <span class="row-age">
                {waits.then(|| view! { <span class="sr-only">"Waiting for us: "</span> })}
                {ticking(since, now, Wording::Age)}
            </span>
            {assignee}
        </span>
    }
    .into_any()
}

/// How many tags a row has room for.
const TAGS: usize = 2;

/// A ticket's tags, as far as there is room; all of them on hover and for screen readers.
fn tags(all: &[String]) -> impl IntoView + use<> {
    let more = all.len().saturating_sub(TAGS);
    let words = format!("Tags: {}", all.join(", "));
    let shown = all
        .iter()
        .take(TAGS)
        .map(|tag| view! { <span class="tag" dir="auto">{tag.clone()}</span> })
        .collect_view();
    (!all.is_empty()).then(|| {
        view! {
            <span class="row-tags" title=words>
                <span class="sr-only">{words.clone()}</span>
                <span class="row-tags" aria-hidden="true">
                    {shown}
                    {(more > 0).then(|| format!("+{more}"))}
                </span>
            </span>
        }
    })
}

/// Says that the list shows one tag's tickets alone, and leads to all.
fn tag_line(view: View) -> impl IntoView {
    view.tag.map(|tag| {
        view! {
            <p class="list-tag">
                <span class="tag" dir="auto">
                    {tag}
                </span>
                <a href=view_address(view.filter)>"Show all"</a>
            </p>
        }
    })
}

/// The mark of a priority. The usual one goes without saying.
fn priority_mark(priority: Priority) -> impl IntoView {
    let glyph = match priority {
        Priority::Low => Some(Icon::PriorityLow),
        Priority::Medium => None,
        Priority::High => Some(Icon::PriorityHigh),
        Priority::Urgent => Some(Icon::PriorityUrgent),
    };
    glyph.map(|glyph| {
        let words = format!("Priority: {}", priority.words());
        view! {
            <span class=format!("priority priority-{}", priority.key()) title=words>
                {icon(glyph)}
                <span class="sr-only">{words.clone()}</span>
            </span>
        }
    })
}

fn empty(view: View) -> impl IntoView {
    let (title, words) = match view.filter {
        _ if view.tag.is_some() => (
            "Nothing here has this tag.",
            "Another view may: Active and Closed are apart.",
        ),
        InboxFilter::Active => (
            "No one is waiting. Nice.",
            "New tickets appear here by themselves.",
        ),
        InboxFilter::Mine => (
            "Nothing is assigned to you.",
            "Take one from Unassigned, here or in Discord.",
        ),
        InboxFilter::Unassigned => ("Everything has someone.", "New tickets appear here first."),
        InboxFilter::Closed => ("Nothing is closed yet.", "Closed tickets are kept here."),
    };
    view! {
        <div class="empty">
            {icon(Icon::Inbox)}
            <p>
                <strong>{title}</strong>
            </p>
            <p>{words}</p>
        </div>
    }
}
