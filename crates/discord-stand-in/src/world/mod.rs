//! Everything that this Discord holds, and the rules by which it changes.
//! It knows no socket and no request: callers say who acts, and get a value or a refusal; what happened leaves as events.

pub(crate) mod administering;
pub(crate) mod amending;
pub(crate) mod applications;
pub(crate) mod attachments;
pub(crate) mod channels;
pub(crate) mod command_rules;
pub(crate) mod components;
pub(crate) mod directs;
pub(crate) mod drafts;
pub(crate) mod enclosures;
pub(crate) mod interactions;
pub(crate) mod mentions;
pub(crate) mod messages;
pub(crate) mod neighbours;
pub(crate) mod people;
pub(crate) mod permissions;
pub(crate) mod posting;
pub(crate) mod reactions;
pub(crate) mod responses;
pub(crate) mod seed;
pub(crate) mod sign_in;
pub(crate) mod thread_members;
pub(crate) mod thread_news;
pub(crate) mod threads;
pub(crate) mod webhooks;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Clock;
use crate::error::{Answer, Refusal};
use crate::snowflake;
use crate::tls::Papers;

use applications::{Application, Commands};
use attachments::StoredFile;
use channels::Channel;
use interactions::{Interaction, OpenModal};
use messages::Message;
use people::{Guild, Member, Role, User};
use sign_in::SignIn;
use webhooks::Webhook;

/// The whole state. It can be written to a file and read back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct World {
    #[serde(skip)]
    pub(crate) clock: Clock,
    /// What happened since the last delivery, in order.
    #[serde(skip)]
    pub(crate) events: Vec<Event>,
    /// Channels that changed since the last delivery, for those who watch.
    #[serde(skip)]
    pub(crate) touched: BTreeSet<u64>,
    #[serde(skip)]
    last_sweep_ms: i64,
    /// No thread goes quiet before this.
    #[serde(skip)]
    pub(crate) quiet_from_ms: i64,
    last_id: u64,
    pub(crate) guild: Guild,
    pub(crate) roles: BTreeMap<u64, Role>,
    pub(crate) users: BTreeMap<u64, User>,
    pub(crate) members: BTreeMap<u64, Member>,
    /// Channels and threads.
    pub(crate) channels: BTreeMap<u64, Channel>,
    /// By channel, then by id: oldest first.
    pub(crate) messages: BTreeMap<u64, BTreeMap<u64, Message>>,
    /// Answers that only one person sees.
    pub(crate) ephemerals: BTreeMap<u64, Message>,
    pub(crate) files: BTreeMap<u64, StoredFile>,
    pub(crate) application: Application,
    pub(crate) commands: Commands,
    pub(crate) interactions: BTreeMap<u64, Interaction>,
    /// By person: the modal that is open on their screen.
    pub(crate) modals: BTreeMap<u64, OpenModal>,
    pub(crate) notifications: Vec<Notification>,
    pub(crate) sign_in: SignIn,
    pub(crate) nonces: Vec<Nonce>,
    /// By channel: when its name or topic was changed lately.
    pub(crate) renames: BTreeMap<u64, Vec<i64>>,
    pub(crate) switches: Switches,
    #[serde(default)]
    pub(crate) webhooks: BTreeMap<u64, Webhook>,
    #[serde(default)]
    pub(crate) session_starts: SessionStarts,
    /// What it proves its names with.
    pub(crate) papers: Option<Papers>,
    /// By channel: what the bot said to one person alone.
    #[serde(default)]
    pub(crate) directs: BTreeMap<u64, directs::Direct>,
    /// Who takes no messages from those they do not know.
    #[serde(default)]
    pub(crate) shut: BTreeSet<u64>,
    /// The other guilds, each a world of its own with the same people. They have no neighbours.
    #[serde(default)]
    pub(crate) neighbours: Vec<World>,
    /// What keeps this guild's new ids apart from those of the others.
    #[serde(default)]
    id_lane: u64,
}

