//! The card of a ticket: there once, where its kind of thread has it, saying what is so, and calling
//! nobody but the staff, once. And what a forum's post is filed under.

use super::text;
use crate::ledger::mark;
use domain::ThreadKind;
use domain::view::ConversationView;
use domain::{Priority, Status};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn title(message: &Value) -> &str {
    text(&message["embeds"][0]["title"])
}

/// Every card of this ticket: among our posts in its thread, and in the channel that has the thread.
pub(super) fn cards<'w>(ours: &[&'w Value], channel: &'w Value, number: i64) -> Vec<&'w Value> {
    let has_buttons = |m: &Value| {
        let rows = m["components"].as_array();
        rows.is_some_and(|rows| !rows.is_empty())
    };
    let of_it = format!("#{number}");
    let beside = channel.as_array().into_iter().flatten();
    let beside = beside.filter(|m| mark(title(m)) == of_it);
    let all = ours.iter().copied().chain(beside);
    all.filter(|m| has_buttons(m)).collect()
}

/// The one card, and what it says.
pub(super) fn card(
    cards: &[&Value],
    thread: &Value,
    view: &ConversationView,
    kind: ThreadKind,
) -> Option<String> {
    let [card] = cards else {
        return Some(format!("{} cards", cards.len()));
    };
    // A public thread hangs on its card, a forum's post begins with it.
    if kind != ThreadKind::Private && card["id"] != thread["id"] {
        return Some("the card is not what its thread hangs on".to_owned());
    }
    let fields = card["embeds"][0]["fields"].as_array();
    let field = |name: &str| {
        let found = fields.and_then(|fields| fields.iter().find(|f| text(&f["name"]) == name));
        found.map_or("", |f| text(&f["value"])).to_owned()
    };
    let assignee = view.ticket.assignee.as_ref();
    let wanted = [
        ("Status", view.ticket.status.words()),
        ("Priority", view.ticket.priority.words()),
        ("Assigned to", assignee.map_or("Nobody yet", |p| &p.name)),
    ];
    let wrong = wanted
        .into_iter()
        .find(|(name, value)| field(name) != *value);
    wrong.map(|(name, value)| format!("the card's {name} is {}, not {value}", field(name)))
}

/// A forum's post is filed under its ticket's state and priority, and no other.
pub(super) fn tags(world: &Value, thread: &Value, view: &ConversationView) -> Option<String> {
    let empty = Vec::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let channels = world["guilds"][0]["channels"].as_array().unwrap_or(&empty);
    let forum = channels.iter().find(|c| c["id"] == thread["parent_id"])?;
    let known: BTreeMap<String, String> = list(&forum["available_tags"])
        .iter()
        .map(|tag| (text(&tag["id"]).to_owned(), text(&tag["name"]).to_owned()))
        .collect();
    let there: BTreeSet<String> = list(&thread["applied_tags"])
        .iter()
        .filter_map(|id| known.get(text(id)).cloned())
        .collect();
    let states = Status::ALL.map(Status::words);
    let ours = states.into_iter().chain(Priority::ALL.map(Priority::words));
    let ours: BTreeSet<&str> = ours.collect();
    let there: BTreeSet<&str> = there
        .iter()
        .map(String::as_str)
        .filter(|tag| ours.contains(tag))
        .collect();
    let wanted = BTreeSet::from([view.ticket.status.words(), view.ticket.priority.words()]);
    (there != wanted).then(|| format!("it is filed under {there:?}, not {wanted:?}"))
}

/// Only the staff role is ever called, once a ticket in each place.
pub(super) fn pings(world: &Value, staff_role: &str) -> Vec<String> {
    let empty = Vec::new();
    let bot = text(&world["bot"]["id"]);
    let mut calls: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    let mut found = Vec::new();
    for ping in world["notifications"].as_array().unwrap_or(&empty) {
        let channel = text(&ping["channel_id"]);
        let messages = world["messages"][channel].as_array().unwrap_or(&empty);
        let by_us = messages
            .iter()
            .find(|m| m["id"] == ping["message_id"] && text(&m["author"]["id"]) == bot);
        let Some(post) = by_us else {
            continue;
        };
        *calls.entry((channel, mark(title(post)))).or_default() += 1;
        let roles = ping["roles"].as_array().unwrap_or(&empty);
        let only_staff = roles.iter().all(|role| text(role) == staff_role);
        if ping["everyone"] == true || !only_staff {
            found.push(format!("somebody else was called in {channel}"));
        }
    }
    for ((channel, ticket), count) in calls {
        if count > 1 {
            found.push(format!(
                "staff were called {count} times in {channel} for {ticket}"
            ));
        }
    }
    found
}
