//! The list of settings: names, words, bounds, defaults.
//!
//! It says what a value must be and reads one; whose value it is and where it is kept is not known
//! here.

use crate::opening_hours;
use crate::store::commands;

/// Something that an admin can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Where tickets become threads.
    SupportChannel,
    /// Whoever has this role is staff.
    StaffRole,
    /// What a ticket becomes in Discord.
    ThreadKind,
    /// What stands before a ticket's number in the name of its thread.
    TicketPrefix,
    /// Where staff read what becomes of tickets.
    LogChannel,
    /// What a note in a thread begins with.
    NotePrefix,
    /// What else makes a note of a message in a thread.
    NotesInDiscord,
    /// How many active threads there may be before quiet ones are archived.
    ThreadBudget,
    /// How many tickets one person may have open at once, filed from Discord.
    MaxOpenTickets,
    /// How long somebody waits between two tickets filed from Discord.
    CoolDown,
    /// The panel's heading.
    PanelTitle,
    /// What stands below it.
    PanelText,
    /// Where the panel was posted, and threads of tickets from Discord are made.
    PanelChannel,
    /// When somebody is there to answer.
    OpeningHours,
    /// In which time zone that is.
    TimeZone,
    /// What is said instead of taking a new ticket; set: new tickets are paused.
    Maintenance,
}

/// What a value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A whole number within these bounds.
    Number {
        /// At least.
        min: i64,
        /// At most.
        max: i64,
    },
    /// Text of so many characters.
    Text {
        /// At least.
        min: usize,
        /// At most.
        max: usize,
    },
    /// A channel.
    Channel,
    /// A role.
    Role,
    /// Opening hours, as OpenStreetMap writes them.
    Hours,
    /// The name of a time zone.
    Zone,
    /// One of these, each a key and what it means.
    Choice(&'static [(&'static str, &'static str)]),
}

/// What is said during maintenance when an admin says nothing else.
pub const MAINTENANCE: &str =
    "New tickets are paused for maintenance. Please try again later; open tickets go on.";

const KINDS: &[(&str, &str)] = &[
    ("private", "a private thread"),
    ("public", "a public thread in a channel that staff see"),
    ("forum", "a post in a forum that staff see"),
];
const NOTES: &[(&str, &str)] = &[
    ("prefix", "what begins with the prefix"),
    ("reply-command", "everything; /reply answers the customer"),
];

impl Setting {
    /// Every setting that `/config` shows. Maintenance has a command of its own.
    pub const ALL: [Self; 15] = [
        Self::SupportChannel,
        Self::StaffRole,
        Self::ThreadKind,
        Self::TicketPrefix,
        Self::LogChannel,
        Self::NotePrefix,
        Self::NotesInDiscord,
        Self::ThreadBudget,
        Self::MaxOpenTickets,
        Self::CoolDown,
        Self::PanelTitle,
        Self::PanelText,
        Self::PanelChannel,
        Self::OpeningHours,
        Self::TimeZone,
    ];

