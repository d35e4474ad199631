//! What the gateway says, as facts on the line, in the order in which it was said.
//!
//! serenity starts a task for each event. On a runtime of one thread they run in the order of
//! their start, and since none of them waits for anything, the order stays. Events that serenity
//! cannot read whole are counted and read as far as we need them. Whether a fact matters is for
//! others to say.

use super::hearing::{Heard, Line};
use super::read;
use desk::bridge::{Absence, RemoteEvent, RemoteMessage};
use domain::{ChannelId, DiscordGuildId, DiscordMessageId, ThreadId};
use serde::Serialize;
use serde_json::Value;
use serenity::all::{
    Context, Event, EventHandler, GuildChannel, GuildId, MessageId, RawEventHandler,
    ShardStageUpdateEvent, UserId,
};
use serenity::gateway::ConnectionStage;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// What listens, for one run.
pub(super) struct Ears {
    line: Arc<Line>,
    number: u64,
    us: OnceLock<UserId>,
    guilds: Mutex<HashMap<GuildId, String>>,
}

impl Ears {
    pub(super) fn new(line: Arc<Line>, number: u64) -> Self {
        Self {
            line,
            number,
            us: OnceLock::new(),
            guilds: Mutex::default(),
        }
    }

    fn fact(&self, fact: RemoteEvent) {
        self.line.say(self.number, Heard::Fact(Box::new(fact)));
    }

    fn message(&self, value: Value, as_fact: fn(RemoteMessage) -> RemoteEvent) {
        // An update may be partial; then no person wrote anything.
        if let Some(message) = read::message(value, self.us.get().copied()) {
            self.fact(as_fact(message));
        }
    }

    /// serenity's form, back in Discord's, which is the one that we read.
    fn typed(&self, message: &impl Serialize, as_fact: fn(RemoteMessage) -> RemoteEvent) {
        match serde_json::to_value(message) {
            Ok(value) => self.message(value, as_fact),
            Err(error) => tracing::warn!(%error, "A message could not be read"),
        }
    }

    fn know(&self, guild: GuildId, name: &str) {
        self.names().insert(guild, name.to_owned());
    }

    fn names(&self) -> MutexGuard<'_, HashMap<GuildId, String>> {
        self.guilds
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Threads came into sight: the guild is as good as new.
    fn threads_appeared(&self, guild: GuildId, threads: &[GuildChannel]) {
        let name = self.names().get(&guild).cloned();
        if let Some(name) = name {
            self.fact(read::guild(guild, &name, threads));
        }
    }

    fn renamed(&self, guild: GuildId, name: &str) {
        let before = self.names().insert(guild, name.to_owned());
        if before.is_some_and(|before| before != name) {
            self.fact(read::guild(guild, name, &[]));
        }
    }

    fn deleted(&self, channel: serenity::all::ChannelId, messages: &[MessageId]) {
        self.fact(RemoteEvent::Deleted {
            channel: ThreadId::from(channel.get()),
            messages: messages
                .iter()
                .map(|id| DiscordMessageId::from(id.get()))
                .collect(),
        });
    }

    fn undecoded(&self, kind: &str, value: Value) {
        self.line.status.count_undecoded();
        tracing::warn!(
            gateway.event = kind,
            "An event of a form unknown to the client"
        );
        match kind {
            "MESSAGE_CREATE" => self.message(value, RemoteEvent::Posted),
            "MESSAGE_UPDATE" => self.message(value, RemoteEvent::Edited),
            "GUILD_CREATE" => {
                if let Some((id, name, ready)) = read::raw_guild(value) {
                    self.know(id, &name);
                    self.fact(ready);
                }
            }
            _ => {}
        }
    }

