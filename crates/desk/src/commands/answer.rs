//! What somebody who asked is answered: words, menus and buttons that only they see, or a form.
//!
//! Controls are named by what they do; how a name becomes a custom id is the connector's affair.

use super::deeds::{Does, ForAdmin, ForEveryone, ForOwner, ForStaff};
pub use crate::forms::Reply;
use domain::{ChannelId, RoleId, TicketId};

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Words, for the one who asked alone.
    Say(Say),
    /// A form to fill in.
    Form(Form),
    /// Words with several things to choose from, each in its place.
    Board(Board),
}

/// Words with several rows of controls. Choosing from one shows it anew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Board {
    /// In a sentence or two.
    pub words: String,
    /// A longer text below.
    pub detail: Option<String>,
    /// At most five.
    pub rows: Vec<Row>,
}

/// A row of controls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// One line of a menu.
    Menu(Menu),
    /// One of the guild's channels.
    Channels(Pick<ChannelId>),
    /// One of its roles.
    Roles(Pick<RoleId>),
    /// Buttons, at most five.
    Buttons(Vec<Control>),
}

/// One of Discord's own lists, of which one thing is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick<T> {
    /// What a choice does.
    pub control: Control,
    /// What stands in it before a choice.
    pub hint: &'static str,
    /// What holds now.
    pub now: Option<T>,
}

/// A step of the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Where tickets become threads.
    Channel,
    /// Who is staff.
    Role,
    /// What a ticket becomes.
    Kind,
    /// Where staff read what becomes of tickets.
    Log,
    /// A channel is made.
    MakeChannel,
    /// A role is made.
    MakeRole,
    /// The panel is posted here.
    Panel,
    /// All is checked again.
    Check,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 8] = [
        Self::Channel,
        Self::Role,
        Self::Kind,
        Self::Log,
        Self::MakeChannel,
        Self::MakeRole,
        Self::Panel,
        Self::Check,
    ];

    /// Its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Role => "role",
            Self::Kind => "kind",
            Self::Log => "log",
            Self::MakeChannel => "makechannel",
            Self::MakeRole => "makerole",
            Self::Panel => "panel",
            Self::Check => "check",
        }
    }

    /// The step of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }
}

/// Words, and what can be done next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Say {
    /// In a sentence or two.
    pub words: String,
    /// A longer text below.
    pub detail: Option<String>,
    /// A menu below that.
    pub menu: Option<Menu>,
}

/// A menu of which one line is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu {
    /// What a choice does.
    pub control: Control,
    /// What stands in it before a choice.
    pub hint: String,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is read.
    pub label: String,
    /// What it is about.
    pub about: Option<String>,
    /// What is sent back.
    pub value: String,
    /// Whether it is what holds now.
    pub now: bool,
}

/// A form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    /// What sending it does.
    pub control: Control,
    /// Its heading.
    pub title: String,
    /// Its fields, one to five.
    pub fields: Vec<Field>,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The name under which it comes back.
    pub name: String,
    /// What is asked.
    pub label: String,
    /// Whether the answer is a line or a paragraph.
    pub reply: Reply,
    /// At least so many characters; 0: it may be left out.
    pub min: u16,
    /// At most so many.
    pub max: u16,
}

impl From<String> for Answer {
    fn from(words: String) -> Self {
        Self::Say(Say {
            words,
            ..Say::default()
        })
    }
}

impl From<&str> for Answer {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

/// A button, a menu or a form of ours, by what it does. It holds no state: one from last year does
/// what it says on the ticket as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Control {
    /// Take the ticket.
    Assign(TicketId),
    /// Give it back.
    Release(TicketId),
    /// Offer the priorities that it may have.
    AskPriority(TicketId),
    /// Set its priority to the choice.
    SetPriority(TicketId),
    /// Move it to the category of the choice.
    SetCategory(TicketId),
    /// Ask for a reason, and close.
    AskClose(TicketId),
    /// The form with the reason.
    Close(TicketId),
    /// Open it again.
    Reopen(TicketId),
    /// Begin a ticket.
    AskNew,
    /// The menu of categories.
    PickCategory,
    /// The form of a new ticket, of the category with this key.
    File(String),
    /// The asker's own tickets.
    Mine,
    /// A step of the set-up.
    SetUp(Step),
}

