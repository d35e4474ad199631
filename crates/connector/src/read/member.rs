//! Members as the desk knows them, from REST, from an event or from an interaction.

use desk::bridge::RemoteMember;
use domain::{DiscordUserId, RoleId};
use serde::Deserialize;
use serenity::all::{RoleId as DiscordRoleId, UserId};

#[derive(Deserialize)]
pub(crate) struct WireUser {
    pub(crate) id: UserId,
    username: String,
    global_name: Option<String>,
    avatar: Option<String>,
    pub(super) bot: Option<bool>,
}

impl WireUser {
    pub(super) fn name(self, nick: Option<String>) -> String {
        nick.or(self.global_name).unwrap_or(self.username)
    }

    pub(super) fn picture(&self) -> Option<String> {
        let (id, hash) = (self.id, self.avatar.as_ref()?);
        Some(format!(
            "https://cdn.discordapp.com/avatars/{id}/{hash}.png?size=64"
        ))
    }
}

#[derive(Deserialize)]
pub(crate) struct WireMember {
    /// Absent in a message, whose author it is.
    user: Option<WireUser>,
    pub(super) nick: Option<String>,
    pub(super) roles: Vec<DiscordRoleId>,
}

pub(super) fn roles(roles: Vec<DiscordRoleId>) -> Vec<RoleId> {
    roles
        .into_iter()
        .map(|role| RoleId::from(role.get()))
        .collect()
}

/// A member, as the members' list or an interaction tells it.
pub(crate) fn member(wire: WireMember) -> Option<RemoteMember> {
    let user = wire.user?;
    Some(RemoteMember {
        user: DiscordUserId::from(user.id.get()),
        avatar: user.picture(),
        bot: user.bot.unwrap_or(false),
        name: user.name(wire.nick),
        roles: roles(wire.roles),
    })
}

/// The same from serenity's own form.
pub(crate) fn interaction_member(member: &serenity::all::Member) -> RemoteMember {
    let user = WireUser {
        id: member.user.id,
        username: member.user.name.clone(),
        global_name: member.user.global_name.clone(),
        avatar: member.user.avatar.map(|hash| hash.to_string()),
        bot: Some(member.user.bot),
    };
    RemoteMember {
        user: DiscordUserId::from(user.id.get()),
        avatar: user.picture(),
        bot: member.user.bot,
        name: user.name(member.nick.clone()),
        roles: roles(member.roles.clone()),
    }
}

/// Somebody whom a command names; a user who is no member has no roles.
pub(crate) fn resolved_member(
    user: &serenity::all::User,
    member: Option<&serenity::all::PartialMember>,
) -> RemoteMember {
    let wire = WireUser {
        id: user.id,
        username: user.name.clone(),
        global_name: user.global_name.clone(),
        avatar: user.avatar.map(|hash| hash.to_string()),
        bot: Some(user.bot),
    };
    RemoteMember {
        user: DiscordUserId::from(user.id.get()),
        avatar: wire.picture(),
        bot: user.bot,
        name: wire.name(member.and_then(|member| member.nick.clone())),
        roles: member.map_or_else(Vec::new, |member| roles(member.roles.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn a_member_is_named_as_the_guild_names_them() {
        let read = |value: Value| member(serde_json::from_value(value).unwrap());
        let told = read(json!({
            "user": {"id": "5", "username": "mira", "global_name": null, "avatar": null},
            "nick": null, "roles": [], "joined_at": null,
        }));
        let told = told.unwrap();
        assert_eq!(
            (told.name.as_str(), told.avatar, told.bot),
            ("mira", None, false)
        );
        assert_eq!(read(json!({"roles": []})), None);
    }
}
