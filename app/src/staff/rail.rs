//! The rail: where one is, the views with their counts, and who one is.

use super::place::{Place, view_address};
use super::workplace::Workplace;
use crate::parts::face::face;
use crate::parts::icon::{Icon, icon, mark};
use domain::view::{GuildView, InboxFilter};
use leptos::prelude::*;

fn glyph(filter: InboxFilter) -> Icon {
    match filter {
        InboxFilter::Active => Icon::Inbox,
        InboxFilter::Mine => Icon::Person,
        InboxFilter::Unassigned => Icon::PersonAsk,
        InboxFilter::Closed => Icon::Done,
    }
}

/// The rail; on small screens, the bar on top.
#[component]
pub(crate) fn Rail(workplace: Workplace, help: RwSignal<bool>) -> AnyView {
    let guild = Memo::new(move |_| {
        workplace
            .inbox
            .value
            .with(|view| view.as_ref().map(|view| view.guild.name.clone()))
            .unwrap_or_else(|| "Helpdesk".to_owned())
    });
    let me = Memo::new(move |_| {
        workplace
            .inbox
            .value
            .with(|view| view.as_ref().map(|view| view.me.clone()))
    });
    let others = Memo::new(move |_| {
        workplace
            .inbox
            .value
            .with(|view| view.as_ref().map(|view| view.others.clone()))
            .unwrap_or_default()
    });
    let manages = Memo::new(move |_| {
        let inbox = workplace.inbox.value;
        inbox.with(|view| view.as_ref().is_some_and(|view| view.manages))
    });
    let count = move |place: usize| {
        workplace.inbox.value.with(|view| {
            view.as_ref()
                .and_then(|view| view.counts.get(place).copied())
        })
    };
    let is_sync = move || workplace.place.get() == Place::Sync;
    view! {
        <header class="rail">
            <a class="brand" href="/staff">
                {mark()}
                <span dir="auto">{move || guild.get()}</span>
            </a>
            <nav aria-label="Views">
                <ul>
                    {InboxFilter::ALL
                        .into_iter()
                        .enumerate()
                        .map(|(place, filter)| {
                            view! {
                                <li>
                                    <a
                                        href=view_address(filter)
                                        title=filter.words()
                                        aria-current=move || {
                                            (workplace.view.get().filter == filter && !is_sync()).then_some("true")
                                        }
                                    >
                                        {icon(glyph(filter))}
                                        <span class="rail-words">{filter.words()}</span>
                                        <span class="count">
                                            {move || count(place).map(|n| n.to_string())}
                                        </span>
                                    </a>
                                </li>
                            }
                        })
                        .collect_view()}
                    {sync_link(workplace)}
                    {page_link("/staff/stats", Icon::Chart, "Statistics")}
                    {page_link("/staff/doctor", Icon::Pulse, "Doctor")}
                    {move || {
                        manages
                            .get()
                            .then(|| page_link("/staff/settings", Icon::Sliders, "Settings"))
                    }}
                    {move || others.get().iter().map(other_guild).collect_view()}
                </ul>
            </nav>
            <div class="rail-end">
                <button
                    type="button"
                    class="rail-button rail-keys"
                    title="Keyboard"
                    aria-expanded=move || help.get().to_string()
                    on:click=move |_| help.update(|shown| *shown = !*shown)
                >
                    {icon(Icon::Keyboard)}
                    <span class="rail-words">"Keyboard"</span>
                </button>
                {move || {
                    me.get()
                        .map(|me| {
                            view! {
                                <div class="me" title=me.name.clone()>
                                    {face(&me.name, me.avatar.as_deref())}
                                    <span class="rail-words" dir="auto">{me.name.clone()}</span>
                                </div>
                            }
                        })
                }}
                <form method="post" action="/auth/sign-out">
                    <button type="submit" class="rail-button" title="Sign out">
                        {icon(Icon::SignOut)}
                        <span class="rail-words">"Sign out"</span>
                    </button>
                </form>
            </div>
        </header>
    }
    .into_any()
}

/// The way to the page about the bridge, with how much is stuck.
fn sync_link(workplace: Workplace) -> AnyView {
    let stuck = Memo::new(move |_| {
        workplace
            .inbox
            .value
            .with(|view| view.as_ref().map_or(0, |view| view.stuck))
    });
    let count = move || {
        (stuck.get() > 0).then(|| {
            view! {
                {stuck.get().to_string()}
                <span class="sr-only">" stuck"</span>
            }
        })
    };
    view! {
        <li>
            <a
                href=move || workplace.view.get().sync()
                title="Sync with Discord"
                aria-current=move || (workplace.place.get() == Place::Sync).then_some("page")
            >
                {icon(Icon::Sync)}
                <span class="rail-words">"Sync"</span>
                <span class="count count-stuck">{count}</span>
            </a>
        </li>
    }
    .into_any()
}

/// The way to another guild's tickets. Everything on the page changes then, so that it is loaded
/// anew.
pub(crate) fn other_guild(guild: &GuildView) -> AnyView {
    let slug = guild.slug.clone().unwrap_or_default();
    view! {
        <li>
            <a href=format!("/staff?guild={slug}") title=guild.name.clone() rel="external">
                {icon(Icon::House)}
                <span class="rail-words" dir="auto">
                    {guild.name.clone()}
                </span>
            </a>
        </li>
    }
    .into_any()
}

/// The way to a page that the server draws whole: the router must not take it for one of ours.
fn page_link(address: &'static str, glyph: Icon, words: &'static str) -> AnyView {
    view! {
        <li>
            <a href=address title=words rel="external">
                {icon(glyph)}
                <span class="rail-words">{words}</span>
            </a>
        </li>
    }
    .into_any()
}
