//! What a guild is made of: its roles with what they may, and its channels, as Discord tells them.
//!
//! Which permissions make somebody a manager stands here once; a command carries them along, and
//! for the web they are read off the roles.

use super::port::guild;
use super::rest::{Ask, Rest};
use desk::bridge::{DeliveryError, Powers, RemoteChannel, RemoteRole};
use domain::{ChannelId, DiscordGuildId, DiscordUserId};
use serde::Deserialize;
use serenity::all::{Permissions, UserId};
use serenity::http::Route;

/// Whoever may do one of these manages the guild.
pub(super) const MANAGES: Permissions = Permissions::ADMINISTRATOR.union(Permissions::MANAGE_GUILD);

/// Discord's numbers for the kinds of channels that we can use.
const TEXT: u8 = 0;
const NEWS: u8 = 5;
const FORUM: u8 = 15;

#[derive(Deserialize)]
struct WireGuild {
    owner_id: Option<UserId>,
    #[serde(default)]
    roles: Vec<WireRole>,
}

#[derive(Deserialize)]
struct WireRole {
    id: serenity::all::RoleId,
    #[serde(default)]
    name: String,
    permissions: Permissions,
    #[serde(default)]
    position: i64,
}

#[derive(Deserialize)]
struct WireChannel {
    id: serenity::all::ChannelId,
    #[serde(default)]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: u8,
    #[serde(default)]
    position: i64,
}

/// Who manages a guild, and its roles.
pub(super) async fn powers(rest: &Rest, of: DiscordGuildId) -> Result<Powers, DeliveryError> {
    let guild_id = guild(of);
    let found: WireGuild = rest.ask(Ask::get(Route::Guild { guild_id })).await?;
    let mut roles = found.roles;
    roles.sort_by_key(|role| std::cmp::Reverse(role.position));
    let role = |role: WireRole| RemoteRole {
        id: domain::RoleId::from(role.id.get()),
        name: role.name,
        manages: role.permissions.intersects(MANAGES),
    };
    Ok(Powers {
        guild: of,
        owner: found.owner_id.map(|user| DiscordUserId::from(user.get())),
        roles: roles.into_iter().map(role).collect(),
    })
}

/// The channels that we can use.
pub(super) async fn channels(
    rest: &Rest,
    of: DiscordGuildId,
) -> Result<Vec<RemoteChannel>, DeliveryError> {
    let guild_id = guild(of);
    let mut found: Vec<WireChannel> = rest
        .ask(Ask::get(Route::GuildChannels { guild_id }))
        .await?;
    found.retain(|channel| matches!(channel.kind, TEXT | NEWS | FORUM));
    found.sort_by_key(|channel| channel.position);
    let channel = |channel: WireChannel| RemoteChannel {
        id: ChannelId::from(channel.id.get()),
        name: channel.name.unwrap_or_default(),
        is_forum: channel.kind == FORUM,
    };
    Ok(found.into_iter().map(channel).collect())
}
