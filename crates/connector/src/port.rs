//! What the desk asks of Discord, as REST requests: one attempt each, and what came of it.
//!
//! Answers are read only as far as they are needed, so that something new in them breaks nothing.
//! It never retries and remembers only who we are.

use super::errors::{Effect, lost};
use super::read::{self, WireMember, WireUser};
use super::rest::{Ask, Rest};
use super::{Carrier, DiscordConfig, anatomy, hosts, opening, write};
use desk::bridge::{
    ActiveThread, DeliveryError, DiscordPort, Hosts, NewChannel, Nonce, Post, PostTags, Powers,
    RemoteBytes, RemoteChannel, RemoteMember, RemoteMessage, ThreadShape, ThreadSpec, ThreadState,
};
use domain::{DiscordGuildId, DiscordMessageId, DiscordUserId, RoleId, ThreadId, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use serenity::all::{ChannelId, GuildId, MessageId, UserId};
use serenity::http::Route;
use std::net::SocketAddr;
use tokio::sync::OnceCell;

/// Discord's REST API, for the desk.
pub struct SerenityPort {
    rest: Rest,
    us: OnceCell<UserId>,
    stand_in: Option<SocketAddr>,
}

impl std::fmt::Debug for SerenityPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SerenityPort").finish_non_exhaustive()
    }
}

/// Something that was made.
#[derive(Deserialize)]
struct Made<Id> {
    id: Id,
}

#[derive(Deserialize)]
struct Channel {
    #[serde(default)]
    name: String,
    last_message_id: Option<MessageId>,
    thread_metadata: Option<Metadata>,
}

#[derive(Deserialize)]
struct Metadata {
    archived: bool,
    #[serde(default)]
    locked: bool,
}

impl SerenityPort {
    /// A way to Discord of its own.
    pub fn new(config: &DiscordConfig) -> anyhow::Result<Self> {
        Ok(Self {
            rest: Rest::new(config)?,
            us: OnceCell::new(),
            stand_in: config.stand_in.as_ref().map(|stand_in| stand_in.addr),
        })
    }

    /// A way to a Discord within this process.
    pub fn carried(carrier: impl Carrier) -> Self {
        Self {
            rest: Rest::Carried(Box::new(carrier)),
            us: OnceCell::new(),
            stand_in: None,
        }
    }

    async fn us(&self) -> Result<UserId, DeliveryError> {
        let ask = || async {
            let user: WireUser = self.rest.ask(Ask::get(Route::UserMe)).await?;
            Ok(user.id)
        };
        self.us.get_or_try_init(ask).await.copied()
    }

    async fn messages(
        &self,
        thread: ThreadId,
        params: Vec<(&'static str, String)>,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        let us = self.us().await?;
        let channel_id = channel(thread.get());
        let ask = Ask::get(Route::ChannelMessages { channel_id }).params(params);
        let page: Vec<Value> = self.rest.ask(ask).await?;
        let told = page.len();
        let mut messages: Vec<RemoteMessage> = page
            .into_iter()
            .filter_map(|value| read::message(value, Some(us)))
            .collect();
        if messages.len() < told {
            tracing::warn!(
                discord.thread_id = thread.0,
                unreadable = told - messages.len(),
                "A page of a thread holds messages that cannot be read"
            );
        }
        // Discord lists the newest first, whatever was asked for.
        messages.sort_by_key(|message| message.id);
        Ok(messages)
    }
}

#[async_trait::async_trait]
impl DiscordPort for SerenityPort {
    fn stand_in(&self) -> Option<SocketAddr> {
        self.stand_in
    }

    async fn open_thread(&self, spec: &ThreadSpec) -> Result<ThreadId, DeliveryError> {
        opening::open(&self.rest, spec).await
    }

    async fn find_thread(
        &self,
        spec: &ThreadSpec,
        mark: &str,
        since: Timestamp,
    ) -> Result<Option<ThreadId>, DeliveryError> {
        let us = self.us().await?;
        opening::find(&self.rest, us, spec, mark, since).await
    }

    async fn retag(
        &self,
        parent: domain::ChannelId,
        thread: ThreadId,
        tags: &PostTags,
    ) -> Result<(), DeliveryError> {
        opening::retag(&self.rest, parent, thread, tags).await
    }

