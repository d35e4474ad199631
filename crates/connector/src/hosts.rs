//! Who let the bot into a guild, the way to speak with somebody alone, and what a guild needs to be
//! served: which channel is its own, a channel and a role made for it.
//!
//! It reads what Discord tells and decides nothing: whom to speak to, and what is said, is the desk's.

use super::port::{channel, guild};
use super::rest::{Ask, Rest};
use desk::bridge::{DeliveryError, Hosts, NewChannel};
use domain::{ChannelId, DiscordGuildId, DiscordUserId, RoleId, ThreadId, ThreadKind};
use serde::Deserialize;
use serde_json::json;
use serenity::all::{Permissions, UserId};
use serenity::http::Route;

/// The audit log's number for a bot that was added.
const BOT_ADD: u8 = 28;

#[derive(Deserialize)]
struct WireGuild {
    owner_id: Option<UserId>,
    system_channel_id: Option<serenity::all::ChannelId>,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    audit_log_entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    user_id: Option<UserId>,
    target_id: Option<String>,
}

#[derive(Deserialize)]
struct Channel {
    id: serenity::all::ChannelId,
    guild_id: Option<serenity::all::GuildId>,
}

#[derive(Deserialize)]
struct Role {
    id: serenity::all::RoleId,
}

/// Discord's numbers for kinds of channels, and for whom a rule in one is.
const TEXT: u8 = 0;
const FORUM: u8 = 15;
const FOR_ROLE: u8 = 0;
const FOR_MEMBER: u8 = 1;

/// Who can say how the bot is to serve a guild.
pub(super) async fn of(
    rest: &Rest,
    us: UserId,
    of: DiscordGuildId,
) -> Result<Hosts, DeliveryError> {
    let guild_id = guild(of);
    let found: WireGuild = rest.ask(Ask::get(Route::Guild { guild_id })).await?;
    let id = |user: UserId| DiscordUserId::from(user.get());
    Ok(Hosts {
        inviter: inviter(rest, us, guild_id).await?.map(id),
        owner: found.owner_id.map(id),
        system_channel: found
            .system_channel_id
            .map(|channel| ChannelId::from(channel.get())),
    })
}

/// Who added us, if we may read who did what.
async fn inviter(
    rest: &Rest,
    us: UserId,
    guild_id: serenity::all::GuildId,
) -> Result<Option<UserId>, DeliveryError> {
    let params = vec![
        ("action_type", BOT_ADD.to_string()),
        ("limit", "50".to_owned()),
    ];
    let ask = Ask::get(Route::GuildAuditLogs { guild_id }).params(params);
    match rest.ask::<Log>(ask).await {
        // The newest first.
        Ok(log) => Ok(log
            .audit_log_entries
            .into_iter()
            .find(|entry| entry.target_id.as_deref() == Some(us.to_string().as_str()))
            .and_then(|entry| entry.user_id)),
        Err(DeliveryError::Permanent { .. } | DeliveryError::Gone { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// The guild that a channel is in.
pub(super) async fn guild_of(
    rest: &Rest,
    of: ChannelId,
) -> Result<Option<DiscordGuildId>, DeliveryError> {
    let channel_id = channel(of.get());
    match rest
        .ask::<Channel>(Ask::get(Route::Channel { channel_id }))
        .await
    {
        Ok(channel) => Ok(channel
            .guild_id
            .map(|guild| DiscordGuildId::from(guild.get()))),
        Err(DeliveryError::Gone { .. } | DeliveryError::Permanent { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Makes a channel that only staff and the bot see.
pub(super) async fn make_channel(
    rest: &Rest,
    us: UserId,
    spec: &NewChannel,
) -> Result<ChannelId, DeliveryError> {
    let needed = Permissions::VIEW_CHANNEL
        | Permissions::SEND_MESSAGES
        | Permissions::SEND_MESSAGES_IN_THREADS
        | Permissions::READ_MESSAGE_HISTORY;
    let ours = needed
        | Permissions::CREATE_PUBLIC_THREADS
        | Permissions::CREATE_PRIVATE_THREADS
        | Permissions::EMBED_LINKS
        | Permissions::ATTACH_FILES
        | Permissions::ADD_REACTIONS
        | Permissions::MANAGE_THREADS;
    let rule = |id: u64, kind: u8, allow: Permissions, deny: Permissions| {
        json!({
            "id": id.to_string(),
            "type": kind,
            "allow": allow.bits().to_string(),
            "deny": deny.bits().to_string(),
        })
    };
    let none = Permissions::empty();
    // Everyone's role has the guild's own id.
    let everyone = spec.guild.get();
    let body = json!({
        "name": spec.name,
        "type": match spec.kind {
            ThreadKind::Forum => FORUM,
            ThreadKind::Private | ThreadKind::Public => TEXT,
        },
        "permission_overwrites": [
            rule(everyone, FOR_ROLE, none, Permissions::VIEW_CHANNEL),
            rule(spec.staff.get(), FOR_ROLE, needed, none),
            rule(us.get(), FOR_MEMBER, ours, none),
        ],
    });
    let route = Route::GuildChannels {
        guild_id: guild(spec.guild),
    };
    let made: Channel = rest.ask(Ask::post(route, &body)).await?;
    Ok(ChannelId::from(made.id.get()))
}

/// Makes a role that anyone may mention.
pub(super) async fn make_role(
    rest: &Rest,
    of: DiscordGuildId,
    name: &str,
) -> Result<RoleId, DeliveryError> {
    let body = json!({"name": name, "mentionable": true, "permissions": "0"});
    let route = Route::GuildRoles {
        guild_id: guild(of),
    };
    let made: Role = rest.ask(Ask::post(route, &body)).await?;
    Ok(RoleId::from(made.id.get()))
}

/// Where the bot speaks with a user alone. Asked for again, Discord gives the same.
pub(super) async fn direct(rest: &Rest, user: DiscordUserId) -> Result<ThreadId, DeliveryError> {
    let body = json!({"recipient_id": user.get().to_string()});
    let ask = Ask::post_again(Route::UserMeDmChannels, &body);
    let channel: Channel = rest.ask(ask).await?;
    Ok(ThreadId::from(channel.id.get()))
}
