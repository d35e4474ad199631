//! The panel beside a ticket: its state and what can be done to it, the customer, the history.

use super::card::CustomerCard;
use super::closing::Closing;
use super::messages::try_again;
use super::tags::Tags;
use super::ticket::badge;
use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::tickets::{self, Assignment};
use crate::parts::face::face;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::{Wording, ticking};
use domain::Priority;
use domain::view::{ConversationView, EventView, PersonView};
use leptos::prelude::*;

/// One fact of the open ticket, followed alone, so that only what changed is drawn again.
pub(super) fn fact<T: Clone + PartialEq + Send + Sync + 'static>(
    workplace: Workplace,
    read: impl Fn(&ConversationView) -> T + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |before: Option<&Option<T>>| {
        workplace
            .ticket
            .value
            .with(|view| view.as_ref().map(&read))
            .or_else(|| before.cloned().flatten())
    })
}

/// The panel.
#[component]
pub(crate) fn Side(workplace: Workplace) -> AnyView {
    view! {
        <aside class="side" id="side" aria-label="Details">
            {move || workplace.act_trouble.get().map(|error| trouble(&error))}
            <State workplace/>
            <Tags workplace/>
            <Customer workplace/>
            <Thread workplace/>
            <History workplace/>
        </aside>
    }
    .into_any()
}

#[component]
fn State(workplace: Workplace) -> AnyView {
    let number = fact(workplace, |view| view.ticket.number);
    let status = fact(workplace, |view| view.ticket.status);
    let priority = fact(workplace, |view| view.ticket.priority);
    let assignee = fact(workplace, |view| view.ticket.assignee.clone());
    let acting = workplace.acting;
    let is_closed = move || status.get().is_some_and(|status| status.is_closed());
    let change_priority = move |event| {
        if let (Some(number), Some(priority)) = (
            workplace.shown_untracked(),
            Priority::from_key(&event_target_value(&event)),
        ) {
            workplace.act(tickets::set_priority(number, priority));
        }
    };
    let close_or_reopen = move |_| {
        let Some(number) = workplace.shown_untracked() else {
            return;
        };
        if is_closed() {
            workplace.act(tickets::reopen(number));
        } else {
            workplace.act(tickets::close(number));
        }
    };
    view! {
        <section>
            <h3>"State"</h3>
            <dl class="facts">
                <div>
                    <dt>"Status"</dt>
                    <dd>{move || status.get().map(badge)}</dd>
                </div>
                <div>
                    <dt>
                        <label for="priority">"Priority"</label>
                    </dt>
                    <dd>
                        <select
                            id="priority"
                            class="input input-small"
                            disabled=move || acting.get()
                            prop:value=move || priority.get().map(Priority::key)
                            on:change=change_priority
                        >
                            {Priority::ALL
                                .into_iter()
                                .rev()
                                .map(|choice| {
                                    view! {
                                        <option
                                            value=choice.key()
                                            selected=move || priority.get() == Some(choice)
                                        >
                                            {choice.words()}
                                        </option>
                                    }
                                })
                                .collect_view()}
                        </select>
                    </dd>
                </div>
                <div>
                    <dt>"Assignee"</dt>
                    <dd>{move || assignee.get().map(assigned)}</dd>
                </div>
            </dl>
            <div class="side-actions">
                {move || assignee.get().map(|person| assign_buttons(person, workplace))}
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || acting.get()
                    on:click=close_or_reopen
                >
                    {move || icon(if is_closed() { Icon::Reopen } else { Icon::Done })}
                    <span>
                        {move || if is_closed() { "Reopen ticket" } else { "Close ticket" }}
                    </span>
                </button>
            </div>
            {move || {
                let number = number.get();
                number
                    .filter(|_| !is_closed())
                    .map(|number| view! { <Closing workplace number/> })
            }}
        </section>
    }
    .into_any()
}

fn assigned(person: Option<PersonView>) -> impl IntoView {
    match person {
        Some(person) => view! {
            <span class="person">
                {face(&person.name, person.avatar.as_deref())}
                <span dir="auto">{person.name.clone()}</span>
            </span>
        }
        .into_any(),
        None => view! { <span class="quiet">"No one"</span> }.into_any(),
    }
}

