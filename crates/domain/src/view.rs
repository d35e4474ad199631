//! What pages show: plain values, already scoped to their viewer when they get here.
//!
//! Views are cut by audience in `desk`; nothing in this module hides anything.

use crate::{
    Delivery, FileId, FileLimits, MessageId, MessageKind, Origin, OutboxId, Priority, Side, Status,
    Timestamp,
};
use serde::{Deserialize, Serialize};

/// A guild as its visitors see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuildView {
    /// The name on top of every page.
    pub name: String,
    /// Its part of an address; none until its name is known.
    pub slug: Option<String>,
}

/// When somebody is there to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoursView {
    /// The hours and their zone.
    pub hours: String,
    /// Whether somebody is there now.
    pub is_open: bool,
    /// If not, when somebody will be, in words.
    pub opens: Option<String>,
}

impl HoursView {
    /// What holds now, in a sentence.
    pub fn now(&self) -> String {
        match &self.opens {
            _ if self.is_open => "We are here now.".to_owned(),
            Some(opens) => format!("We are away now and back {opens}."),
            None => "We are away now.".to_owned(),
        }
    }
}

/// One choice in the form for a new ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryView {
    /// The value that the form sends.
    pub key: String,
    /// The name on the card.
    pub name: String,
    /// The line of help under it.
    pub help: String,
}

/// An answer that is sent often, under its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuickReply {
    /// What it is called.
    pub name: String,
    /// What it says.
    pub body: String,
}

/// A person of the staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonView {
    /// How Discord shows them.
    pub name: String,
    /// Their picture's address, if they have one.
    pub avatar: Option<String>,
}

/// A ticket, without its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// Counts per guild from 1.
    pub number: i64,
    /// One line of the customer's.
    pub subject: String,
    /// Where it stands.
    pub status: Status,
    /// How urgent. Customers are not shown it.
    pub priority: Priority,
    /// The category's name.
    pub category: String,
    /// The customer's e-mail address.
    pub customer: String,
    /// Who of the staff took it.
    pub assignee: Option<PersonView>,
    /// When it was filed.
    pub created_at: Timestamp,
    /// What was said when it was closed, as HTML.
    pub closed_because: Option<String>,
    /// Grows with every change; live hints carry it.
    pub rev: i64,
}

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its id, which its address contains.
    pub id: FileId,
    /// Its name, cleaned.
    pub name: String,
    /// How many bytes it has.
    pub size: u64,
    /// Whether it can be had.
    pub state: FileState,
}

/// Whether a file can be had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    /// It is on its way from Discord.
    Arriving,
    /// It is here; a picture has a small one of itself.
    Here(Option<Thumbnail>),
    /// It will not come.
    Refused {
        /// In words.
        why: String,
    },
}

/// The size of a picture's small one, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thumbnail {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// One message as its viewer may see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageView {
    /// Its id; also the anchor `m{id}` on the page.
    pub id: MessageId,
    /// Whose side.
    pub side: Side,
    /// The author's name.
    pub author: String,
    /// The author's picture, if they have one.
    pub avatar: Option<String>,
    /// Reply or note.
    pub kind: MessageKind,
    /// Which side holds it, and so from where it goes to the other.
    pub origin: Origin,
    /// Where it was written: what a ticket was made of in Discord, a form or a message, is held here
    /// all the same.
    pub written_in: Origin,
    /// Its viewer wrote it on the web, and may change it there.
    pub own: bool,
    /// The text as it was typed; empty when deleted.
    pub body: String,
    /// The text as it is shown: safe HTML, made on the server by `markup` and by nothing else.
    pub html: String,
    /// Its files, in the order in which they were attached.
    pub files: Vec<FileView>,
    /// When it was written.
    pub at: Timestamp,
    /// When it was last edited.
    pub edited_at: Option<Timestamp>,
    /// Its author took it back.
    pub deleted: bool,
    /// Where it stands on its way to Discord.
    pub delivery: Delivery,
    /// Why it was not delivered, for staff.
    pub failure: Option<String>,
    /// What it said before, oldest first, for staff.
    pub earlier: Vec<EarlierView>,
}

/// What a message said before it was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlierView {
    /// The text.
    pub body: String,
    /// Until when it stood.
    pub until: Timestamp,
}

/// One line of a ticket's history, for staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// When.
    pub at: Timestamp,
    /// A sentence: who did what.
    pub words: String,
}

