//! What somebody asks for inside Discord, whichever door it came through.
//!
//! A command, a press, a choice and a submitted form all become one [`Asked`]: who, where, what to
//! do, and with which values. Only whether the values are within their options' bounds is checked here;
//! whether they mean anything, and who may, is not known.

use super::answer::{Answer, Say};
use super::command::Opt;
use super::deeds::{Does, ForEveryone, ForOwner};
use crate::bridge::{RemoteFile, RemoteMember};
use crate::{DeskError, DiscordProfile, RequestKey};
use domain::{ChannelId, DiscordGuildId, DiscordMessageId, RoleId, ThreadId, TicketId};

/// Something that somebody asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The interaction's own secret: what is told twice with it is done once.
    pub secret: String,
    /// The guild.
    pub guild: DiscordGuildId,
    /// The channel or thread.
    pub channel: ThreadId,
    /// Whether that is a thread.
    pub in_thread: bool,
    /// Who, by the interaction's own word, never a remembered one.
    pub member: RemoteMember,
    /// Whether Discord lets them manage the guild.
    pub manages_guild: bool,
    /// What.
    pub act: Act,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Act {
    /// What.
    pub does: Does,
    /// On which ticket, where a button or a form names one.
    pub ticket: Option<TicketId>,
    /// With what.
    pub values: Values,
    /// What a command takes; nothing, where a control or a form carries its own bounds.
    pub takes: &'static [Opt],
}

/// A value of an option, of a menu, of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// A member, or a user who is none (any more) and so has no roles.
    User(Box<RemoteMember>),
    /// A role.
    Role(RoleId),
    /// A channel.
    Channel(ChannelId),
    /// A message.
    Message(Box<Written>),
}

/// A message of which something is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Which.
    pub id: DiscordMessageId,
    /// Who wrote it.
    pub author: RemoteMember,
    /// What it says.
    pub text: String,
    /// Its files.
    pub files: Vec<RemoteFile>,
}

/// Values by their names.
#[derive(Clone, Debug, Default)]
pub struct Values(Vec<(String, Value)>);

impl FromIterator<(String, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl Values {
    /// Adds a value.
    pub fn add(&mut self, name: impl Into<String>, value: Value) {
        self.0.push((name.into(), value));
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    /// Text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            Value::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// What was typed into the fields of a form, by their names.
    pub(crate) fn typed(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(name, value)| match value {
            Value::Text(text) if name != "category" => Some((name.as_str(), text.trim())),
            _ => None,
        })
    }

    /// Why nothing comes of it, and all that was typed: Discord throws away what was sent.
    pub fn given_back(&self, why: String) -> Answer {
        let typed: Vec<_> = self.typed().map(|(_, answer)| answer).collect();
        match typed.join("\n\n").trim() {
            "" => why.into(),
            typed => Answer::Say(Say {
                words: format!("{why}\nNothing is lost; this is what you wrote:"),
                detail: Some(typed.to_owned()),
                menu: None,
            }),
        }
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Value::Flag(true)))
    }

    pub(crate) fn user(&self, name: &str) -> Option<&RemoteMember> {
        match self.get(name)? {
            Value::User(user) => Some(user),
            _ => None,
        }
    }

    pub(crate) fn role(&self, name: &str) -> Option<RoleId> {
        match self.get(name)? {
            Value::Role(role) => Some(*role),
            _ => None,
        }
    }

    pub(crate) fn channel(&self, name: &str) -> Option<ChannelId> {
        match self.get(name)? {
            Value::Channel(channel) => Some(*channel),
            _ => None,
        }
    }

    pub(crate) fn message(&self, name: &str) -> Option<&Written> {
        match self.get(name)? {
            Value::Message(message) => Some(message),
            _ => None,
        }
    }
}

impl Act {
    /// Why not, in words, and with them what was written, where this is a form that was sent.
    pub fn refused(&self, why: String) -> Answer {
        let is_form = matches!(
            self.does,
            Does::Everyone(ForEveryone::File) | Does::Owner(ForOwner::Close)
        ) && self.takes.is_empty();
        match is_form {
            true => self.values.given_back(why),
            false => why.into(),
        }
    }

    /// Whether every option is within its bounds. Discord's own clients see to that; whoever holds
    /// the application's key may send anything.
    pub(crate) fn check(&self) -> Result<(), DeskError> {
        let wrong = |option: &&Opt| match self.values.get(option.name) {
            Some(value) => !option.takes.fits(value),
            None => option.required,
        };
        match self.takes.iter().find(wrong) {
            None => Ok(()),
            Some(option) => Err(DeskError::Conflict {
                why: format!("`{}` takes {}.", option.name, option.takes.in_words()),
            }),
        }
    }
}

impl Asked {
    pub(crate) fn key(&self) -> RequestKey {
        RequestKey::from_secret(&self.secret)
    }
}

pub(crate) fn profile(member: &RemoteMember) -> DiscordProfile {
    DiscordProfile {
        user: member.user,
        name: member.name.clone(),
        avatar: member.avatar.clone(),
    }
}
