//! What commands keep per guild: who else is staff, options, quick replies, tags, and which
//! commands Discord was told. Tickets as Discord lists them are in `ticket_lines`.

use super::db::{Db, sql};
use crate::DeskError;
use domain::view::QuickReply;
use domain::{ChannelId, DiscordGuildId, DiscordUserId, GuildId, RoleId, TicketId};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use std::collections::HashMap;

/// Who is made staff beside those with the staff role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grantee {
    /// Somebody.
    User(DiscordUserId),
    /// Everyone with a role.
    Role(RoleId),
}

impl Grantee {
    fn parts(self) -> (&'static str, i64) {
        match self {
            Self::User(user) => ("user", user.0),
            Self::Role(role) => ("role", role.0),
        }
    }
}

pub(super) async fn run<I>(
    db: &impl ConnectionTrait,
    text: &str,
    values: I,
) -> Result<u64, DeskError>
where
    I: IntoIterator<Item = Value>,
{
    Ok(db.execute_raw(sql(db, text, values)).await?.rows_affected())
}

async fn texts<I>(
    db: &impl ConnectionTrait,
    text: &str,
    values: I,
) -> Result<Vec<String>, DeskError>
where
    I: IntoIterator<Item = Value>,
{
    let rows = db.query_all_raw(sql(db, text, values)).await?;
    Ok(rows
        .into_iter()
        .map(|row| row.try_get("", "word"))
        .collect::<Result<_, _>>()?)
}

/// Makes somebody staff. `false`: they were.
pub(crate) async fn grant(
    db: &impl ConnectionTrait,
    guild: GuildId,
    to: Grantee,
) -> Result<bool, DeskError> {
    let (kind, id) = to.parts();
    let text = "INSERT INTO staff_grant (guild_id, kind, discord_id) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, kind, discord_id) DO NOTHING";
    Ok(run(db, text, [guild.into(), kind.into(), id.into()]).await? > 0)
}

/// Takes it back. `false`: there was nothing to take.
pub(crate) async fn revoke(
    db: &impl ConnectionTrait,
    guild: GuildId,
    from: Grantee,
) -> Result<bool, DeskError> {
    let (kind, id) = from.parts();
    let text = "DELETE FROM staff_grant WHERE guild_id = $1 AND kind = $2 AND discord_id = $3";
    Ok(run(db, text, [guild.into(), kind.into(), id.into()]).await? > 0)
}

/// Everyone who was made staff.
pub(crate) async fn grants(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<Grantee>, DeskError> {
    let text =
        "SELECT kind, discord_id FROM staff_grant WHERE guild_id = $1 ORDER BY kind, discord_id";
    let mut grants = Vec::new();
    for row in db.query_all_raw(sql(db, text, [guild.into()])).await? {
        let (kind, id): (String, i64) = (row.try_get("", "kind")?, row.try_get("", "discord_id")?);
        grants.push(match kind.as_str() {
            "role" => Grantee::Role(RoleId(id)),
            _ => Grantee::User(DiscordUserId(id)),
        });
    }
    Ok(grants)
}

/// What admins set.
pub(crate) async fn options(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<HashMap<String, String>, DeskError> {
    let text = "SELECT key, value FROM guild_option WHERE guild_id = $1";
    let mut options = HashMap::new();
    for row in db.query_all_raw(sql(db, text, [guild.into()])).await? {
        options.insert(row.try_get("", "key")?, row.try_get("", "value")?);
    }
    Ok(options)
}

/// Sets an option; `None` goes back to its default.
pub(crate) async fn set_option(
    db: &impl ConnectionTrait,
    guild: GuildId,
    key: &str,
    value: Option<&str>,
) -> Result<(), DeskError> {
    let Some(value) = value else {
        let text = "DELETE FROM guild_option WHERE guild_id = $1 AND key = $2";
        return run(db, text, [guild.into(), key.into()]).await.map(drop);
    };
    let text = "INSERT INTO guild_option (guild_id, key, value) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value";
    run(db, text, [guild.into(), key.into(), value.into()])
        .await
        .map(drop)
}

/// Keeps a quick reply under its name.
pub(crate) async fn set_quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
    body: &str,
) -> Result<(), DeskError> {
    let text = "INSERT INTO quick_reply (guild_id, name, body) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, name) DO UPDATE SET body = excluded.body";
    run(db, text, [guild.into(), name.into(), body.into()])
        .await
        .map(drop)
}

pub(crate) async fn remove_quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM quick_reply WHERE guild_id = $1 AND name = $2";
    Ok(run(db, text, [guild.into(), name.into()]).await? > 0)
}

