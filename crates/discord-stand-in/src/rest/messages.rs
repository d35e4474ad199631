//! Routes of a channel's messages: lists, sending, editing, deleting, reactions, pins.

use serde_json::{Value, json};

use super::{Call, Reply, id, ok, unknown_route};
use crate::error::{Answer, Refusal};
use crate::snowflake;
use crate::world::messages::Page;

pub(crate) fn route(call: &mut Call<'_>, channel: u64, rest: &[&str]) -> Answer<Reply> {
    let me = call.user()?;
    match (call.method, rest) {
        ("GET", ["messages"]) => {
            let page = page(call)?;
            let limit = call.limit(50, 100)?;
            ok(json!(call.world.page(me, channel, page, limit)?))
        }
        ("POST", ["messages"]) => {
            let files = std::mem::take(&mut call.files);
            let made = call.world.create_message(me, channel, call.body, files)?;
            let message = call.world.message(channel, made);
            // An enforced nonce may lead to a message in another channel.
            let shown = match message {
                Ok(message) => call.world.message_json_for(me, message),
                Err(_) => {
                    let everywhere = call.world.messages.values();
                    let found = everywhere.into_iter().find_map(|list| list.get(&made));
                    call.world
                        .message_json_for(me, found.ok_or_else(|| Refusal::of(10008))?)
                }
            };
            ok(with_nonce(shown, &call.body["nonce"]))
        }
        ("POST", ["messages", "bulk-delete"]) => {
            let ids = snowflake::read_list(call.body.get("messages"));
            call.world.bulk_delete(me, channel, &ids)?;
            Ok(Reply::Empty)
        }
        (_, ["messages", "pins", ..] | ["pins", ..]) => pins(call, me, channel, rest),
        (_, ["messages", message]) => {
            let message = id(message, "message_id")?;
            one(call, me, channel, message)
        }
        (_, ["messages", message, "reactions", reaction @ ..]) => {
            let message = id(message, "message_id")?;
            reactions(call, me, channel, message, reaction)
        }
        _ => Err(unknown_route()),
    }
}

fn one(call: &mut Call<'_>, me: u64, channel: u64, message: u64) -> Answer<Reply> {
    match call.method {
        "GET" => ok(call.world.read_message(me, channel, message)?),
        "PATCH" => {
            let files = std::mem::take(&mut call.files);
            call.world
                .edit_message(me, channel, message, call.body, files)?;
            let edited = call.world.message(channel, message)?;
            ok(call.world.message_json_for(me, edited))
        }
        "DELETE" => {
            call.world.delete_message(me, channel, message)?;
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}

fn page(call: &Call<'_>) -> Answer<Page> {
    let before = call.asked_id("before")?;
    let after = call.asked_id("after")?;
    let around = call.asked_id("around")?;
    Ok(match (around, before, after) {
        (Some(id), None, None) => Page::Around(id),
        (None, Some(id), None) => Page::Before(id),
        (None, None, Some(id)) => Page::After(id),
        (None, None, None) => Page::Latest,
        _ => {
            let words = "Only one of 'around', 'before' and 'after' may be given.";
            return Err(Refusal::field("", "BASE_TYPE_EXCLUSIVE", words));
        }
    })
}

fn with_nonce(mut shown: Value, nonce: &Value) -> Value {
    if !nonce.is_null() {
        shown["nonce"] = nonce.clone();
    }
    shown
}

fn pins(call: &mut Call<'_>, me: u64, channel: u64, rest: &[&str]) -> Answer<Reply> {
    match (call.method, rest) {
        ("GET", ["messages", "pins"]) => {
            let limit = call.limit(50, 50)?;
            let before = call.asked("before").map(str::to_owned);
            ok(call.world.pins(me, channel, before.as_deref(), limit)?)
        }
        ("GET", ["pins"]) => {
            let listed = call.world.pins(me, channel, None, 50)?;
            let items = listed["items"].as_array().cloned().unwrap_or_default();
            ok(items
                .into_iter()
                .map(|item| item["message"].clone())
                .collect())
        }
        ("PUT" | "DELETE", ["messages", "pins", message] | ["pins", message]) => {
            let message = id(message, "message_id")?;
            call.world
                .set_pin(me, channel, message, call.method == "PUT")?;
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}

fn reactions(
    call: &mut Call<'_>,
    me: u64,
    channel: u64,
    message: u64,
    rest: &[&str],
) -> Answer<Reply> {
    match (call.method, rest) {
        ("PUT", [emoji, "@me"]) => call.world.react(me, channel, message, emoji)?,
        ("DELETE", [emoji, "@me"]) => call.world.unreact(me, channel, message, emoji, me)?,
        ("DELETE", [emoji, user]) => {
            let user = id(user, "user_id")?;
            call.world.unreact(me, channel, message, emoji, user)?;
        }
        ("DELETE", [emoji]) => call
            .world
            .clear_reactions(me, channel, message, Some(emoji))?,
        ("DELETE", []) => call.world.clear_reactions(me, channel, message, None)?,
        ("GET", [emoji]) => {
            let after = call.asked_id("after")?.unwrap_or(0);
            let limit = call.limit(25, 100)?;
            let users = call.world.reactors(me, channel, message, emoji)?;
            let users = users.into_iter().filter(|user| *user > after).take(limit);
            return ok(users.map(|user| call.world.user_json(user)).collect());
        }
        _ => return Err(unknown_route()),
    }
    Ok(Reply::Empty)
}