    /// Its name in commands and in the database.
    pub fn key(self) -> &'static str {
        match self {
            Self::SupportChannel => "support_channel",
            Self::StaffRole => "staff_role",
            Self::ThreadKind => "thread_kind",
            Self::TicketPrefix => "ticket_prefix",
            Self::LogChannel => "log_channel",
            Self::NotePrefix => "note_prefix",
            Self::NotesInDiscord => "notes_in_discord",
            Self::ThreadBudget => "thread_budget",
            Self::MaxOpenTickets => "max_open_tickets",
            Self::CoolDown => "cool_down_seconds",
            Self::PanelTitle => "panel_title",
            Self::PanelText => "panel_text",
            Self::PanelChannel => "panel_channel",
            Self::OpeningHours => "opening_hours",
            Self::TimeZone => "time_zone",
            Self::Maintenance => "maintenance",
        }
    }

    /// The setting of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|setting| setting.key() == key)
    }

    /// The variable by which the environment decides it for the first guild.
    pub fn variable(self) -> Option<&'static str> {
        Some(match self {
            Self::SupportChannel => "DISCORD_SUPPORT_CHANNEL_ID",
            Self::StaffRole => "DISCORD_STAFF_ROLE_ID",
            Self::ThreadKind => "THREAD_KIND",
            Self::LogChannel => "DISCORD_LOG_CHANNEL_ID",
            Self::NotePrefix => "NOTE_PREFIX",
            Self::NotesInDiscord => "NOTES_IN_DISCORD",
            Self::ThreadBudget => "THREAD_BUDGET",
            _ => return None,
        })
    }

    /// Every setting that the environment can decide.
    pub fn variables() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|s| s.variable().is_some())
    }

    /// What it decides, in words.
    pub fn about(self) -> &'static str {
        match self {
            Self::SupportChannel => "The channel in which tickets become threads",
            Self::StaffRole => "Whoever has this role is staff",
            Self::ThreadKind => "What a ticket becomes in Discord",
            Self::TicketPrefix => "What stands before a ticket's number in its thread's name",
            Self::LogChannel => "The channel in which staff read what becomes of tickets",
            Self::NotePrefix => "What a note in a thread begins with",
            Self::NotesInDiscord => "What staff write in a thread that is a note",
            Self::ThreadBudget => "How many active threads before quiet tickets' are archived",
            Self::MaxOpenTickets => "How many open tickets one person may have from Discord",
            Self::CoolDown => "Seconds between two tickets of one person from Discord",
            Self::PanelTitle => "The panel's heading",
            Self::PanelText => "What the panel says below its heading",
            Self::PanelChannel => "The channel under which tickets from Discord get their threads",
            Self::OpeningHours => "When somebody answers, such as Mo-Fr 09:00-17:00; PH off",
            Self::TimeZone => "The time zone of the opening hours, such as Europe/Berlin",
            Self::Maintenance => "What is said while new tickets are paused",
        }
    }

    /// What its value must be.
    pub fn shape(self) -> Shape {
        match self {
            Self::SupportChannel | Self::LogChannel | Self::PanelChannel => Shape::Channel,
            Self::StaffRole => Shape::Role,
            Self::ThreadKind => Shape::Choice(KINDS),
            Self::NotesInDiscord => Shape::Choice(NOTES),
            Self::TicketPrefix => Shape::Text { min: 1, max: 20 },
            Self::NotePrefix => Shape::Text { min: 1, max: 10 },
            Self::ThreadBudget => Shape::Number { min: 1, max: 1_000 },
            Self::MaxOpenTickets => Shape::Number { min: 1, max: 10 },
            Self::CoolDown => Shape::Number { min: 0, max: 3_600 },
            Self::PanelTitle => Shape::Text { min: 1, max: 50 },
            Self::PanelText => Shape::Text { min: 1, max: 500 },
            Self::OpeningHours => Shape::Hours,
            Self::TimeZone => Shape::Zone,
            Self::Maintenance => Shape::Text { min: 1, max: 300 },
        }
    }

    /// What holds while nobody says anything; empty, where nothing does.
    pub(super) fn default(self) -> &'static str {
        match self {
            Self::ThreadKind => "private",
            Self::NotePrefix => "//",
            Self::NotesInDiscord => "prefix",
            Self::ThreadBudget => "950",
            Self::TimeZone => "UTC",
            Self::MaxOpenTickets => "3",
            Self::CoolDown => "30",
            Self::PanelTitle => "Need help?",
            Self::PanelText => {
                "Press the button and tell us what it is about. You get a private thread with our \
                 team, and a page on the web that shows the same."
            }
            Self::SupportChannel
            | Self::StaffRole
            | Self::TicketPrefix
            | Self::LogChannel
            | Self::PanelChannel
            | Self::OpeningHours
            | Self::Maintenance => "",
        }
    }

    /// What holds while nobody says anything, if anything does.
    pub fn usual(self) -> Option<&'static str> {
        Some(self.default()).filter(|usual| !usual.is_empty())
    }

    /// The value in what an admin typed, or a sentence that says what it must be.
    pub fn read(self, typed: &str) -> Result<String, String> {
        let typed = typed.trim();
        let key = self.key();
        if self == Self::TicketPrefix && typed.contains('#') {
            // The number's own: threads are found again by it.
            return Err(format!("{key} has no # in it: the number brings its own."));
        }
        match self.shape() {
            Shape::Number { min, max } => typed
                .parse::<i64>()
                .ok()
                .filter(|n| (min..=max).contains(n))
                .map(|n| n.to_string())
                .ok_or_else(|| format!("{key} is a whole number from {min} to {max}.")),
            Shape::Text { min, max } => {
                let length = typed.chars().count();
                let fits = (min..=max).contains(&length) && !typed.contains(char::is_control);
                fits.then(|| typed.to_owned())
                    .ok_or_else(|| format!("{key} has {min} to {max} characters on one line."))
            }
            Shape::Hours => opening_hours::read_hours(typed),
            Shape::Zone => opening_hours::read_zone(typed),
            Shape::Channel => {
                mentioned(typed, "<#").ok_or_else(|| format!("{key} is a channel, like #support."))
            }
            Shape::Role => {
                mentioned(typed, "<@&").ok_or_else(|| format!("{key} is a role, like @staff."))
            }
            Shape::Choice(choices) => {
                let keys: Vec<_> = choices.iter().map(|(key, _)| *key).collect();
                keys.contains(&typed)
                    .then(|| typed.to_owned())
                    .ok_or_else(|| format!("{key} is one of {}.", keys.join(", ")))
            }
        }
    }
}

/// The id in a mention, or the id alone.
fn mentioned(typed: &str, begin: &str) -> Option<String> {
    let inner = typed.strip_prefix(begin).and_then(|t| t.strip_suffix('>'));
    commands::channel_in(inner.unwrap_or(typed)).map(|id| id.to_string())
}