impl Control {
    /// What it does.
    pub fn does(&self) -> Does {
        match self {
            Self::Assign(_) => Does::Staff(ForStaff::Claim),
            Self::Release(_) => Does::Staff(ForStaff::Release),
            Self::AskPriority(_) => Does::Staff(ForStaff::AskPriority),
            Self::SetPriority(_) => Does::Staff(ForStaff::SetPriority),
            Self::SetCategory(_) => Does::Staff(ForStaff::Category),
            Self::AskClose(_) => Does::Owner(ForOwner::AskClose),
            Self::Close(_) => Does::Owner(ForOwner::Close),
            Self::Reopen(_) => Does::Owner(ForOwner::Reopen),
            Self::AskNew | Self::PickCategory => Does::Everyone(ForEveryone::AskNew),
            Self::File(_) => Does::Everyone(ForEveryone::File),
            Self::Mine => Does::Everyone(ForEveryone::Mine),
            Self::SetUp(_) => Does::Admin(ForAdmin::SetUpStep),
        }
    }

    /// The ticket that it names.
    pub fn ticket(&self) -> Option<TicketId> {
        match self {
            Self::Assign(ticket)
            | Self::Release(ticket)
            | Self::AskPriority(ticket)
            | Self::SetPriority(ticket)
            | Self::SetCategory(ticket)
            | Self::AskClose(ticket)
            | Self::Close(ticket)
            | Self::Reopen(ticket) => Some(*ticket),
            Self::AskNew | Self::PickCategory | Self::File(_) | Self::Mine | Self::SetUp(_) => None,
        }
    }

    /// The name of the value that a choice from it sets.
    pub fn choice(&self) -> Option<&'static str> {
        match self {
            Self::SetPriority(_) => Some("priority"),
            Self::PickCategory | Self::SetCategory(_) => Some("category"),
            Self::SetUp(_) => Some("choice"),
            _ => None,
        }
    }

    /// The value that it carries itself.
    pub fn carries(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::File(category) => Some(("category", category)),
            Self::SetUp(step) => Some(("step", step.key())),
            _ => None,
        }
    }

    /// What people read on it, or over it.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Assign(_) => "Assign",
            Self::Release(_) => "Release",
            Self::AskPriority(_) => "Priority",
            Self::SetPriority(_) => "the menu of priorities",
            Self::SetCategory(_) => "the menu of categories for a ticket",
            Self::AskClose(_) => "Close",
            Self::Close(_) => "the form with a reason",
            Self::Reopen(_) => "Reopen",
            Self::AskNew => "Create Ticket",
            Self::PickCategory => "the menu of categories",
            Self::File(_) => "the form of a new ticket",
            Self::Mine => "My Tickets",
            Self::SetUp(Step::MakeChannel) => "Make a channel",
            Self::SetUp(Step::MakeRole) => "Make a role",
            Self::SetUp(Step::Panel) => "Post the panel here",
            Self::SetUp(Step::Check) => "Check again",
            Self::SetUp(Step::Channel) => "the set-up's menu of channels",
            Self::SetUp(Step::Role) => "the set-up's menu of roles",
            Self::SetUp(Step::Kind) => "the set-up's menu of what a ticket becomes",
            Self::SetUp(Step::Log) => "the set-up's menu of channels for the log",
        }
    }

    /// Whether what it is on is shown anew when it is used.
    pub fn renews(&self) -> bool {
        matches!(self, Self::SetUp(_))
    }

    /// One of each, for lists.
    pub fn examples() -> Vec<Self> {
        let ticket = TicketId(1);
        let mut all = vec![
            Self::AskNew,
            Self::PickCategory,
            Self::File("question".to_owned()),
            Self::Mine,
            Self::AskClose(ticket),
            Self::Close(ticket),
            Self::Reopen(ticket),
            Self::Assign(ticket),
            Self::Release(ticket),
            Self::AskPriority(ticket),
            Self::SetPriority(ticket),
            Self::SetCategory(ticket),
        ];
        all.extend(Step::ALL.map(Self::SetUp));
        all
    }
}
