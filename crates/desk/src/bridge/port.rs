//! Everything that the centre asks of Discord, as a trait, and the answers it can get.
//!
//! The words are the helpdesk's; how they become REST calls is the connector's affair. Nothing
//! here retries, remembers or decides: an answer says what is known, and the outbox decides.

use super::event::{ActiveThread, RemoteMessage};
use super::powers::{Powers, RemoteChannel};
use bytes::Bytes;
use domain::{
    ChannelId, DiscordGuildId, DiscordMessageId, DiscordUserId, Priority, RoleId, Status, ThreadId,
    ThreadKind, TicketId, Timestamp,
};
use futures::stream::BoxStream;
use std::net::SocketAddr;
use std::time::Duration;

/// A message's idempotency key at Discord: at most 25 characters, unique for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(pub String);

/// A thread to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadSpec {
    /// The guild.
    pub guild: DiscordGuildId,
    /// The channel under which it is made.
    pub parent: ChannelId,
    /// Its name, within Discord's limit.
    pub name: String,
    /// What it begins with, which decides its kind.
    pub start: ThreadStart,
}

/// What a thread begins with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThreadStart {
    /// Nothing: it is a private thread.
    Empty,
    /// This message of the parent's: it is a public thread, which gets the message's id.
    On(DiscordMessageId),
    /// A post with the ticket's card: it is a post in a forum, which gets the thread's id.
    Post {
        /// The card.
        card: Box<TicketCard>,
        /// What it is filed under.
        tags: PostTags,
    },
}

/// The tags of a forum's post, by the names that a forum may have tags of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostTags {
    /// Those that it is to have, where the forum knows them, the most telling first.
    pub wanted: Vec<String>,
    /// All that are ours to set and to take; others are people's and stay.
    pub ours: Vec<String>,
}

/// What the card on top of a thread says, and the buttons under it act on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketCard {
    /// The ticket that the buttons name.
    pub ticket: TicketId,
    /// Its number.
    pub number: i64,
    /// Its subject.
    pub subject: String,
    /// Who asked.
    pub customer: String,
    /// The category's name.
    pub category: String,
    /// How urgent.
    pub priority: Priority,
    /// Where it stands.
    pub status: Status,
    /// Who took it.
    pub assignee: Option<String>,
    /// The ticket's page on the dashboard.
    pub link: String,
    /// Whether others than staff read the card.
    pub shared: bool,
    /// The role to call once; only in a first post, never in an edit.
    pub ping: Option<RoleId>,
}

/// One message of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Post {
    /// The card with its buttons.
    Card(Box<TicketCard>),
    /// Text, already within Discord's limit.
    Words(String),
    /// The panel from which members file tickets.
    Panel {
        /// Its heading.
        title: String,
        /// What stands below it.
        words: String,
    },
    /// Text and files, both within Discord's limits.
    Files {
        /// The text.
        words: String,
        /// The files.
        files: Vec<PostFile>,
    },
}

/// A file that goes up with a post.
#[derive(Clone, PartialEq, Eq)]
pub struct PostFile {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

impl std::fmt::Debug for PostFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PostFile({} bytes)", self.bytes.len())
    }
}

/// A file's bytes as they come from Discord.
pub type RemoteBytes = BoxStream<'static, Result<Bytes, DeliveryError>>;

/// What should become of a thread. Both facts go in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThreadShape {
    /// Neither archived nor locked.
    Open,
    /// Archived and locked.
    Closed,
    /// Not archived; locked or not as before.
    Awake,
    /// Archived; locked or not as before.
    Resting,
}

/// What a thread is found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadState {
    /// What it is called.
    pub name: String,
    /// Out of sight; a message brings it back.
    pub archived: bool,
    /// Only moderators may write.
    pub locked: bool,
    /// The newest message's id, if there is one.
    pub last_message: Option<DiscordMessageId>,
}

/// A member of a guild, as Discord tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteMember {
    /// Who.
    pub user: DiscordUserId,
    /// The name that the guild sees.
    pub name: String,
    /// The picture's address.
    pub avatar: Option<String>,
    /// Their roles.
    pub roles: Vec<RoleId>,
    /// Whether it is a program.
    pub bot: bool,
}

/// Why Discord did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Surely not done, and worth another try.
    #[error("not now: {reason}")]
    Retry {
        /// Not before this long from now; `retry_after` is obeyed whole.
        after: Duration,
        /// All of the bot's requests must wait, not just this one.
        global: bool,
        /// In words.
        reason: String,
    },
    /// Refused for good.
    #[error("refused: {reason}")]
    Permanent {
        /// Discord's error code, where it gave one.
        code: Option<u32>,
        /// In words that tell staff what to do.
        reason: String,
    },
    /// The thread, channel or message is not there (any more).
    #[error("gone: {reason}")]
    Gone {
        /// Discord's error code.
        code: Option<u32>,
        /// In words.
        reason: String,
    },
    /// Done or not: the answer was lost.
    #[error("uncertain: {reason}")]
    Uncertain {
        /// In words.
        reason: String,
    },
    /// Not done, for the name that was to be given is one that Discord does not let pass.
    #[error("refused for its name: {reason}")]
    NameRefused {
        /// In words.
        reason: String,
    },
    /// The token is not accepted: nothing will work until it is replaced.
    #[error("Discord does not accept the bot's token")]
    Unauthorised,
}

impl DeliveryError {
    /// Why, in words for staff.
    pub fn reason(&self) -> &str {
        match self {
            Self::Retry { reason, .. }
            | Self::Permanent { reason, .. }
            | Self::Gone { reason, .. }
            | Self::NameRefused { reason }
            | Self::Uncertain { reason } => reason,
            Self::Unauthorised => "Discord does not accept the bot's token.",
        }
    }
}

