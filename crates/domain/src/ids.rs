//! Ids: one type per kind of thing, ours and Discord's, so that none is taken for another.
//!
//! They say nothing about what they name and refuse arithmetic.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "store", derive(sea_orm::DeriveValueType))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A guild's row: one Discord server and its settings.
    GuildId;
    /// A ticket's row. People see its number instead, which counts per guild.
    TicketId;
    /// A message or note of a ticket.
    MessageId;
    /// A customer of one guild.
    CustomerId;
    /// A person who signed in with Discord or wrote in a thread.
    PersonId;
    /// A category of one guild.
    CategoryId;
    /// One line of a ticket's history.
    EventId;
    /// A file of a message.
    FileId;
    /// One piece of work promised to Discord.
    OutboxId;
}

/// Discord's ids: 63-bit snowflakes, kept as `i64` because both databases have that type.
macro_rules! snowflakes {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        ids! { $($(#[$doc])* $name;)* }
        $(impl $name {
            /// The id as Discord's libraries take it.
            pub fn get(self) -> u64 {
                self.0.unsigned_abs()
            }

            /// The first id of that moment: for reading what came since.
            pub fn first_at(moment: crate::Timestamp) -> Self {
                Self((moment.millis() - 1_420_070_400_000).max(0) << 22)
            }

            /// Discord's own time of creation, which every snowflake carries.
            pub fn created_at(self) -> crate::Timestamp {
                crate::Timestamp::from_millis((self.0 >> 22) + 1_420_070_400_000)
            }
        }

        impl From<u64> for $name {
            fn from(id: u64) -> Self {
                Self(i64::try_from(id).unwrap_or(i64::MAX))
            }
        })*
    };
}

snowflakes! {
    /// Discord's id of a guild.
    DiscordGuildId;
    /// Discord's id of a channel that is not a thread of ours.
    ChannelId;
    /// Discord's id of a thread.
    ThreadId;
    /// Discord's id of a message.
    DiscordMessageId;
    /// Discord's id of a file attached to a message.
    AttachmentId;
    /// Discord's id of a user.
    DiscordUserId;
    /// Discord's id of a role.
    RoleId;
}