/// A ticket with everything that its viewer may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationView {
    /// The ticket.
    pub ticket: TicketView,
    /// Oldest first.
    pub messages: Vec<MessageView>,
    /// By which staff find it; empty for customers.
    pub tags: Vec<String>,
    /// Oldest first; empty for customers.
    pub history: Vec<EventView>,
    /// The thread's address in Discord, for staff, once there is one.
    pub thread_url: Option<String>,
    /// Why the thread needs a person, for staff.
    pub thread_trouble: Option<String>,
    /// What staff should know of the thread, though nothing is stuck.
    pub thread_notice: Option<String>,
    /// How much may be attached to an answer.
    pub limits: FileLimits,
    /// The moment of reading, so that ages agree between server and browser.
    pub now: Timestamp,
}

/// Something that Discord has not taken yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StuckView {
    /// What to name it by.
    pub id: OutboxId,
    /// The ticket's number.
    pub number: i64,
    /// The ticket's subject.
    pub subject: String,
    /// What was to be done, in words.
    pub what: String,
    /// Since when.
    pub since: Timestamp,
    /// How often it was tried.
    pub attempts: i64,
    /// When it is tried again; never, when it waits for a person.
    pub next_try: Option<Timestamp>,
    /// Why it was not done, in words.
    pub reason: Option<String>,
    /// A new thread would help: the old one is gone or out of reach.
    pub needs_thread: bool,
}

/// How the two sides stand with each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncView {
    /// What is stuck, oldest first.
    pub stuck: Vec<StuckView>,
    /// How many promises wait in all.
    pub waiting: u64,
    /// Since when the oldest of them waits: how far Discord is behind.
    pub waiting_since: Option<Timestamp>,
    /// How many threads are still to be read for what was missed.
    pub to_read: u64,
    /// When the thread that was compared longest ago was compared.
    pub compared_since: Option<Timestamp>,
    /// What keeps everything from Discord, in words.
    pub trouble: Option<String>,
    /// The moment of reading.
    pub now: Timestamp,
}

/// Which tickets a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum InboxFilter {
    /// All that are not closed, those who wait for staff first.
    #[default]
    Active,
    /// Those assigned to the viewer.
    Mine,
    /// Those nobody took.
    Unassigned,
    /// Closed ones, newest first.
    Closed,
}

impl InboxFilter {
    /// Every filter, in the order of the rail.
    pub const ALL: [Self; 4] = [Self::Active, Self::Mine, Self::Unassigned, Self::Closed];

    /// Its name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Mine => "mine",
            Self::Unassigned => "unassigned",
            Self::Closed => "closed",
        }
    }

    /// Its name on the rail.
    pub fn words(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Mine => "Assigned to me",
            Self::Unassigned => "Unassigned",
            Self::Closed => "Closed",
        }
    }

    /// The filter of that name; the first one when there is none.
    pub fn from_key(key: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|f| f.key() == key)
            .unwrap_or_default()
    }
}

/// One row of the staff's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketRow {
    /// The ticket's number.
    pub number: i64,
    /// Its subject.
    pub subject: String,
    /// Who asked.
    pub customer: String,
    /// Who spoke last.
    pub last_side: Side,
    /// The beginning of the last message.
    pub last_words: String,
    /// Where it stands.
    pub status: Status,
    /// How urgent.
    pub priority: Priority,
    /// Who took it.
    pub assignee: Option<PersonView>,
    /// By which staff find it.
    pub tags: Vec<String>,
    /// Since when the customer waits, if they do.
    pub waiting_since: Option<Timestamp>,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// Grows with every change.
    pub rev: i64,
}

/// The staff's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxView {
    /// The guild that the viewer works for.
    pub guild: GuildView,
    /// The others for which they work.
    pub others: Vec<GuildView>,
    /// Who looks.
    pub me: PersonView,
    /// They manage the guild, and so decide its settings.
    pub manages: bool,
    /// The rows of this page.
    pub rows: Vec<TicketRow>,
    /// How many tickets each filter holds, in the order of [`InboxFilter::ALL`].
    pub counts: [u64; 4],
    /// How much is stuck on its way to Discord.
    pub stuck: u64,
    /// What keeps everything from Discord, in words.
    pub trouble: Option<String>,
    /// What to ask for to get the next page.
    pub next: Option<String>,
    /// The moment of reading.
    pub now: Timestamp,
}