/// What Discord leaves open or keeps to itself, settable so that a client can be tried against either.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Switches {
    /// How long an enforced nonce is remembered.
    pub(crate) nonce_window_s: i64,
    /// A role with fewer members than this is added to a thread when mentioned in it.
    pub(crate) role_mention_threshold: usize,
    /// Whether a role mention by a bot adds the role's members too.
    pub(crate) bot_role_mention_adds: bool,
    /// Whether a plain send by a moderator unarchives a locked thread.
    pub(crate) moderator_send_unarchives_locked: bool,
    /// Active threads that a guild may have.
    pub(crate) active_threads: usize,
    /// Whether the second rename within ten minutes is the last.
    pub(crate) rename_limit: bool,
    /// Members that a thread may have.
    pub(crate) thread_members: usize,
    /// Whether an enforced nonce counts only within its channel.
    pub(crate) nonce_per_channel: bool,
    /// Whether the end of a channel is told for each of its threads too.
    pub(crate) parent_deletion_tells_threads: bool,
    /// Whether a private thread that one may not see is unknown (10003), not forbidden (50001).
    pub(crate) unseen_thread_is_unknown: bool,
    /// The status of the refusal that a thread is locked (160005).
    pub(crate) locked_status: u16,
    /// Words that AutoMod keeps out of messages (200000).
    pub(crate) blocked_words: Vec<String>,
    /// Words that AutoMod keeps out of the names of threads (200001).
    pub(crate) blocked_names: Vec<String>,
    /// Whether people have Nitro and may say twice as much at once.
    pub(crate) nitro: bool,
    /// Whether the guild asks moderators for a second factor: 1, or 0.
    pub(crate) mfa_level: u8,
    /// Whether the bot's owner has one, which stands for the bot.
    pub(crate) owner_has_mfa: bool,
    /// IDENTIFYs that the bot has per day.
    pub(crate) session_starts: u32,
    /// Answers of 401, 403 and 429 in ten minutes that lead to the ban page.
    pub(crate) invalid_requests: usize,
    /// Whether a press, a choice or a form is taken at its word, as if the bot had shown that control
    /// to them. Discord never does; for trying what the bot makes of it.
    pub(crate) trusts_controls: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            nonce_window_s: 120,
            role_mention_threshold: 100,
            bot_role_mention_adds: true,
            moderator_send_unarchives_locked: false,
            active_threads: 1000,
            rename_limit: true,
            thread_members: 1000,
            nonce_per_channel: false,
            parent_deletion_tells_threads: false,
            unseen_thread_is_unknown: false,
            locked_status: 403,
            blocked_words: Vec::new(),
            blocked_names: Vec::new(),
            nitro: false,
            mfa_level: 0,
            owner_has_mfa: true,
            session_starts: 1000,
            invalid_requests: 10_000,
            trusts_controls: false,
        }
    }
}

/// How much of the day's IDENTIFYs is spent.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SessionStarts {
    pub(crate) spent: u32,
    pub(crate) resets_ms: i64,
}

/// An enforced nonce and the message that it made.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Nonce {
    pub(crate) author: u64,
    pub(crate) nonce: String,
    pub(crate) channel: u64,
    pub(crate) message: u64,
    pub(crate) at_ms: i64,
}

/// A ping that fired. Silence is the absence of such a record.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Notification {
    pub(crate) message_id: u64,
    pub(crate) channel_id: u64,
    pub(crate) user_ids: Vec<u64>,
    pub(crate) roles: Vec<u64>,
    pub(crate) everyone: bool,
}

/// Something that happened, to be told to those who may know.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) name: &'static str,
    /// Shared, so that whoever gets the last of it gets it whole without a copy.
    pub(crate) data: Arc<Value>,
    /// Users who may know of it; everybody, if none.
    pub(crate) only: Option<Vec<u64>>,
}

impl World {
    /// Now, in Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A new id, greater than every one before.
    pub(crate) fn new_id(&mut self) -> u64 {
        self.last_id = snowflake::next(self.last_id, self.now_ms(), self.id_lane);
        self.last_id
    }

    /// Tells everybody in the guild.
    pub(crate) fn tell_all(&mut self, name: &'static str, data: Value) {
        self.push(name, data, None);
    }

    /// Tells those who can see `channel` at this moment.
    pub(crate) fn tell_viewers(&mut self, channel: u64, name: &'static str, data: Value) {
        let only = Some(self.viewers(channel));
        self.touched.insert(channel);
        self.push(name, data, only);
    }

    /// Tells these users only.
    pub(crate) fn tell(&mut self, users: Vec<u64>, name: &'static str, data: Value) {
        self.push(name, data, Some(users));
    }

    fn push(&mut self, name: &'static str, data: Value, only: Option<Vec<u64>>) {
        let data = Arc::new(data);
        self.events.push(Event { name, data, only });
    }

    /// A channel or thread that exists.
    pub(crate) fn channel(&self, id: u64) -> Answer<&Channel> {
        self.channels.get(&id).ok_or_else(|| Refusal::of(10003))
    }

    /// A message that exists in this channel.
    pub(crate) fn message(&self, channel: u64, id: u64) -> Answer<&Message> {
        self.messages
            .get(&channel)
            .and_then(|list| list.get(&id))
            .ok_or_else(|| Refusal::of(10008))
    }

    /// The same, to be changed.
    pub(crate) fn message_mut(&mut self, channel: u64, id: u64) -> Answer<&mut Message> {
        self.messages
            .get_mut(&channel)
            .and_then(|list| list.get_mut(&id))
            .ok_or_else(|| Refusal::of(10008))
    }

    /// Does what the passing of time does: archives quiet threads, forgets old nonces.
    pub(crate) fn let_time_pass(&mut self) {
        let now = self.now_ms();
        if now - self.last_sweep_ms < 500 {
            return;
        }
        self.last_sweep_ms = now;
        let window_ms = self.switches.nonce_window_s * 1000;
        self.nonces.retain(|nonce| now - nonce.at_ms < window_ms);
        if now >= self.quiet_from_ms {
            self.archive_quiet_threads(now);
        }
        for neighbour in &mut self.neighbours {
            neighbour.let_time_pass();
        }
    }
}