pub(crate) async fn quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
) -> Result<Option<String>, DeskError> {
    let text = "SELECT body AS word FROM quick_reply WHERE guild_id = $1 AND name = $2";
    Ok(texts(db, text, [guild.into(), name.into()]).await?.pop())
}

/// All quick replies, by name.
pub(crate) async fn quick_replies(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<QuickReply>, DeskError> {
    let text = "SELECT name, body FROM quick_reply WHERE guild_id = $1 ORDER BY name";
    let rows = db.query_all_raw(sql(db, text, [guild.into()])).await?;
    let read = |row: QueryResult| -> Result<QuickReply, DeskError> {
        Ok(QuickReply {
            name: row.try_get("", "name")?,
            body: row.try_get("", "body")?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Puts a tag on a ticket. `false`: it was there.
pub(crate) async fn tag(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    tag: &str,
) -> Result<bool, DeskError> {
    let text = "INSERT INTO ticket_tag (ticket_id, tag) VALUES ($1, $2)
                ON CONFLICT (ticket_id, tag) DO NOTHING";
    Ok(run(db, text, [ticket.into(), tag.into()]).await? > 0)
}

pub(crate) async fn untag(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    tag: &str,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM ticket_tag WHERE ticket_id = $1 AND tag = $2";
    Ok(run(db, text, [ticket.into(), tag.into()]).await? > 0)
}

pub(crate) async fn tags(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<String>, DeskError> {
    let text = "SELECT tag AS word FROM ticket_tag WHERE ticket_id = $1 ORDER BY tag";
    texts(db, text, [ticket.into()]).await
}

/// The tags in use in a guild.
pub(crate) async fn known_tags(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<String>, DeskError> {
    let text = "SELECT DISTINCT g.tag AS word FROM ticket_tag g JOIN ticket t ON t.id = g.ticket_id
                WHERE t.guild_id = $1 ORDER BY g.tag LIMIT 500";
    texts(db, text, [guild.into()]).await
}

/// The hash of the commands that a scope was told.
pub(crate) async fn registered(db: &Db, scope: &str) -> Result<Option<String>, DeskError> {
    let text = "SELECT hash AS word FROM registration WHERE scope = $1";
    Ok(texts(&db.read, text, [scope.into()]).await?.pop())
}

pub(crate) async fn remember_registered(db: &Db, scope: &str, hash: &str) -> Result<(), DeskError> {
    let text = "INSERT INTO registration (scope, hash) VALUES ($1, $2)
                ON CONFLICT (scope) DO UPDATE SET hash = excluded.hash";
    run(&db.write, text, [scope.into(), hash.into()])
        .await
        .map(drop)
}

/// A guild's commands are to be told anew, whichever application told them.
pub(crate) async fn forget_registered(db: &Db, guild: DiscordGuildId) -> Result<(), DeskError> {
    let text = "DELETE FROM registration WHERE scope LIKE $1";
    run(&db.write, text, [format!("%/{guild}").into()])
        .await
        .map(drop)
}

/// An id in an option.
pub(crate) fn channel_in(value: &str) -> Option<ChannelId> {
    value.parse().ok().filter(|id: &ChannelId| id.0 > 0)
}
