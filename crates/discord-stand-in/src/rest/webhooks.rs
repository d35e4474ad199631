//! Routes of webhooks: those for managers, and those that a webhook's token alone opens.
//! The same paths with the application's id lead to interactions; `rest::route` tells them apart.

use serde_json::Value;

use super::auth::Identity;
use super::{Call, Reply, id, ok, unknown_route};
use crate::error::{Answer, Refusal};
use crate::world::webhooks::Webhook;

/// `/channels/{c}/webhooks`.
pub(crate) fn of_channel(call: &mut Call<'_>, channel: u64) -> Answer<Reply> {
    let me = call.user()?;
    match call.method {
        "GET" => ok(call.world.webhooks_of(me, Some(channel))?),
        "POST" => {
            let made = call.world.create_webhook(me, channel, call.body)?;
            ok(shown(call, made, true))
        }
        _ => Err(unknown_route()),
    }
}

/// `/webhooks/{id}` and everything below.
pub(crate) fn route(call: &mut Call<'_>, webhook: u64, rest: &[&str]) -> Answer<Reply> {
    match rest {
        [] => {
            let me = match call.identity {
                Identity::User(me) => me,
                Identity::Bearer { .. } | Identity::Nobody => return Err(Refusal::of(0)),
            };
            call.world.managed_webhook(me, webhook)?;
            itself(call, webhook, true)
        }
        [token] => {
            let found = call.world.webhook_by_token(webhook, token)?.clone();
            match call.method {
                "POST" => execute(call, &found),
                _ => itself(call, webhook, false),
            }
        }
        [token, "messages", message] => {
            let found = call.world.webhook_by_token(webhook, token)?.clone();
            own_message(call, &found, id(message, "message_id")?)
        }
        _ => Err(unknown_route()),
    }
}

fn itself(call: &mut Call<'_>, webhook: u64, with_maker: bool) -> Answer<Reply> {
    match call.method {
        "GET" => ok(shown(call, webhook, with_maker)),
        "PATCH" => {
            call.world.modify_webhook(webhook, call.body)?;
            ok(shown(call, webhook, with_maker))
        }
        "DELETE" => {
            call.world.delete_webhook(webhook)?;
            Ok(Reply::Empty)
        }
        _ => Err(unknown_route()),
    }
}

fn shown(call: &Call<'_>, webhook: u64, with_maker: bool) -> Value {
    let found = call.world.webhooks.get(&webhook);
    found.map_or(Value::Null, |found| {
        call.world.webhook_json(found, with_maker)
    })
}

fn execute(call: &mut Call<'_>, webhook: &Webhook) -> Answer<Reply> {
    let thread = call.asked_id("thread_id")?;
    let wait = matches!(call.asked("wait"), Some("true" | "1"));
    let files = std::mem::take(&mut call.files);
    let saved = call
        .world
        .execute_webhook(webhook, thread, wait, call.body, files)?;
    match saved.filter(|_| wait) {
        Some((channel, message)) => {
            let message = call.world.message(channel, message)?;
            ok(call.world.message_json(message))
        }
        None => Ok(Reply::Empty),
    }
}

fn own_message(call: &mut Call<'_>, webhook: &Webhook, message: u64) -> Answer<Reply> {
    let thread = call.asked_id("thread_id")?;
    let files = std::mem::take(&mut call.files);
    match call.method {
        "GET" => {}
        "PATCH" => {
            call.world
                .edit_webhook_message(webhook, thread, message, call.body, files)?;
        }
        "DELETE" => {
            call.world
                .delete_webhook_message(webhook, thread, message)?;
            return Ok(Reply::Empty);
        }
        _ => return Err(unknown_route()),
    }
    let found = call.world.webhook_message(webhook, thread, message)?;
    ok(call.world.message_json(found))
}
