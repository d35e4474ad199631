//! What a guild consists of, as far as its admins decide on it: its roles, its channels, and who
//! manages it.
//!
//! Which of Discord's permissions make somebody a manager is the connector's to read; here is only
//! what follows from it.

use domain::{ChannelId, DiscordGuildId, DiscordUserId, RoleId};

/// A role of a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteRole {
    /// Which.
    pub id: RoleId,
    /// What it is called.
    pub name: String,
    /// Whoever has it manages the guild.
    pub manages: bool,
}

/// A channel in which tickets or words of ours can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteChannel {
    /// Which.
    pub id: ChannelId,
    /// What it is called.
    pub name: String,
    /// It takes posts rather than messages.
    pub is_forum: bool,
}

/// Who manages a guild: its owner, and whoever has a role that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Powers {
    /// Which guild.
    pub guild: DiscordGuildId,
    /// Whose it is.
    pub owner: Option<DiscordUserId>,
    /// Its roles, the highest first.
    pub roles: Vec<RemoteRole>,
}

impl Powers {
    /// Whether a member with these roles manages the guild.
    pub(crate) fn manages(&self, user: DiscordUserId, roles: &[RoleId]) -> bool {
        // Everyone's role has the guild's own id, and no member lists it.
        let has = |id: RoleId| id.0 == self.guild.0 || roles.contains(&id);
        self.owner == Some(user) || self.roles.iter().any(|role| role.manages && has(role.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_owner_and_whoever_has_a_role_that_manages() {
        let role = |id, manages| RemoteRole {
            id: RoleId(id),
            name: String::new(),
            manages,
        };
        let mut powers = Powers {
            guild: DiscordGuildId(1),
            owner: Some(DiscordUserId(7)),
            roles: vec![role(3, true), role(2, false), role(1, false)],
        };
        assert!(powers.manages(DiscordUserId(7), &[]));
        assert!(powers.manages(DiscordUserId(8), &[RoleId(2), RoleId(3)]));
        assert!(!powers.manages(DiscordUserId(8), &[RoleId(2)]));
        assert!(!powers.manages(DiscordUserId(8), &[RoleId(1)]));
        powers.roles[2].manages = true;
        assert!(powers.manages(DiscordUserId(8), &[]));
    }
}
