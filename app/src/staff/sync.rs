//! How the two sides stand with each other: the connection, what waits, and what is stuck, with
//! the three things that a person can do about it.
//!
//! It shows what [`super::workplace`] holds; what trying again or giving up means is `desk`'s.

use super::trouble::trouble;
use super::workplace::Workplace;
use crate::api::sync::{self, ConnectionView, SyncPage};
use crate::parts::icon::{Icon, icon};
use crate::parts::when::{Wording, ticking};
use domain::view::StuckView;
use domain::{OutboxId, Timestamp};
use leptos::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

/// How often the page looks while the two sides do not agree.
const LOOK: Duration = Duration::from_secs(5);

/// When something is tried again, in words.
fn next_try(at: Option<Timestamp>, now: Timestamp) -> String {
    let Some(at) = at else {
        return "waits for you".to_owned();
    };
    match at.since(now).as_secs() {
        0 => "next try now".to_owned(),
        seconds @ 1..60 => format!("next try in {seconds} s"),
        _ => format!("next try in {}", now.age(at)),
    }
}

fn tries(attempts: i64) -> String {
    match attempts {
        1 => "tried once".to_owned(),
        2 => "tried twice".to_owned(),
        attempts => format!("tried {attempts} times"),
    }
}

fn is_settled(page: &SyncPage) -> bool {
    let sync = &page.sync;
    sync.stuck.is_empty()
        && sync.waiting == 0
        && sync.to_read == 0
        && page.connection.as_ref().is_none_or(|c| c.since.is_some())
}