/// Whether it is the viewer's is told by the name: the view carries no ids.
fn assign_buttons(person: Option<PersonView>, workplace: Workplace) -> impl IntoView {
    let me = workplace
        .inbox
        .value
        .with(|view| view.as_ref().map(|view| view.me.clone()));
    let mine = person.is_some() && person == me;
    let change = move |to| {
        if let Some(number) = workplace.shown_untracked() {
            workplace.act(tickets::assign(number, to));
        }
    };
    view! {
        {(!mine)
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="button button-small"
                        disabled=move || workplace.acting.get()
                        on:click=move |_| change(Assignment::ToMe)
                    >
                        {icon(Icon::Person)}
                        <span>"Assign to me"</span>
                    </button>
                }
            })}
        {person
            .is_some()
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="button button-small"
                        disabled=move || workplace.acting.get()
                        on:click=move |_| change(Assignment::ToNobody)
                    >
                        <span>"Unassign"</span>
                    </button>
                }
            })}
    }
}

#[component]
fn Customer(workplace: Workplace) -> AnyView {
    let ticket = fact(workplace, |view| view.ticket.clone());
    view! {
        <section>
            <h3>"Customer"</h3>
            {move || {
                ticket
                    .get()
                    .map(|ticket| {
                        view! {
                            <p class="customer-address" dir="auto">
                                {ticket.customer.clone()}
                            </p>
                            <dl class="facts">
                                <div>
                                    <dt>"Category"</dt>
                                    <dd dir="auto">{ticket.category.clone()}</dd>
                                </div>
                                <div>
                                    <dt>"Filed"</dt>
                                    <dd>
                                        {ticking(
                                            ticket.created_at,
                                            workplace.ticket_now,
                                            Wording::Ago,
                                        )}
                                    </dd>
                                </div>
                            </dl>
                        }
                    })
            }}
            <CustomerCard workplace/>
        </section>
    }
    .into_any()
}

#[component]
fn Thread(workplace: Workplace) -> AnyView {
    let url = fact(workplace, |view| view.thread_url.clone());
    let problem = fact(workplace, |view| view.thread_trouble.clone());
    let notice = fact(workplace, |view| view.thread_notice.clone());
    view! {
        <section>
            <h3>"Discord"</h3>
            {move || match url.get().flatten() {
                Some(url) => {
                    view! {
                        <p>
                            <a class="out" href=url rel="external noreferrer" target="_blank">
                                <span>"Open the thread"</span>
                                <span class="sr-only">" (in a new tab)"</span>
                                {icon(Icon::External)}
                            </a>
                        </p>
                    }
                        .into_any()
                }
                None => view! { <p class="quiet">"The thread is not there yet."</p> }.into_any(),
            }}
            {move || {
                notice.get().flatten().map(|words| view! { <p class="quiet">{words}</p> })
            }}
            {move || {
                problem
                    .get()
                    .flatten()
                    .map(|words| {
                        view! {
                            <div class="trouble">
                                {icon(Icon::Alert)} <span>{words}</span>
                                <button
                                    type="button"
                                    class="button button-small"
                                    disabled=move || workplace.acting.get()
                                    on:click=move |_| try_again(workplace)
                                >
                                    "Try again"
                                </button>
                            </div>
                        }
                    })
            }}
        </section>
    }
    .into_any()
}

#[component]
fn History(workplace: Workplace) -> AnyView {
    let history = fact(workplace, |view| view.history.clone());
    let number = fact(workplace, |view| view.ticket.number);
    let line = move |event: EventView| {
        view! {
            <li>
                <span dir="auto">{event.words}</span>
                {ticking(event.at, workplace.ticket_now, Wording::Ago)}
            </li>
        }
    };
    view! {
        <section>
            <h3>"History"</h3>
            {move || number.get().map(transcript_link)}
            <ol class="history">
                {move || {
                    history
                        .get()
                        .unwrap_or_default()
                        .into_iter()
                        .rev()
                        .map(line)
                        .collect_view()
                }}
            </ol>
        </section>
    }
    .into_any()
}

/// The way to everything on one page. The server draws it, so the browser has to ask for it.
fn transcript_link(number: i64) -> impl IntoView {
    view! {
        <p>
            <a href=format!("/staff/tickets/{number}/transcript") rel="external" target="_blank">
                "Transcript"
            </a>
        </p>
    }
}
