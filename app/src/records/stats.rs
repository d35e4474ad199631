//! How the helpdesk stands: figures, by category, by person, and the staff's hours.

use super::frame::{Here, document};
use crate::parts::face::face;
use crate::parts::icon::{Icon, icon};
use crate::parts::when::ago;
use crate::public::Frame;
use desk::bridge::DashboardView;
use domain::Timestamp;
use domain::records::{
    CategoryFigures, Hours, PersonHours, StaffFigures, Statistics, WINDOW_DAYS, hours_and_minutes,
    spell,
};
use domain::view::{InboxView, PersonView};
use leptos::prelude::*;
use std::time::Duration;

/// Everything that the page shows.
#[derive(Clone, Debug)]
pub struct StatsPage {
    /// Who looks, and the rail's counts.
    pub inbox: InboxView,
    /// The figures.
    pub statistics: Statistics,
    /// The hours.
    pub hours: Hours,
    /// The message in Discord that shows the same.
    pub dashboard: Option<DashboardView>,
}

/// Renders `/staff/stats`.
pub fn stats(f: &Frame, page: &StatsPage) -> String {
    let s = &page.statistics;
    document(f, &page.inbox, Here::Stats, || {
        view! {
            {if s.total == 0 { empty().into_any() } else { tickets(s).into_any() }}
            {hours(&page.hours)}
            {page.dashboard.as_ref().map(dashboard)}
            <p class="pane-foot">
                {format!(
                    "Counted {}. Days and weeks are UTC's; a week begins on Monday.",
                    s.now.exact(),
                )}
            </p>
        }
    })
}

fn empty() -> impl IntoView {
    view! {
        <div class="empty">
            {icon(Icon::Chart)} <p>
                <strong>"No tickets yet."</strong>
            </p>
            <p>"Figures appear with the first one. " <a href="/new">"File one"</a> " to try it out."</p>
        </div>
    }
}

fn tickets(s: &Statistics) -> impl IntoView + use<> {
    let median = |length: Option<Duration>| length.map_or_else(|| "–".to_owned(), spell);
    let unclaimed = s.active().saturating_sub(s.claimed);
    view! {
        <section aria-labelledby="now">
            <h2 id="now">"Tickets"</h2>
            <dl class="figures">
                {figure("Open", s.open.to_string())}
                {figure("In progress", s.in_progress.to_string())}
                {figure("Waiting on customer", s.paused.to_string())}
                {figure("Closed", s.closed.to_string())} {figure("Claimed", s.claimed.to_string())}
                {figure("Unclaimed", unclaimed.to_string())}
                {figure("Filed today", s.filed_today.to_string())}
                {figure("Closed today", s.closed_today.to_string())}
                {figure("Ever reopened", s.reopened.to_string())}
                {figure("In all", s.total.to_string())}
                {figure("To first answer", median(s.first_response))}
                {figure("To resolution", median(s.resolution))}
            </dl>
            <p class="quiet">
                {format!("The last two are medians over {WINDOW_DAYS} days.")}
            </p>
        </section>
        {categories(&s.categories)}
        {staff(&s.staff)}
    }
}