    async fn active_threads(
        &self,
        guild: DiscordGuildId,
    ) -> Result<Vec<ActiveThread>, DeliveryError> {
        opening::active(&self.rest, guild).await
    }

    async fn hosts(&self, guild: DiscordGuildId) -> Result<Hosts, DeliveryError> {
        let us = self.us().await?;
        hosts::of(&self.rest, us, guild).await
    }

    async fn powers(&self, guild: DiscordGuildId) -> Result<Powers, DeliveryError> {
        anatomy::powers(&self.rest, guild).await
    }

    async fn channels(&self, guild: DiscordGuildId) -> Result<Vec<RemoteChannel>, DeliveryError> {
        anatomy::channels(&self.rest, guild).await
    }

    async fn guild_of(
        &self,
        channel: domain::ChannelId,
    ) -> Result<Option<DiscordGuildId>, DeliveryError> {
        hosts::guild_of(&self.rest, channel).await
    }

    async fn make_channel(&self, spec: &NewChannel) -> Result<domain::ChannelId, DeliveryError> {
        hosts::make_channel(&self.rest, self.us().await?, spec).await
    }

    async fn make_role(&self, guild: DiscordGuildId, name: &str) -> Result<RoleId, DeliveryError> {
        hosts::make_role(&self.rest, guild, name).await
    }

    async fn direct(&self, user: DiscordUserId) -> Result<ThreadId, DeliveryError> {
        hosts::direct(&self.rest, user).await
    }