    pub(super) fn hear(&self, event: Event) {
        match event {
            Event::Ready(event) => {
                let _ = self.us.set(event.ready.user.id);
                self.line.status.connected();
                tracing::info!("The bot is connected to Discord");
                self.fact(RemoteEvent::Connected);
                let guilds = event.ready.guilds.iter();
                let guilds = guilds.map(|guild| DiscordGuildId::from(guild.id.get()));
                self.fact(RemoteEvent::MemberOf(guilds.collect()));
            }
            Event::Resumed(_) => {
                self.line.status.connected();
                tracing::info!("The bot's connection to Discord was resumed");
            }
            Event::GuildCreate(event) => {
                let guild = event.guild;
                self.know(guild.id, &guild.name);
                self.fact(read::guild(guild.id, &guild.name, &guild.threads));
            }
            Event::GuildUpdate(event) => self.renamed(event.guild.id, &event.guild.name),
            Event::GuildDelete(event) => self.fact(RemoteEvent::GuildAway {
                guild: DiscordGuildId::from(event.guild.id.get()),
                absence: match event.guild.unavailable {
                    true => Absence::Outage,
                    false => Absence::Removed,
                },
            }),
            Event::MessageCreate(event) => self.typed(&event.message, RemoteEvent::Posted),
            Event::MessageUpdate(event) => self.typed(&event, RemoteEvent::Edited),
            Event::MessageDelete(event) => self.deleted(event.channel_id, &[event.message_id]),
            Event::MessageDeleteBulk(event) => self.deleted(event.channel_id, &event.ids),
            Event::ThreadUpdate(event) => {
                if let Some(metadata) = event.thread.thread_metadata {
                    self.fact(RemoteEvent::ThreadChanged {
                        thread: ThreadId::from(event.thread.id.get()),
                        name: event.thread.name.clone(),
                        archived: metadata.archived,
                        locked: metadata.locked,
                    });
                }
            }
            Event::ThreadDelete(event) => self.fact(RemoteEvent::ThreadGone {
                thread: ThreadId::from(event.thread.id.get()),
            }),
            Event::ThreadListSync(event) => self.threads_appeared(event.guild_id, &event.threads),
            Event::ChannelDelete(event) => self.fact(RemoteEvent::ChannelGone {
                channel: ChannelId::from(event.channel.id.get()),
            }),
            Event::InteractionCreate(event) => {
                let told = Box::new(event.interaction);
                self.line.say(self.number, Heard::Interaction(told));
            }
            Event::Unknown(event) => self.undecoded(&event.kind, event.value),
            _ => {}
        }
    }
}

#[serenity::async_trait]
impl RawEventHandler for Ears {
    async fn raw_event(&self, _context: Context, event: Event) {
        if self.line.is_current(self.number) {
            self.line.status.heard_event();
            self.hear(event);
        }
    }
}

#[serenity::async_trait]
impl EventHandler for Ears {
    async fn shard_stage_update(&self, _context: Context, event: ShardStageUpdateEvent) {
        if event.new != ConnectionStage::Connected && self.line.is_current(self.number) {
            self.line.status.connecting();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::hearing;
    use super::*;
    use serde_json::json;

    fn ears() -> (Ears, tokio::sync::mpsc::Receiver<Heard>) {
        let (line, heard) = hearing::line(Arc::default());
        line.switch_to(1);
        (Ears::new(line, 1), heard)
    }

    #[test]
    fn an_event_that_does_not_decode_is_counted_and_read_as_far_as_possible() {
        let (ears, mut heard) = ears();
        let message = json!({
            "id": "3", "channel_id": "2", "type": 0, "content": "hello",
            "author": {"id": "1", "username": "mira"}, "components": [{"type": 99}],
        });
        let unknown = json!({"t": "MESSAGE_CREATE", "d": message});
        ears.hear(Event::Unknown(serde_json::from_value(unknown).unwrap()));
        let guild = json!({"t": "GUILD_CREATE", "d": {"id": "9", "name": "Guild"}});
        ears.hear(Event::Unknown(serde_json::from_value(guild).unwrap()));
        assert_eq!(ears.line.status.snapshot().undecoded, 2);
        let mut fact = || match heard.try_recv() {
            Ok(Heard::Fact(fact)) => *fact,
            _ => panic!("no fact was heard"),
        };
        assert!(matches!(fact(), RemoteEvent::Posted(m) if m.content == "hello"));
        assert!(matches!(fact(), RemoteEvent::GuildReady { name, .. } if name == "Guild"));
        assert!(heard.try_recv().is_err());
    }

    #[test]
    fn a_partial_update_is_no_edit() {
        let (ears, mut heard) = ears();
        let update = json!({"id": "3", "channel_id": "2", "embeds": []});
        ears.hear(Event::MessageUpdate(
            serde_json::from_value(update).unwrap(),
        ));
        assert!(heard.try_recv().is_err());
        assert_eq!(ears.line.status.snapshot().undecoded, 0);
    }
}
