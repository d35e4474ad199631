//! How a connection begins: IDENTIFY and RESUME, the budget for them, and the faults that strike there.
//! It answers with what the connection is to do next; sockets and frames are `socket`'s.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use twilight_model::gateway::Intents;

use super::{Client, Out, Resumed};
use crate::faults::Fault;
use crate::hub::{Hub, Inner};
use crate::rest::auth;

/// What follows from a frame.
#[derive(Debug)]
pub(crate) enum Next {
    Stay,
    /// The session has begun, or goes on.
    Begun,
    /// A frame is due, and nothing else changes.
    Say(Value),
    Close(u16),
    /// From now on nothing.
    Hush,
}

/// Op 9.
fn invalid(resumable: bool) -> Value {
    json!({"t": null, "s": null, "op": 9, "d": resumable})
}

/// What a fault of the gateway makes of HELLO, IDENTIFY or RESUME, if it is for that.
pub(crate) fn struck(fault: &Fault) -> Option<Next> {
    Some(match fault.action.as_str() {
        "invalid" => Next::Say(invalid(false)),
        "invalid_resumable" => Next::Say(invalid(true)),
        "reconnect" => Next::Say(json!({"t": null, "s": null, "op": 7, "d": null})),
        "close" => Next::Close(fault.status.unwrap_or(4000)),
        "silent" => Next::Hush,
        _ => return None,
    })
}

fn strike(inner: &mut Inner, name: &str) -> Option<Fault> {
    let fault = inner.faults.on_gateway(name)?;
    inner.counters.faults_struck += 1;
    Some(fault)
}

/// The fault that strikes a new connection.
pub(crate) fn at_hello(hub: &Hub) -> Option<Next> {
    hub.with(|inner| strike(inner, "HELLO").as_ref().and_then(struck))
}

/// IDENTIFY.
pub(crate) fn identify(
    hub: &Hub,
    data: &Value,
    url: &str,
    socket: (u64, UnboundedSender<Out>),
) -> Next {
    let token = plain_token(data);
    let bits = data["intents"].as_u64().unwrap_or(0);
    let Some(intents) = Intents::from_bits(bits) else {
        return Next::Close(4013);
    };
    hub.with(|inner| {
        if let Some(next) = strike(inner, "IDENTIFY").as_ref().and_then(struck) {
            return next;
        }
        let Some(user) = auth::user_of_token(&inner.world, &token) else {
            return Next::Close(4004);
        };
        let app = &inner.world.application;
        let needs_content = intents.contains(Intents::MESSAGE_CONTENT) && !app.message_content;
        let needs_members = intents.contains(Intents::GUILD_MEMBERS) && !app.guild_members;
        if needs_content || needs_members || intents.contains(Intents::GUILD_PRESENCES) {
            return Next::Close(4014);
        }
        if inner.world.is_bot(user) && !inner.world.spend_session_start() {
            return Next::Close(4004);
        }
        inner.counters.identifies += 1;
        inner.world.touched.insert(0);
        let client = Client {
            user,
            token: &token,
            intents,
            shard: data.get("shard"),
            plain: false,
        };
        inner.gateway.identify(&inner.world, &client, url, socket);
        Next::Begun
    })
}

/// RESUME.
pub(crate) fn resume(hub: &Hub, data: &Value, socket: (u64, UnboundedSender<Out>)) -> Next {
    let token = plain_token(data);
    let id = data["session_id"].as_str().unwrap_or_default();
    let seq = data["seq"].as_u64().unwrap_or(0);
    hub.with(|inner| {
        let fault = strike(inner, "RESUME");
        if let Some(next) = fault.as_ref().and_then(struck) {
            if fault.is_some_and(|fault| fault.action == "invalid") {
                inner.gateway.forget_session(id);
            }
            return next;
        }
        if auth::user_of_token(&inner.world, &token).is_none() {
            return Next::Close(4004);
        }
        inner.counters.resumes += 1;
        let again = fault.and_then(|fault| fault.count).unwrap_or(0);
        match inner.gateway.resume(id, &token, seq, again, socket) {
            Resumed::Yes => Next::Begun,
            Resumed::BadSequence => Next::Close(4007),
            Resumed::UnknownSession => Next::Say(invalid(false)),
        }
    })
}

fn plain_token(data: &Value) -> String {
    let token = data["token"].as_str().unwrap_or_default();
    token.strip_prefix("Bot ").unwrap_or(token).to_owned()
}
