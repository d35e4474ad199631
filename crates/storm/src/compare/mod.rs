//! Both sides, message by message: what the web shows, what Discord holds, what people were told.
//!
//! It reads and judges; a difference is a sentence.

mod card;
mod thread;
mod web;

use crate::model::{Model, bytes_of};
use crate::town::Town;
use anyhow::{Result, bail};
use card::{card, cards, pings, tags};
use desk::files::Form;
use desk::{Desk, DeskError, Staff};
use domain::view::{ConversationView, FileState, MessageView};
use domain::{Delivery, Origin, ThreadKind};
use futures::TryStreamExt;
use serde_json::Value;
use std::collections::BTreeMap;
use thread::{posts, spoken};
use web::{Audience, acknowledged, backwards};

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
        found.extend(ticket(&world, &staff, town));
        found.extend(backwards(&town.model, &staff));
        found.extend(stored(town, &staff).await?);
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
    found.extend(crowded(&world, town));
    if let Some(what) = &town.parked
        && !town.troubled
    {
        found.push(format!(
            "something waited for a person where nothing was wrong: {what}"
        ));
    }
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

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// No more threads are active than the desk was told to leave: nothing is going on in any.
fn crowded(world: &Value, town: &Town) -> Option<String> {
    let budget = town.place.budget();
    let threads = world["guilds"][0]["threads"].as_array()?;
    let is_active = |thread: &&Value| thread["thread_metadata"]["archived"] == false;
    let active = threads.iter().filter(is_active).count();
    (active > budget).then(|| format!("{active} threads are active where {budget} may be"))
}

/// One ticket and its thread.
fn ticket(world: &Value, view: &ConversationView, town: &Town) -> Vec<String> {
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
    // A thread that made room for others is archived although its ticket goes on; staff are told.
    let notice = view.thread_notice.as_deref().unwrap_or_default();
    let rests = town.place.crowd.is_some() && notice.contains("is archived in Discord");
    if metadata["archived"] != (closed || rests) || metadata["locked"] != closed {
        differs(format!(
            "closed {closed}, {notice:?}, but archived {} and locked {}",
            metadata["archived"], metadata["locked"]
        ));
    }
    if town.place.kind == ThreadKind::Forum {
        tags(world, thread, view).into_iter().for_each(&mut differs);
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
    let channel = &world["messages"][&town.place.channel.to_string()];
    let cards = cards(&ours, channel, number);
    card(&cards, thread, view, town.place.kind)
        .into_iter()
        .for_each(&mut differs);
    posts(&ours, &theirs, view, town)
        .into_iter()
        .for_each(&mut differs);
    spoken(&theirs, view, town)
        .into_iter()
        .for_each(&mut differs);
    for message in &view.messages {
        if message.delivery != Delivery::Delivered {
            let tag = Model::tag_of(&said(message));
            differs(format!("message w{tag:?} is {:?}", message.delivery));
        }
    }
    found
}

/// Every file of a ticket is here, and is what was attached.
async fn stored(town: &mut Town, view: &ConversationView) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for message in view.messages.iter().filter(|m| !m.deleted) {
        for file in &message.files {
            match &file.state {
                FileState::Here(_) => {}
                // What was deleted in Discord before it was copied cannot be had any more.
                FileState::Refused { .. } if town.troubled && message.origin == Origin::Discord => {
                    continue;
                }
                state => {
                    found.push(format!("{} is {state:?}", file.name));
                    continue;
                }
            }
            let (staff, desk, id) = (town.a_staff(), town.desk(), file.id);
            let reading = async move { bytes(&desk, &staff, id).await };
            let Some(bytes) = town.whole(reading).await else {
                bail!("nobody crashes in fair weather");
            };
            if bytes? != bytes_of(&file.name) {
                found.push(format!("{} is another file", file.name));
            }
        }
    }
    Ok(found)
}

async fn bytes(desk: &Desk, staff: &Staff, id: domain::FileId) -> Result<Vec<u8>, DeskError> {
    let file = desk.file_for_staff(staff, id, Form::Whole).await?;
    let chunks: Vec<_> = file.bytes.try_collect().await?;
    Ok(chunks.concat())
}
