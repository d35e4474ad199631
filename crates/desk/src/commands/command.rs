//! What a command is: how it is given, what it takes, what it does.
//!
//! Forms only; which commands there are stands in the table.

use super::asked::Value;
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

impl Takes {
    /// Whether this may be given for it. Characters are counted as Discord's clients show them, so
    /// that nothing is refused that they let pass.
    pub(super) fn fits(self, value: &Value) -> bool {
        let long = |text: &str, min: u16, max: u16| {
            (usize::from(min)..=usize::from(max)).contains(&text.chars().count())
        };
        match (self, value) {
            (Self::Text { min, max }, Value::Text(text)) => long(text, min, max),
            (Self::Suggested { max }, Value::Text(text)) => long(text, 1, max),
            (Self::Number { min, max }, Value::Integer(number)) => {
                (i64::from(min)..=i64::from(max)).contains(number)
            }
            (Self::Choice(choices), Value::Text(text)) => {
                choices.iter().any(|(_, value)| value == text)
            }
            (Self::Ticket, Value::Integer(_))
            | (Self::Flag, Value::Flag(_))
            | (Self::User, Value::User(_))
            | (Self::Role, Value::Role(_))
            | (Self::Channel, Value::Channel(_)) => true,
            _ => false,
        }
    }

    /// What may be given, for whoever gave something else.
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Text { min, max } => format!("{min} to {max} characters"),
            Self::Suggested { max } => format!("at most {max} characters"),
            Self::Ticket => "a ticket's number".to_owned(),
            Self::Number { min, max } => format!("a whole number from {min} to {max}"),
            Self::Flag => "yes or no".to_owned(),
            Self::User => "a member".to_owned(),
            Self::Role => "a role".to_owned(),
            Self::Channel => "a channel".to_owned(),
            Self::Choice(choices) => {
                let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
                format!("one of: {}", names.join(", "))
            }
        }
    }
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
