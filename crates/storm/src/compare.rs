//! Both sides, message by message: what the web shows, what Discord holds, what people were told.
//!
//! It reads and judges; a difference is a sentence.

use crate::model::{Model, Told};
use crate::town::Town;
use anyhow::{Result, bail};
use domain::view::{ConversationView, MessageView};
use domain::{Delivery, MessageKind, Origin};
use serde_json::Value;
use std::collections::BTreeMap;

/// What differs.
pub async fn differences(town: &mut Town) -> Result<Vec<String>> {
    let mut found = town.wire.doubled();
    let world = town.discord.world();
    let numbers: Vec<i64> = town.model.tickets.iter().map(|t| t.number).collect();
    let mut shown = BTreeMap::new();
    for (at, number) in numbers.iter().enumerate() {
        let staff = town.a_staff();
        let desk = town.desk();
        let (number, token) = (*number, town.model.tickets[at].token.clone());
        let looking = async move {
            let staff = desk.conversation(&staff, number).await?;
            let (_, _, customer) = desk.held_ticket(&token).await?;
            Ok::<_, desk::DeskError>((staff, customer))
        };
        let (staff, customer) = match town.whole(looking).await {
            Some(views) => views?,
            None => bail!("nobody crashes in fair weather"),
        };
        let told = Audience::of(&staff, &customer);
        found.extend(told.leaks);
        found.extend(ticket(&world, &staff, town.parked));
        found.extend(backwards(&town.model, &staff));
        for message in staff.messages {
            if message.origin == Origin::Web
                && let Some(tag) = Model::tag_of(&said(&message))
            {
                shown.entry(tag).or_insert_with(Vec::new).push(message);
            }
        }
    }
    found.extend(acknowledged(&town.model, &shown));
    found.extend(pings(
        &world,
        &town.discord.settings().staff_role_id.to_string(),
    ));
    let threads = world["guilds"][0]["threads"].as_array().map_or(0, Vec::len);
    if threads != numbers.len() {
        found.push(format!("{} tickets have {threads} threads", numbers.len()));
    }
    Ok(found)
}

/// What a message says; of a deleted one, what it said last.
fn said(message: &MessageView) -> String {
    match message.earlier.last() {
        Some(earlier) if message.deleted => earlier.body.clone(),
        _ => message.body.clone(),
    }
}

struct Audience {
    leaks: Vec<String>,
}

