//! Who may file no tickets from Discord, per guild.
//!
//! What being blocked means is decided elsewhere.

use super::commands::run;
use super::db::{Db, sql};
use crate::DeskError;
use domain::{DiscordUserId, GuildId, Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult};

/// Somebody who is blocked.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Blocked {
    pub(crate) discord_id: DiscordUserId,
    /// The name of whoever did it; not kept at first.
    pub(crate) blocked_by: Option<String>,
    pub(crate) blocked_at: Option<Timestamp>,
}

/// Blocks an account. `false`: it was.
pub(crate) async fn block(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
    by: &str,
    at: Timestamp,
) -> Result<bool, DeskError> {
    let text = "INSERT INTO blocked_user (guild_id, discord_id, blocked_by, blocked_at)
                VALUES ($1, $2, $3, $4) ON CONFLICT (guild_id, discord_id) DO NOTHING";
    let values = [guild.into(), user.into(), by.into(), at.into()];
    Ok(run(db, text, values).await? > 0)
}

/// Takes the block away. `false`: there was none.
pub(crate) async fn unblock(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM blocked_user WHERE guild_id = $1 AND discord_id = $2";
    Ok(run(db, text, [guild.into(), user.into()]).await? > 0)
}

/// Whether an account is blocked.
pub(crate) async fn is_blocked(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<bool, DeskError> {
    let text = "SELECT 1 FROM blocked_user WHERE guild_id = $1 AND discord_id = $2";
    let row = db.query_one_raw(sql(db, text, [guild.into(), user.into()]));
    Ok(row.await?.is_some())
}

/// All who are blocked, the latest first.
pub(crate) async fn all(db: &Db, guild: GuildId) -> Result<Vec<Blocked>, DeskError> {
    let text = "SELECT discord_id, blocked_by, blocked_at FROM blocked_user
                WHERE guild_id = $1 ORDER BY COALESCE(blocked_at, 0) DESC, discord_id";
    Ok(
        Blocked::find_by_statement(sql(&db.read, text, [guild.into()]))
            .all(&db.read)
            .await?,
    )
}
