//! What a command is: how it is given, what it takes, what it does.
//!
//! Forms only; which commands there are stands in the table.

use super::deeds::Does;

/// How a command is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Typed, after a slash.
    Slash,
    /// From a member's menu.
    OnUser,
    /// From a message's menu.
    OnMessage,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Text of so many characters.
    Text {
        /// At least.
        min: u16,
        /// At most.
        max: u16,
    },
    /// The same, with suggestions while one types.
    Suggested {
        /// At most.
        max: u16,
    },
    /// A ticket's number, with suggestions.
    Ticket,
    /// A whole number within these bounds.
    Number {
        /// At least.
        min: u16,
        /// At most.
        max: u16,
    },
    /// Yes or no.
    Flag,
    /// A member.
    User,
    /// A role.
    Role,
    /// A text channel.
    Channel,
    /// One of these, each a name and a value.
    Choice(&'static [(&'static str, &'static str)]),
}

/// An option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opt {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// What it takes.
    pub takes: Takes,
    /// Whether it must be given.
    pub required: bool,
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Its name, and its subcommand's, if it has any.
    pub path: &'static [&'static str],
    /// How it is given.
    pub kind: Kind,
    /// What it does, and so who may use it.
    pub does: Does,
    /// What it does, in words.
    pub about: &'static str,
    /// What it takes; required ones first.
    pub options: &'static [Opt],
}

impl Command {
    /// As it is typed, or as the menu shows it.
    pub fn name(&self) -> String {
        match self.kind {
            Kind::Slash => format!("/{}", self.path.join(" ")),
            Kind::OnUser | Kind::OnMessage => self.path.join(" "),
        }
    }
}
