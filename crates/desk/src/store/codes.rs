//! One-time codes that tie a ticket to a Discord account, by their hashes, and the wrong ones that an
//! account tried. How long a code holds and how many tries there are is decided elsewhere.

use super::commands::run;
use super::db::sql;
use crate::DeskError;
use domain::{DiscordUserId, GuildId, TicketId, Timestamp};
use sea_orm::ConnectionTrait;

/// Keeps a code for a ticket, in place of those that were given before.
pub(crate) async fn add_code(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), DeskError> {
    let old = "DELETE FROM link_code WHERE ticket_id = $1 OR expires_at < $2";
    run(db, old, [ticket.into(), now.into()]).await?;
    let text = "INSERT INTO link_code (code_hash, ticket_id, expires_at) VALUES ($1, $2, $3)";
    run(db, text, [hash.into(), ticket.into(), expires_at.into()])
        .await
        .map(drop)
}

/// Takes a code that still holds: it works once.
pub(crate) async fn take_code(
    db: &impl ConnectionTrait,
    guild: GuildId,
    hash: &str,
    now: Timestamp,
) -> Result<Option<TicketId>, DeskError> {
    let text = "DELETE FROM link_code WHERE code_hash = $1 AND expires_at >= $2
                AND ticket_id IN (SELECT id FROM ticket WHERE guild_id = $3)
                RETURNING ticket_id";
    let row = db
        .query_one_raw(sql(db, text, [hash.into(), now.into(), guild.into()]))
        .await?;
    Ok(row.map(|row| row.try_get("", "ticket_id")).transpose()?)
}

/// Notes a wrong code.
pub(crate) async fn add_try(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
    at: Timestamp,
) -> Result<(), DeskError> {
    let text = "INSERT INTO link_try (guild_id, discord_id, at) VALUES ($1, $2, $3)";
    run(db, text, [guild.into(), user.into(), at.into()])
        .await
        .map(drop)
}

/// How many wrong codes an account tried since `since`; older ones are forgotten.
pub(crate) async fn tries(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
    since: Timestamp,
) -> Result<i64, DeskError> {
    run(db, "DELETE FROM link_try WHERE at < $1", [since.into()]).await?;
    let text = "SELECT COUNT(*) AS tries FROM link_try WHERE guild_id = $1 AND discord_id = $2";
    let row = db
        .query_one_raw(sql(db, text, [guild.into(), user.into()]))
        .await?;
    Ok(row
        .map(|row| row.try_get("", "tries"))
        .transpose()?
        .unwrap_or(0))
}
