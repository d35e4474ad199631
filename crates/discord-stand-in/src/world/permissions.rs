//! Who may see what and do what: roles, overwrites, threads.
//! It answers questions and changes nothing.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use twilight_model::guild::Permissions;

use super::World;
use super::channels::Channel;
use crate::error::{Answer, Refusal};

/// Grants and refusals for a role or a member in one channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Overwrite {
    pub(crate) id: u64,
    /// For a role, else for a member.
    pub(crate) role: bool,
    pub(crate) allow: Permissions,
    pub(crate) deny: Permissions,
}

impl World {
    /// What the member may do in the guild at large.
    pub(crate) fn guild_permissions(&self, user: u64) -> Permissions {
        let Some(member) = self.members.get(&user) else {
            return Permissions::empty();
        };
        if self.guild.owner_id == user {
            return Permissions::all();
        }
        let everyone = self.roles.get(&self.guild.id);
        let mut all = everyone.map_or(Permissions::empty(), |role| role.permissions);
        for role in &member.roles {
            if let Some(role) = self.roles.get(role) {
                all |= role.permissions;
            }
        }
        if all.contains(Permissions::ADMINISTRATOR) {
            return Permissions::all();
        }
        all
    }

    /// What the member may do in this channel; a thread takes its parent's answer.
    pub(crate) fn permissions_in(&self, user: u64, channel: &Channel) -> Permissions {
        let base = self.guild_permissions(user);
        if base == Permissions::all() {
            return base;
        }
        let Some(member) = self.members.get(&user) else {
            return Permissions::empty();
        };
        let rules = if channel.thread.is_some() {
            match channel.parent_id.and_then(|id| self.channels.get(&id)) {
                Some(parent) => &parent.overwrites,
                None => return Permissions::empty(),
            }
        } else {
            &channel.overwrites
        };
        let mut all = base;
        let everyone = rules.iter().filter(|rule| rule.id == self.guild.id);
        for rule in everyone {
            all = (all - rule.deny) | rule.allow;
        }
        let mut allow = Permissions::empty();
        let mut deny = Permissions::empty();
        for rule in rules {
            if rule.role && rule.id != self.guild.id && member.roles.contains(&rule.id) {
                allow |= rule.allow;
                deny |= rule.deny;
            }
        }
        all = (all - deny) | allow;
        for rule in rules.iter().filter(|rule| !rule.role && rule.id == user) {
            all = (all - rule.deny) | rule.allow;
        }
        if !all.contains(Permissions::VIEW_CHANNEL) {
            return Permissions::empty();
        }
        all
    }

    /// Whether the user can see the channel or thread.
    pub(crate) fn can_view(&self, user: u64, channel: u64) -> bool {
        let Some(channel) = self.channels.get(&channel) else {
            return false;
        };
        let granted = self.permissions_in(user, channel);
        if !granted.contains(Permissions::VIEW_CHANNEL) {
            return false;
        }
        match &channel.thread {
            Some(thread) if channel.is_private() => {
                granted.contains(Permissions::MANAGE_THREADS) || thread.members.contains_key(&user)
            }
            _ => true,
        }
    }

    /// All who can see the channel.
    pub(crate) fn viewers(&self, channel: u64) -> Vec<u64> {
        let members = self.members.keys().copied();
        members
            .filter(|user| self.can_view(*user, channel))
            .collect()
    }

    /// The channel, if it exists (10003) and the user can see it (50001).
    pub(crate) fn visible(&self, user: u64, channel: u64) -> Answer<&Channel> {
        let found = self.channel(channel)?;
        if self.can_view(user, channel) {
            Ok(found)
        } else if found.is_private() && self.switches.unseen_thread_is_unknown {
            Err(Refusal::of(10003))
        } else {
            Err(Refusal::of(50001))
        }
    }

    /// The visible channel, if the user may do all of `needed` in it (50013).
    pub(crate) fn allowed(&self, user: u64, channel: u64, needed: Permissions) -> Answer<&Channel> {
        let found = self.visible(user, channel)?;
        if self.permissions_in(user, found).contains(needed) {
            Ok(found)
        } else {
            Err(Refusal::of(50013))
        }
    }

    /// Whether the user may do all of `needed` in the channel.
    pub(crate) fn may(&self, user: u64, channel: u64, needed: Permissions) -> bool {
        self.channels
            .get(&channel)
            .is_some_and(|found| self.permissions_in(user, found).contains(needed))
    }

    /// Whether the user moderates this thread.
    pub(crate) fn moderates(&self, user: u64, thread: u64) -> bool {
        self.may(user, thread, Permissions::MANAGE_THREADS)
    }

    /// The permission to speak here: threads have their own.
    pub(crate) fn speech(channel: &Channel) -> Permissions {
        if channel.thread.is_some() {
            Permissions::SEND_MESSAGES_IN_THREADS
        } else {
            Permissions::SEND_MESSAGES
        }
    }

    /// All members who have the role.
    pub(crate) fn role_members(&self, role: u64) -> BTreeSet<u64> {
        self.members
            .iter()
            .filter(|(_, member)| member.roles.contains(&role))
            .map(|(user, _)| *user)
            .collect()
    }
}
