//! How a guild wants its tickets' threads: of which kind, and how staff mark their notes there.
//!
//! Names and choices only; what each kind demands of Discord is the connector's to know.

use serde::{Deserialize, Serialize};

/// What a ticket becomes in Discord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(
    feature = "store",
    derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum),
    sea_orm(rs_type = "String", db_type = "Text")
)]
#[serde(rename_all = "snake_case")]
pub enum ThreadKind {
    /// A private thread: seen by those who are in it, and by moderators.
    #[default]
    #[cfg_attr(feature = "store", sea_orm(string_value = "private"))]
    Private,
    /// A public thread that hangs on a message, in a channel that only staff see.
    #[cfg_attr(feature = "store", sea_orm(string_value = "public"))]
    Public,
    /// A post in a forum that only staff see, with tags.
    #[cfg_attr(feature = "store", sea_orm(string_value = "forum"))]
    Forum,
}

impl ThreadKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Private, Self::Public, Self::Forum];

    /// Its name in settings.
    pub fn key(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Forum => "forum",
        }
    }

    /// The kind of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// What makes a staff member's message in a thread a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotesInDiscord {
    /// It begins with the guild's prefix.
    #[default]
    Prefix,
    /// Everything is a note; the customer is answered by the command `/reply`.
    ReplyCommand,
}

impl NotesInDiscord {
    /// Every rule.
    pub const ALL: [Self; 2] = [Self::Prefix, Self::ReplyCommand];

    /// Its name in settings.
    pub fn key(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::ReplyCommand => "reply-command",
        }
    }

    /// The rule of that name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.key() == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_settings_lead_back() {
        for kind in ThreadKind::ALL {
            assert_eq!(ThreadKind::from_key(kind.key()), Some(kind));
        }
        for rule in NotesInDiscord::ALL {
            assert_eq!(NotesInDiscord::from_key(rule.key()), Some(rule));
        }
        assert_eq!(ThreadKind::from_key("Forum"), None);
    }
}