/// A channel for tickets that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewChannel {
    /// Where.
    pub guild: DiscordGuildId,
    /// What it is called.
    pub name: String,
    /// What the tickets in it become.
    pub kind: ThreadKind,
    /// Who sees it beside the bot.
    pub staff: RoleId,
}

/// Who can say how the bot is to serve a guild, as far as Discord tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// Who invited the bot.
    pub inviter: Option<DiscordUserId>,
    /// Whose the guild is.
    pub owner: Option<DiscordUserId>,
    /// Where Discord itself says who joined.
    pub system_channel: Option<ChannelId>,
}

/// What the connector does for the centre. Each call is one attempt; it never retries by itself.
#[async_trait::async_trait]
pub trait DiscordPort: Send + Sync + 'static {
    /// Makes a thread. Only for one that hangs on a message may this be repeated: there is one such
    /// thread, and it is given. For the others see [`Self::find_thread`].
    async fn open_thread(&self, spec: &ThreadSpec) -> Result<ThreadId, DeliveryError>;

    /// Looks among the parent's active and newest archived threads of that kind for one that the
    /// bot made, whose name begins with `mark`, not older than `since`.
    async fn find_thread(
        &self,
        spec: &ThreadSpec,
        mark: &str,
        since: Timestamp,
    ) -> Result<Option<ThreadId>, DeliveryError>;

    /// Posts with the nonce enforced. No mention fires but the card's own ping.
    async fn post(
        &self,
        thread: ThreadId,
        nonce: &Nonce,
        post: &Post,
    ) -> Result<DiscordMessageId, DeliveryError>;

    /// Replaces what one of our messages says. No mention fires.
    async fn edit(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        post: &Post,
    ) -> Result<(), DeliveryError>;

    /// Takes one of our messages out of the thread.
    async fn delete(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<(), DeliveryError>;

    /// One message as it is now.
    async fn message(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
    ) -> Result<RemoteMessage, DeliveryError>;

    /// Archives or locks, both or the reverse, in one request.
    async fn shape(&self, thread: ThreadId, shape: ThreadShape) -> Result<(), DeliveryError>;

    /// Lets a member of the guild into a private thread; in it already: fine.
    async fn add_member(&self, thread: ThreadId, user: DiscordUserId) -> Result<(), DeliveryError>;

    /// Takes somebody out of a thread.
    async fn remove_member(
        &self,
        thread: ThreadId,
        user: DiscordUserId,
    ) -> Result<(), DeliveryError>;

    /// Adds one of the bot's own reactions; it is there already: fine.
    async fn react(
        &self,
        thread: ThreadId,
        message: DiscordMessageId,
        emoji: &str,
    ) -> Result<(), DeliveryError>;

    /// Up to `limit` (at most 100) messages after `after`, oldest first.
    async fn page_after(
        &self,
        thread: ThreadId,
        after: DiscordMessageId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError>;

    /// The newest `limit` (at most 100) messages, oldest first.
    async fn newest(
        &self,
        thread: ThreadId,
        limit: u8,
    ) -> Result<Vec<RemoteMessage>, DeliveryError>;

    /// The bytes of a file, by its link; an expired link is [`DeliveryError::Gone`].
    async fn fetch(&self, url: &str) -> Result<RemoteBytes, DeliveryError>;

    /// Where people's browsers find what stands in for Discord, if something does.
    fn stand_in(&self) -> Option<SocketAddr> {
        None
    }

    /// What the thread is now.
    async fn thread_state(&self, thread: ThreadId) -> Result<ThreadState, DeliveryError>;

    /// Gives a forum's post its tags, as far as the forum has tags of these names.
    async fn retag(
        &self,
        parent: ChannelId,
        thread: ThreadId,
        tags: &PostTags,
    ) -> Result<(), DeliveryError>;

    /// Every active thread of the guild that the bot sees.
    async fn active_threads(
        &self,
        guild: DiscordGuildId,
    ) -> Result<Vec<ActiveThread>, DeliveryError>;

    /// Who can say how the bot is to serve the guild.
    async fn hosts(&self, guild: DiscordGuildId) -> Result<Hosts, DeliveryError>;

    /// Who manages the guild, and its roles.
    async fn powers(&self, guild: DiscordGuildId) -> Result<Powers, DeliveryError>;

    /// The guild's channels that the bot sees and that we can use, in their order.
    async fn channels(&self, guild: DiscordGuildId) -> Result<Vec<RemoteChannel>, DeliveryError>;

    /// The guild that a channel is in; none, when the bot sees no such channel.
    async fn guild_of(&self, channel: ChannelId) -> Result<Option<DiscordGuildId>, DeliveryError>;

    /// Makes a channel for tickets that only staff and the bot see. Not to be repeated.
    async fn make_channel(&self, spec: &NewChannel) -> Result<ChannelId, DeliveryError>;

    /// Makes a role of this name that anyone may mention. Not to be repeated.
    async fn make_role(&self, guild: DiscordGuildId, name: &str) -> Result<RoleId, DeliveryError>;

    /// Where the bot speaks with a user alone.
    async fn direct(&self, user: DiscordUserId) -> Result<ThreadId, DeliveryError>;

    /// Whether the bot is in the guild.
    async fn is_in(&self, guild: DiscordGuildId) -> Result<bool, DeliveryError>;

    /// A member, or `None` when the user is not in the guild.
    async fn member(
        &self,
        guild: DiscordGuildId,
        user: DiscordUserId,
    ) -> Result<Option<RemoteMember>, DeliveryError>;
}
