//! Routes of threads: making them, who is in them, which are archived.

use serde_json::{Value, json};
use twilight_model::guild::Permissions;

use super::{Call, Reply, id, ok, unknown_route};
use crate::clock::parse_iso;
use crate::error::{Answer, Refusal};
use crate::world::channels::{Channel, kind};

/// `POST /channels/{c}/messages/{m}/threads`.
pub(crate) fn on_message(call: &mut Call<'_>, channel: u64, message: &str) -> Answer<Reply> {
    if call.method != "POST" {
        return Err(unknown_route());
    }
    let me = call.user()?;
    let message = id(message, "message_id")?;
    let made = call
        .world
        .create_thread_on(me, channel, message, call.body)?;
    created(call, me, made)
}

pub(crate) fn route(call: &mut Call<'_>, channel: u64, rest: &[&str]) -> Answer<Reply> {
    let me = call.user()?;
    match (call.method, rest) {
        ("POST", ["threads"]) => {
            if call.world.visible(me, channel)?.kind == kind::FORUM {
                return post(call, me, channel);
            }
            let made = call.world.create_thread(me, channel, call.body)?;
            created(call, me, made)
        }
        ("GET", ["threads", "archived", which @ ("public" | "private")]) => {
            let private = *which == "private";
            if private {
                call.world
                    .allowed(me, channel, Permissions::MANAGE_THREADS)?;
            }
            let before = call.asked("before").and_then(parse_iso).unwrap_or(i64::MAX);
            archived(call, me, channel, private, |_, archived_ms| {
                archived_ms < before
            })
        }
        ("GET", ["users", "@me", "threads", "archived", "private"]) => {
            call.world.visible(me, channel)?;
            let before = call.asked_id("before")?.unwrap_or(u64::MAX);
            archived(call, me, channel, true, |thread, _| {
                let joined = thread
                    .thread
                    .as_ref()
                    .is_some_and(|t| t.members.contains_key(&me));
                joined && thread.id < before
            })
        }
        ("GET", ["thread-members"]) => members(call, me, channel),
        (_, ["thread-members", user]) => {
            let user = if *user == "@me" {
                me
            } else {
                id(user, "user_id")?
            };
            member(call, me, channel, user)
        }
        _ => Err(unknown_route()),
    }
}

fn created(call: &Call<'_>, me: u64, thread: u64) -> Answer<Reply> {
    let found = call.world.channel(thread)?;
    Ok(Reply::Json(201, call.world.channel_json_for(me, found)))
}

/// A forum post: the thread and its first message, which shares its id.
fn post(call: &mut Call<'_>, me: u64, forum: u64) -> Answer<Reply> {
    let mut said = call.body["message"].clone();
    if let Some(fields) = said.as_object_mut() {
        fields.remove("nonce");
        fields.remove("enforce_nonce");
    }
    let files = std::mem::take(&mut call.files);
    let (thread, message) = call.world.open_post(me, forum, call.body, &said, files)?;
    let found = call.world.channel(thread)?;
    let mut shown = call.world.channel_json_for(me, found);
    let message = call.world.message(thread, message)?;
    shown["message"] = call.world.message_json_for(me, message);
    Ok(Reply::Json(201, shown))
}

fn archived(
    call: &Call<'_>,
    me: u64,
    parent: u64,
    private: bool,
    fits: impl Fn(&Channel, i64) -> bool,
) -> Answer<Reply> {
    let world = &*call.world;
    world.visible(me, parent)?;
    let limit = call.limit(50, 100)?;
    let mut found: Vec<(i64, &Channel)> = world
        .channels
        .values()
        .filter(|channel| channel.parent_id == Some(parent) && channel.is_private() == private)
        .filter_map(|channel| {
            let thread = channel.thread.as_ref().filter(|thread| thread.archived)?;
            Some((thread.archive_ms, channel))
        })
        .filter(|(at, channel)| fits(channel, *at))
        .collect();
    if call
        .asked("before")
        .is_some_and(|text| text.parse::<u64>().is_ok())
    {
        found.sort_by_key(|(_, channel)| std::cmp::Reverse(channel.id));
    } else {
        found.sort_by_key(|(at, channel)| std::cmp::Reverse((*at, channel.id)));
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let members: Vec<Value> = found
        .iter()
        .filter_map(|(_, c)| world.thread_member_json(c.id, me))
        .collect();
    let threads: Vec<Value> = found
        .iter()
        .map(|(_, c)| world.channel_json_for(me, c))
        .collect();
    ok(json!({"threads": threads, "members": members, "has_more": more}))
}

fn members(call: &Call<'_>, me: u64, thread: u64) -> Answer<Reply> {
    let world = &*call.world;
    let found = world.visible(me, thread)?;
    if world.is_bot(me) && !world.application.guild_members {
        return Err(Refusal::of(50001));
    }
    let Some(inner) = &found.thread else {
        return Err(Refusal::of(50024));
    };
    let with_member = matches!(call.asked("with_member"), Some("true" | "1"));
    let after = call.asked_id("after")?.unwrap_or(0);
    let limit = if with_member {
        call.limit(100, 100)?
    } else {
        usize::MAX
    };
    let listed = inner
        .members
        .keys()
        .filter(|user| **user > after)
        .take(limit);
    let shown = listed.filter_map(|user| {
        let mut shown = world.thread_member_json(thread, *user)?;
        if with_member {
            shown["member"] = world.member_json(*user)?;
        }
        Some(shown)
    });
    ok(shown.collect())
}

fn member(call: &mut Call<'_>, me: u64, thread: u64, user: u64) -> Answer<Reply> {
    match call.method {
        "PUT" => call.world.add_thread_member(me, thread, user)?,
        "DELETE" => call.world.remove_thread_member(me, thread, user)?,
        "GET" => {
            call.world.visible(me, thread)?;
            let shown = call.world.thread_member_json(thread, user);
            return ok(shown.ok_or_else(|| Refusal::of(10013))?);
        }
        _ => return Err(unknown_route()),
    }
    Ok(Reply::Empty)
}