    async fn is_in(&self, guild_id: DiscordGuildId) -> Result<bool, DeliveryError> {
        let route = Route::Guild {
            guild_id: guild(guild_id),
        };
        match self.rest.ask::<IgnoredAny>(Ask::get(route)).await {
            Ok(_) => Ok(true),
            // Unknown guild, or missing access to it.
            Err(
                DeliveryError::Gone { .. }
                | DeliveryError::Permanent {
                    code: Some(50_001), ..
                },
            ) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn post(
        &self,
        thread: ThreadId,
        nonce: &Nonce,
        post: &Post,
    ) -> Result<DiscordMessageId, DeliveryError> {
        let route = Route::ChannelMessages {
            channel_id: channel(thread.get()),
        };
        let files = match post {
            Post::Files { files, .. } => files.clone(),
            Post::Card(_) | Post::Words(_) | Post::Panel { .. } => Vec::new(),
        };
        let ask = Ask::post(route, &write::post(nonce, post)).files(files);
        let made: Result<Made<MessageId>, _> = self.rest.ask(ask).await;
        match made {
            Ok(made) => Ok(DiscordMessageId::from(made.id.get())),
            // Not the thread is gone: an earlier attempt's message, known by its nonce, was deleted.
            Err(DeliveryError::Gone {
                code: code @ Some(10_008),
                ..
            }) => Err(DeliveryError::Permanent {
                code,
                reason: "It was posted, but deleted in Discord before we knew.".to_owned(),
            }),
            Err(error) => Err(error),
        }
    }

    async fn edit(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        post: &Post,
    ) -> Result<(), DeliveryError> {
        let route = Route::ChannelMessage {
            channel_id: channel(thread.get()),
            message_id: message_id(message),
        };
        let edit = Ask::patch(route, &write::edit(post));
        let _: IgnoredAny = self.rest.ask(edit).await?;
        Ok(())
    }

    async fn delete(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<(), DeliveryError> {
        let route = Route::ChannelMessage {
            channel_id: channel(thread.get()),
            message_id: message_id(message),
        };
        self.rest.tell(Ask::delete(route)).await
    }

    async fn message(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<RemoteMessage, DeliveryError> {
        let us = self.us().await?;
        let route = Route::ChannelMessage {
            channel_id: channel(thread.get()),
            message_id: message_id(message),
        };
        let value: Value = self.rest.ask(Ask::get(route)).await?;
        read::message(value, Some(us)).ok_or_else(|| lost(Effect::Repeatable))
    }

    async fn shape(&self, thread: ThreadId, shape: ThreadShape) -> Result<(), DeliveryError> {
        let route = Route::Channel {
            channel_id: channel(thread.get()),
        };
        // In two requests, the second would meet an archived thread and be refused.
        let both = match shape {
            ThreadShape::Open => json!({"archived": false, "locked": false}),
            ThreadShape::Closed => json!({"archived": true, "locked": true}),
            ThreadShape::Awake => json!({"archived": false}),
            ThreadShape::Resting => json!({"archived": true}),
        };
        let _: IgnoredAny = self.rest.ask(Ask::patch(route, &both)).await?;
        Ok(())
    }

    async fn add_member(&self, thread: ThreadId, user: DiscordUserId) -> Result<(), DeliveryError> {
        let put = Ask::put(thread_member(thread, user));
        match self.rest.tell(put).await {
            // The bot sees the thread, so it is the member who does not see what it hangs on.
            Err(DeliveryError::Permanent {
                code: code @ Some(50_001),
                ..
            }) => Err(DeliveryError::Permanent {
                code,
                reason: "The member cannot see the channel that the thread is in. Allow them to \
                         view it, or post the panel in another, then try again."
                    .to_owned(),
            }),
            done => done,
        }
    }

    async fn remove_member(
        &self,
        thread: ThreadId,
        user: DiscordUserId,
    ) -> Result<(), DeliveryError> {
        let delete = Ask::delete(thread_member(thread, user));
        self.rest.tell(delete).await
    }

    async fn react(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        emoji: &str,
    ) -> Result<(), DeliveryError> {
        let reaction = in_address(emoji);
        let route = Route::ChannelMessageReactionMe {
            channel_id: channel(thread.get()),
            message_id: message_id(message),
            reaction: &reaction,
        };
        self.rest.tell(Ask::put(route)).await
    }

    async fn page_after(
        &self,
        thread: ThreadId,
        after: DiscordMessageId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        let params = vec![
            ("limit", limit.clamp(1, 100).to_string()),
            ("after", after.to_string()),
        ];
        self.messages(thread, params).await
    }

    async fn newest(
        &self,
        thread: ThreadId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        let params = vec![("limit", limit.clamp(1, 100).to_string())];
        self.messages(thread, params).await
    }

    async fn fetch(&self, url: &str) -> Result<RemoteBytes, DeliveryError> {
        self.rest.fetch(url).await
    }

    async fn thread_state(&self, thread: ThreadId) -> Result<ThreadState, DeliveryError> {
        let route = Route::Channel {
            channel_id: channel(thread.get()),
        };
        let channel: Channel = self.rest.ask(Ask::get(route)).await?;
        let metadata = channel.thread_metadata.ok_or_else(|| DeliveryError::Gone {
            code: None,
            reason: "What has the thread's id is not a thread.".to_owned(),
        })?;
        Ok(ThreadState {
            name: channel.name,
            archived: metadata.archived,
            locked: metadata.locked,
            last_message: channel
                .last_message_id
                .map(|id| DiscordMessageId::from(id.get())),
        })
    }

    async fn member(
        &self,
        guild_id: DiscordGuildId,
        user: DiscordUserId,
    ) -> Result<Option<RemoteMember>, DeliveryError> {
        let route = Route::GuildMember {
            guild_id: guild(guild_id),
            user_id: UserId::new(user.get().max(1)),
        };
        match self.rest.ask::<WireMember>(Ask::get(route)).await {
            Ok(wire) => Ok(read::member(wire)),
            // Unknown member, unknown user.
            Err(DeliveryError::Gone {
                code: Some(10_007 | 10_013),
                ..
            }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

// serenity's ids refuse zero, which is nobody's id: one is nobody's either, and Discord says so.

pub(super) fn channel(id: u64) -> ChannelId {
    ChannelId::new(id.max(1))
}

pub(super) fn guild(id: DiscordGuildId) -> GuildId {
    GuildId::new(id.get().max(1))
}

fn thread_member(thread: ThreadId, user: DiscordUserId) -> Route<'static> {
    Route::ChannelThreadMember {
        channel_id: channel(thread.get()),
        user_id: UserId::new(user.get().max(1)),
    }
}

pub(super) fn message_id(id: DiscordMessageId) -> MessageId {
    MessageId::new(id.get().max(1))
}

/// An emoji as a piece of an address.
fn in_address(emoji: &str) -> String {
    emoji.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_stands_in_an_address() {
        assert_eq!(in_address("✅"), "%E2%9C%85");
        assert_eq!(in_address("a/b"), "%61%2F%62");
    }
}
