//! What Discord tells us, in the helpdesk's words, before anything is decided about it.
//!
//! Live events, catch-up pages and replays all become these values, so that one door can take
//! them all. Nothing here knows whether a fact is new, or concerns a ticket at all.

use domain::{
    AttachmentId, ChannelId, DiscordGuildId, DiscordMessageId, DiscordUserId, RoleId, ThreadId,
    TicketId, Timestamp,
};

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteAuthor {
    /// Their id.
    pub user: DiscordUserId,
    /// The name that the guild sees.
    pub name: String,
    /// The picture's address.
    pub avatar: Option<String>,
    /// Ourselves.
    pub is_us: bool,
    /// A program or a webhook.
    pub is_bot: bool,
    /// Their roles, where the event carried them; REST does not.
    pub roles: Option<Vec<RoleId>>,
}

/// A file attached to a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its id.
    pub id: AttachmentId,
    /// Its name, as told.
    pub name: String,
    /// Its size in bytes, as told.
    pub size: u64,
    /// Where to fetch it; the link expires.
    pub url: String,
}

/// A message in a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMessage {
    /// Its id.
    pub id: DiscordMessageId,
    /// The channel or thread.
    pub channel: ThreadId,
    /// Who wrote it.
    pub author: RemoteAuthor,
    /// What it says.
    pub content: String,
    /// Its files.
    pub files: Vec<RemoteFile>,
    /// When a person last edited it.
    pub edited_at: Option<Timestamp>,
    /// The nonce that we sent it with, in live events of our own messages.
    pub nonce: Option<String>,
    /// The message that it answers, if it is a reply.
    pub replies_to: Option<DiscordMessageId>,
    /// A message that people wrote, not one that Discord made.
    pub is_speech: bool,
    /// The ticket whose card it is, by the buttons under it.
    pub card: Option<TicketId>,
}

/// An active thread, as the guild's arrival lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveThread {
    /// The thread.
    pub thread: ThreadId,
    /// Its newest message, if there is one.
    pub last_message: Option<DiscordMessageId>,
}

/// Why a guild is out of our reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The bot was thrown out of it, or it is no more.
    Removed,
    /// Discord has an outage there.
    Outage,
}

/// One fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteEvent {
    /// A session began: events before it may have been missed. (After a resume there is no such.)
    Connected,
    /// The connection is gone; what follows it may be missed.
    Disconnected,
    /// A guild is there, with its active threads.
    GuildReady {
        /// Which.
        guild: DiscordGuildId,
        /// Its name.
        name: String,
        /// What the bot sees.
        threads: Vec<ActiveThread>,
    },
    /// A message was written.
    Posted(RemoteMessage),
    /// A message changed; `edited_at` tells whether a person did it.
    Edited(RemoteMessage),
    /// Messages were deleted.
    Deleted {
        /// Where.
        channel: ThreadId,
        /// Which.
        messages: Vec<DiscordMessageId>,
    },
    /// The guilds that the bot is in, as each session begins by saying.
    MemberOf(Vec<DiscordGuildId>),
    /// A guild is not there any more.
    GuildAway {
        /// Which.
        guild: DiscordGuildId,
        /// Why.
        absence: Absence,
    },
    /// A thread's name, archive or lock state changed, or something else about it.
    ThreadChanged {
        /// Which.
        thread: ThreadId,
        /// What it is called.
        name: String,
        /// Out of sight.
        archived: bool,
        /// Only moderators may write.
        locked: bool,
    },
    /// A thread was deleted.
    ThreadGone {
        /// Which.
        thread: ThreadId,
    },
    /// A channel was deleted, and its threads with it.
    ChannelGone {
        /// Which.
        channel: ChannelId,
    },
}
