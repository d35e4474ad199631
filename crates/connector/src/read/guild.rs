//! A guild's arrival, with the threads that the bot sees in it.

use desk::bridge::{ActiveThread, RemoteEvent};
use domain::{DiscordGuildId, DiscordMessageId, ThreadId};
use serde::Deserialize;
use serde_json::Value;
use serenity::all::{ChannelId, GuildChannel, GuildId, MessageId};

/// A guild's arrival.
pub(crate) fn guild(id: GuildId, name: &str, threads: &[GuildChannel]) -> RemoteEvent {
    RemoteEvent::GuildReady {
        guild: DiscordGuildId::from(id.get()),
        name: name.to_owned(),
        threads: threads
            .iter()
            .map(|thread| active(thread.id, thread.last_message_id))
            .collect(),
    }
}

#[derive(Deserialize)]
struct WireThread {
    id: ChannelId,
    last_message_id: Option<MessageId>,
}

#[derive(Deserialize)]
struct WireGuild {
    id: GuildId,
    name: String,
    #[serde(default)]
    threads: Vec<WireThread>,
}

/// A guild's arrival in an event that serenity could not read whole.
pub(crate) fn raw_guild(value: Value) -> Option<(GuildId, String, RemoteEvent)> {
    let wire: WireGuild = serde_json::from_value(value).ok()?;
    let ready = RemoteEvent::GuildReady {
        guild: DiscordGuildId::from(wire.id.get()),
        name: wire.name.clone(),
        threads: wire
            .threads
            .into_iter()
            .map(|thread| active(thread.id, thread.last_message_id))
            .collect(),
    };
    Some((wire.id, wire.name, ready))
}

fn active(thread: ChannelId, last: Option<MessageId>) -> ActiveThread {
    ActiveThread {
        thread: ThreadId::from(thread.get()),
        last_message: last.map(|id| DiscordMessageId::from(id.get())),
    }
}