impl Audience {
    /// What the customer sees, held against what staff see.
    fn of(staff: &ConversationView, customer: &ConversationView) -> Self {
        let number = staff.ticket.number;
        let mut leaks = Vec::new();
        let replies = staff
            .messages
            .iter()
            .filter(|m| m.kind == MessageKind::Reply);
        let wanted: Vec<_> = replies.map(|m| (m.id, m.body.clone())).collect();
        let seen: Vec<_> = customer
            .messages
            .iter()
            .map(|m| (m.id, m.body.clone()))
            .collect();
        if wanted != seen {
            leaks.push(format!(
                "#{number}: the customer sees other replies than staff"
            ));
        }
        let internal = customer
            .messages
            .iter()
            .any(|m| m.kind == MessageKind::Note || m.failure.is_some() || !m.earlier.is_empty());
        if internal || !customer.history.is_empty() {
            leaks.push(format!("#{number}: the customer sees what is internal"));
        }
        Self { leaks }
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// One ticket and its thread.
fn ticket(world: &Value, view: &ConversationView, parked: bool) -> Vec<String> {
    let number = view.ticket.number;
    let mut found = Vec::new();
    let mut differs = |words: String| found.push(format!("#{number}: {words}"));
    let mark = format!("#{number} ");
    let empty = Vec::new();
    let threads: Vec<&Value> = world["guilds"][0]["threads"]
        .as_array()
        .unwrap_or(&empty)
        .iter()
        .filter(|thread| text(&thread["name"]).starts_with(&mark))
        .collect();
    let [thread] = threads[..] else {
        differs(format!("has {} threads", threads.len()));
        return found;
    };
    if let Some(trouble) = &view.thread_trouble {
        differs(format!("its thread is in trouble: {trouble}"));
    }
    let closed = view.ticket.status.is_closed();
    let metadata = &thread["thread_metadata"];
    if metadata["archived"] != closed || metadata["locked"] != closed {
        differs(format!(
            "closed {closed}, but archived {} and locked {}",
            metadata["archived"], metadata["locked"]
        ));
    }
    let bot = text(&world["bot"]["id"]);
    let messages = world["messages"][text(&thread["id"])].as_array();
    let messages: Vec<&Value> = messages
        .unwrap_or(&empty)
        .iter()
        .filter(|m| matches!(m["type"].as_u64(), Some(0 | 19)))
        .collect();
    let (ours, theirs): (Vec<&Value>, Vec<&Value>) = messages
        .into_iter()
        .partition(|m| text(&m["author"]["id"]) == bot);
    card(&ours, view).into_iter().for_each(&mut differs);
    posts(&ours, view, parked)
        .into_iter()
        .for_each(&mut differs);
    spoken(&theirs, view).into_iter().for_each(&mut differs);
    for message in &view.messages {
        if message.delivery != Delivery::Delivered {
            let tag = Model::tag_of(&said(message));
            differs(format!("message w{tag:?} is {:?}", message.delivery));
        }
    }
    found
}

/// The one card, and what it says.
fn card(ours: &[&Value], view: &ConversationView) -> Option<String> {
    let is_card = |m: &&&Value| {
        m["components"]
            .as_array()
            .is_some_and(|rows| !rows.is_empty())
    };
    let cards: Vec<&&Value> = ours.iter().filter(is_card).collect();
    let [card] = cards[..] else {
        return Some(format!("{} cards", cards.len()));
    };
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

/// What was written on the web, in Discord: once, whole, in order.
fn posts(ours: &[&Value], view: &ConversationView, parked: bool) -> Vec<String> {
    let mut found = Vec::new();
    // By message and piece; in the order of Discord's ids.
    let mut pieces: BTreeMap<(i64, i64), Vec<&str>> = BTreeMap::new();
    let mut order = Vec::new();
    for post in ours {
        let content = text(&post["content"]);
        let (intro, words) = content.split_once('\n').unwrap_or((content, ""));
        let mark = intro
            .rsplit_once("#m")
            .and_then(|(_, mark)| mark.strip_suffix(">)"));
        let Some(mark) = mark else {
            continue;
        };
        let (message, chunk) = mark.split_once('.').unwrap_or((mark, "0"));
        let key = (message.parse().unwrap_or(-1), chunk.parse().unwrap_or(-1));
        if key.1 == 0 {
            order.push(key.0);
        }
        pieces.entry(key).or_default().push(words);
    }
    let mut wanted_order = Vec::new();
    for message in view.messages.iter().filter(|m| m.origin == Origin::Web) {
        let id = message.id.0;
        let tag = Model::tag_of(&said(message));
        let own: Vec<_> = pieces.keys().copied().filter(|(m, _)| *m == id).collect();
        let mut whole = String::new();
        for key in own {
            let posts = pieces.remove(&key).unwrap_or_default();
            if posts.len() > 1 {
                found.push(format!("w{tag:?} is there {} times", posts.len()));
            }
            whole.push_str(posts.first().unwrap_or(&""));
            whole.push(' ');
        }
        // Discord trims each post's ends; what stands between words is not compared.
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        if message.deleted {
            if !whole.is_empty() {
                found.push(format!("w{tag:?} was deleted and is still there"));
            }
        } else {
            wanted_order.push(id);
            if whole.is_empty() {
                found.push(format!("w{tag:?} is missing in Discord"));
            } else if squeeze(&whole) != squeeze(&message.body) {
                found.push(format!("w{tag:?} reads otherwise in Discord"));
            }
        }
    }
    for (message, _) in pieces.into_keys() {
        found.push(format!(
            "Discord has a post of message {message}, which is not there"
        ));
    }
    order.dedup();
    if !parked && found.is_empty() && order != wanted_order {
        found.push(format!(
            "the order in Discord is {order:?}, not {wanted_order:?}"
        ));
    }
    found
}

/// What was written in Discord, on the web: once, whole, in order, with its sign.
fn spoken(theirs: &[&Value], view: &ConversationView) -> Vec<String> {
    let mut found = Vec::new();
    let web: Vec<&MessageView> = view
        .messages
        .iter()
        .filter(|m| m.origin == Origin::Discord && !m.deleted)
        .collect();
    let strip = |content: &str| {
        let content = content.trim();
        let note = content.strip_prefix("//").map(str::trim_start);
        note.filter(|note| !note.is_empty())
            .unwrap_or(content)
            .to_owned()
    };
    let there: Vec<String> = theirs.iter().map(|m| strip(text(&m["content"]))).collect();
    let here: Vec<String> = web.iter().map(|m| m.body.clone()).collect();
    if there != here {
        let short = |list: &[String]| -> Vec<String> {
            list.iter().map(|t| t.chars().take(14).collect()).collect()
        };
        found.push(format!(
            "written in Discord {:?}, on the web {:?}",
            short(&there),
            short(&here)
        ));
        return found;
    }
    for (message, seen) in theirs.iter().zip(web) {
        let content = text(&message["content"]).trim();
        let is_note = content.starts_with("//") && content.len() > 2;
        if is_note && seen.kind != MessageKind::Note {
            found.push(format!("a note is a reply: {:.12}", seen.body));
        }
        let sign = match seen.kind {
            MessageKind::Note => "📝",
            MessageKind::Reply => "✅",
        };
        let empty = Vec::new();
        let reactions = message["reactions"].as_array().unwrap_or(&empty);
        let signed = reactions.iter().any(|r| text(&r["emoji"]["name"]) == sign);
        if !signed {
            found.push(format!("no {sign} under {:.12}", seen.body));
        }
    }
    found
}

/// Edits that went back in time: an older wording of a message after a newer one.
fn backwards(model: &Model, view: &ConversationView) -> Vec<String> {
    let mut found = Vec::new();
    for message in view.messages.iter().filter(|m| m.origin == Origin::Discord) {
        let now = (!message.deleted).then_some(&message.body);
        let texts = message
            .earlier
            .iter()
            .map(|earlier| &earlier.body)
            .chain(now);
        let order: Vec<_> = texts.filter_map(|text| model.wording_of(text)).collect();
        if order.windows(2).any(|pair| pair[0] >= pair[1]) {
            found.push(format!("edits went back in time: {:.12}", message.body));
        }
    }
    found
}

/// What people were told, held against what there is.
fn acknowledged(model: &Model, shown: &BTreeMap<u32, Vec<MessageView>>) -> Vec<String> {
    let mut found = Vec::new();
    for (tag, written) in &model.written {
        let messages = shown.get(tag).map_or(&[][..], Vec::as_slice);
        let message = match (messages, written.stored) {
            ([], Told::Perhaps) => continue,
            ([message], _) => message,
            (list, stored) => {
                found.push(format!(
                    "w{tag}, stored {stored:?}, is on the web {} times",
                    list.len()
                ));
                continue;
            }
        };
        match (written.deleted, message.deleted) {
            (Told::Yes, false) => found.push(format!("w{tag} was deleted and is still there")),
            (Told::No, true) => found.push(format!("w{tag} was not deleted and is gone")),
            (_, true) => continue,
            (_, false) => {}
        }
        let normal = |text: &String| domain::text::Body::parse(text).map(|b| b.as_str().to_owned());
        let fits = written
            .texts
            .iter()
            .any(|t| normal(t).as_ref() == Ok(&message.body));
        if !fits {
            found.push(format!("w{tag} does not say what its author was told"));
        }
        if written.note != (message.kind == MessageKind::Note) {
            found.push(format!("w{tag} is of another kind"));
        }
    }
    for tag in shown.keys().filter(|tag| !model.written.contains_key(tag)) {
        found.push(format!("w{tag} was never written"));
    }
    found
}

/// Only the staff role is ever called, once a thread.
fn pings(world: &Value, staff_role: &str) -> Vec<String> {
    let empty = Vec::new();
    let bot = text(&world["bot"]["id"]);
    let mut calls: BTreeMap<&str, u32> = BTreeMap::new();
    let mut found = Vec::new();
    for ping in world["notifications"].as_array().unwrap_or(&empty) {
        let channel = text(&ping["channel_id"]);
        let messages = world["messages"][channel].as_array().unwrap_or(&empty);
        let by_us = messages
            .iter()
            .any(|m| m["id"] == ping["message_id"] && text(&m["author"]["id"]) == bot);
        if !by_us {
            continue;
        }
        *calls.entry(channel).or_default() += 1;
        let roles = ping["roles"].as_array().unwrap_or(&empty);
        let only_staff = roles.iter().all(|role| text(role) == staff_role);
        if ping["everyone"] == true || !only_staff {
            found.push(format!("somebody else was called in {channel}"));
        }
    }
    for (channel, count) in calls {
        if count > 1 {
            found.push(format!("staff were called {count} times in {channel}"));
        }
    }
    found
}