/// Looks again and again for as long as the two sides do not agree.
fn keep_looking(workplace: Workplace) {
    let value = workplace.sync.value;
    let settled = Memo::new(move |_| value.with(|page| page.as_ref().is_none_or(is_settled)));
    Effect::new(move |_| {
        if settled.get() {
            return;
        }
        if let Ok(timer) = set_interval_with_handle(move || workplace.refresh_sync(), LOOK) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// The page.
#[component]
pub(crate) fn SyncPane(workplace: Workplace) -> AnyView {
    keep_looking(workplace);
    let value = workplace.sync.value;
    let rows = Memo::new(move |_| {
        value.with(|page| {
            page.iter()
                .flat_map(|page| &page.sync.stuck)
                .map(|row| (row.id, row.clone()))
                .collect::<HashMap<_, _>>()
        })
    });
    let order = Memo::new(move |_| {
        value.with(|page| {
            page.as_ref()
                .map(|page| page.sync.stuck.iter().map(|row| row.id).collect::<Vec<_>>())
        })
    });
    let agreed = move || order.with(|order| order.as_ref().is_some_and(Vec::is_empty));
    let several = move || order.with(|order| order.as_ref().is_some_and(|rows| rows.len() > 1));
    let unread = move || order.with(Option::is_none) && workplace.sync.trouble.get().is_none();
    view! {
        <section class="sync" id="ticket" tabindex="-1" aria-label="Sync with Discord">
            <header class="ticket-head">
                <a class="back" href=move || workplace.view.get().address()>
                    {icon(Icon::Back)}
                    <span>"Tickets"</span>
                </a>
                <div class="ticket-title">
                    <h2>"Sync with Discord"</h2>
                </div>
            </header>
            <div class="sync-body">
                {move || workplace.sync.trouble.get().map(|error| trouble(&error))}
                {move || workplace.act_trouble.get().map(|error| trouble(&error))}
                {move || value.get().map(|page| standing(&page, workplace.sync_now))}
                <Show when=unread>
                    <div class="skeleton" role="status">
                        <span class="sr-only">"Loading"</span>
                        <span class="bone bone-line"></span>
                        <span class="bone bone-msg"></span>
                    </div>
                </Show>
                <Show when=agreed>
                    <div class="empty">
                        {icon(Icon::Done)}
                        <p>
                            <strong>"Both sides agree."</strong>
                        </p>
                        <p>"What gets stuck on its way to Discord is listed here."</p>
                    </div>
                </Show>
                <Show when=several>
                    <p>
                        <button
                            type="button"
                            class="button button-small"
                            id="try-all"
                            disabled=move || workplace.acting.get()
                            on:click=move |_| workplace.act(sync::retry_all_stuck())
                        >
                            "Try all again"
                        </button>
                    </p>
                </Show>
                <ul class="stuck">
                    <For
                        each=move || order.get().unwrap_or_default()
                        key=|id| *id
                        children=move |id| {
                            let row = Memo::new(move |before: Option<&Option<StuckView>>| {
                                rows.with(|rows| rows.get(&id).cloned())
                                    .or_else(|| before.cloned().flatten())
                            });
                            view! { <Stuck workplace id row/> }
                        }
                    />
                </ul>
            </div>
        </section>
    }
    .into_any()
}

/// How the bridge is, in facts.
fn standing(page: &SyncPage, now: Signal<Timestamp>) -> AnyView {
    let sync = &page.sync;
    let waiting = match (sync.waiting, sync.waiting_since) {
        (0, _) | (_, None) => "Nothing".into_any(),
        (count, Some(since)) => view! {
            {format!("{count}, the oldest from ")}
            {ticking(since, now, Wording::Ago)}
        }
        .into_any(),
    };
    let compared = match sync.compared_since {
        Some(at) => ticking(at, now, Wording::Ago),
        None => "Not yet".into_any(),
    };
    view! {
        <dl class="facts">
            {page.connection.as_ref().map(|connection| connected(connection, now))}
            {fact("Waiting for Discord", waiting)}
            {fact("Threads still to read", sync.to_read.to_string().into_any())}
            {fact("Oldest comparison", compared)}
        </dl>
    }
    .into_any()
}

fn connected(connection: &ConnectionView, now: Signal<Timestamp>) -> AnyView {
    let state = match (connection.since, &connection.trouble) {
        (Some(since), _) => view! {
            "Connected "
            {ticking(since, now, Wording::Ago)}
        }
        .into_any(),
        (None, Some(words)) => format!("Not connected. {words}").into_any(),
        (None, None) => "Not connected".into_any(),
    };
    let last = match connection.last_event {
        Some(at) => ticking(at, now, Wording::Ago),
        None => "None yet".into_any(),
    };
    view! {
        {fact("Discord", state)}
        {fact("Last event", last)}
        {fact("Events not understood", connection.not_understood.to_string().into_any())}
    }
    .into_any()
}

fn fact(name: &'static str, value: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
    .into_any()
}

#[component]
fn Stuck(workplace: Workplace, id: OutboxId, row: Memo<Option<StuckView>>) -> AnyView {
    let needs_thread =
        Memo::new(move |_| row.with(|row| row.as_ref().is_some_and(|r| r.needs_thread)));
    let acting = workplace.acting;
    let make_thread = move |_| {
        if let Some(number) = row.with_untracked(|row| row.as_ref().map(|row| row.number)) {
            workplace.act(sync::new_thread(number));
        }
    };
    view! {
        <li id=format!("stuck-{id}")>
            {move || row.get().map(|row| about(row, workplace))}
            // Not drawn again with the facts, so that neither focus nor an open question is lost.
            <div class="stuck-actions">
                <button
                    type="button"
                    class="button button-small"
                    disabled=move || acting.get()
                    on:click=move |_| workplace.act(sync::retry_stuck(id))
                >
                    "Try again"
                </button>
                <Show when=move || needs_thread.get()>
                    <button
                        type="button"
                        class="button button-small"
                        disabled=move || acting.get()
                        on:click=make_thread
                    >
                        "Make a new thread"
                    </button>
                </Show>
                <details class="ask">
                    <summary class="button button-small button-quiet">"Give up"</summary>
                    <div class="ask-box">
                        <p>"It stays undone in Discord; nothing changes on the web."</p>
                        <button
                            type="button"
                            class="button button-small"
                            disabled=move || acting.get()
                            on:click=move |_| workplace.act(sync::give_up(id))
                        >
                            "Give up for good"
                        </button>
                    </div>
                </details>
            </div>
        </li>
    }
    .into_any()
}

fn about(row: StuckView, workplace: Workplace) -> AnyView {
    let (next, now) = (row.next_try, workplace.sync_now);
    view! {
        <p class="stuck-ticket">
            <a href=workplace.view.get_untracked().ticket(row.number)>
                <span class="number">{format!("#{}", row.number)}</span>
                " "
                <span dir="auto">{row.subject}</span>
            </a>
        </p>
        <p class="stuck-what">{row.what}</p>
        <p class="crumb">
            <span>"asked for " {ticking(row.since, now, Wording::Ago)}</span>
            <span>{tries(row.attempts)}</span>
            <span>{move || next_try(next, now.get())}</span>
        </p>
        {row.reason.map(|reason| view! { <p class="stuck-reason">{icon(Icon::Alert)} <span>{reason}</span></p> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_try_is_said_as_people_say_it() {
        let now = Timestamp::from_millis(1_795_265_280_000);
        let at = |seconds| Some(now.after(Duration::from_secs(seconds)));
        assert_eq!(next_try(None, now), "waits for you");
        assert_eq!(next_try(at(0), now), "next try now");
        assert_eq!(next_try(Some(Timestamp(0)), now), "next try now");
        assert_eq!(next_try(at(12), now), "next try in 12 s");
        assert_eq!(next_try(at(600), now), "next try in 10 min");
    }
}