fn figure(name: &'static str, value: String) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn categories(all: &[CategoryFigures]) -> impl IntoView + use<> {
    let most = all.iter().map(|c| c.total).max().unwrap_or(0).max(1);
    let rows = all
        .iter()
        .map(|c| {
            let width = |count: u64| (count * 100 / most).to_string();
            view! {
                <tr>
                    <th scope="row" dir="auto">
                        {c.name.clone()}
                    </th>
                    <td>{c.active.to_string()}</td>
                    <td>{c.total.to_string()}</td>
                    <td class="bar-cell" aria-hidden="true">
                        <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none">
                            <rect class="bar-total" width=width(c.total) height="8"></rect>
                            <rect class="bar-active" width=width(c.active) height="8"></rect>
                        </svg>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section aria-labelledby="categories">
            <h2 id="categories">"By category"</h2>
            <div class="table" tabindex="0" role="region" aria-labelledby="categories">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Category"</th>
                            <th scope="col">"Active"</th>
                            <th scope="col">"In all"</th>
                            <td></td>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn who(person: &PersonView) -> impl IntoView + use<> {
    view! {
        <span class="person">
            {face(&person.name, person.avatar.as_deref())}
            <span dir="auto">{person.name.clone()}</span>
        </span>
    }
}

fn staff(all: &[StaffFigures]) -> impl IntoView + use<> {
    let rows = all
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">{who(&one.person)}</th>
                    <td>{one.active.to_string()}</td>
                    <td>{one.closed.to_string()}</td>
                    <td>{one.replies.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    (!all.is_empty()).then(|| {
        view! {
            <section aria-labelledby="staff">
                <h2 id="staff">"Staff"</h2>
                <div class="table" tabindex="0" role="region" aria-labelledby="staff">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Who"</th>
                                <th scope="col">"Active"</th>
                                <th scope="col">{format!("Closed of theirs, {WINDOW_DAYS} days")}</th>
                                <th scope="col">{format!("Answers, {WINDOW_DAYS} days")}</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

fn hours(h: &Hours) -> impl IntoView + use<> {
    let there: Vec<_> = h.available().cloned().collect();
    let now = h.now;
    let available = if there.is_empty() {
        view! { <p class="quiet">"Nobody is at work."</p> }.into_any()
    } else {
        let people = there
            .into_iter()
            .map(|one| {
                view! {
                    <li>
                        {who(&one.person)}
                        {one
                            .since
                            .map(|since| {
                                view! { <span class="quiet">"since " {ago(since, now)}</span> }
                            })}
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="there">{people}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="hours">
            <h2 id="hours">"At work"</h2>
            {available}
            {clock(&h.mine)}
            {(!h.people.is_empty()).then(|| worked(h))}
        </section>
    }
}

fn clock(mine: &PersonHours) -> impl IntoView + use<> {
    let (action, words) = match mine.since {
        Some(_) => ("/staff/hours/out", "Clock out"),
        None => ("/staff/hours/in", "Clock in"),
    };
    let week = hours_and_minutes(mine.this_week);
    view! {
        <form method="post" action=action class="clock">
            <button type="submit" class="button button-small">
                {icon(Icon::Clock)}
                <span>{words}</span>
            </button>
            <span class="quiet">{format!("You worked {week} h this week.")}</span>
        </form>
    }
}

/// A day as a column's head: `Sat 21`.
fn day(at: Timestamp) -> String {
    let date = at.day();
    let number = date.split(' ').next().unwrap_or_default();
    // 1 January 1970 was a Thursday.
    let names = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let which = at.0.div_euclid(86_400_000_000).rem_euclid(7);
    let name = usize::try_from(which).ok().and_then(|n| names.get(n));
    format!("{} {number}", name.unwrap_or(&""))
}

fn worked(h: &Hours) -> impl IntoView + use<> {
    let heads = h
        .days
        .iter()
        .map(|at| view! { <th scope="col">{day(*at)}</th> })
        .collect_view();
    let cell = |length: Duration| {
        let words = if length.is_zero() {
            "–".to_owned()
        } else {
            hours_and_minutes(length)
        };
        view! { <td>{words}</td> }
    };
    let rows = h
        .people
        .iter()
        .map(|one| {
            view! {
                <tr>
                    <th scope="row">{who(&one.person)}</th>
                    {one.days.iter().map(|day| cell(*day)).collect_view()}
                    {cell(one.this_week)}
                    {cell(one.last_week)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="table" tabindex="0" role="region" aria-label="Hours worked">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Who"</th>
                        {heads}
                        <th scope="col">"This week"</th>
                        <th scope="col">"Last week"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn dashboard(d: &DashboardView) -> impl IntoView + use<> {
    let trouble = d.trouble.clone().map(|words| {
        view! {
            <p class="trouble">
                {icon(Icon::Alert)} <span>{words}</span>
            </p>
        }
    });
    let state = if d.is_posted {
        "The same figures stand in Discord, fresh within a minute. "
    } else {
        "The same figures are about to be posted in Discord. "
    };
    view! {
        <section aria-labelledby="dashboard">
            <h2 id="dashboard">"Dashboard message"</h2>
            {trouble}
            <p>
                {state}
                <a class="out" href=d.address.clone() rel="noreferrer" target="_blank">
                    <span>"Open it in Discord"</span>
                    <span class="sr-only">" (in a new tab)"</span>
                    {icon(Icon::External)}
                </a>
            </p>
        </section>
    }
}
