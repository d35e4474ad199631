//! Panels' rows: which message is a guild's panel, what it shows, and when it may be touched again.

use super::commands::run;
use super::db::{Db, sql};
use crate::DeskError;
use domain::{ChannelId, DiscordMessageId, GuildId, Timestamp};
use sea_orm::FromQueryResult;

/// The panel that was posted last.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Row {
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: DiscordMessageId,
    /// What it says, as one text.
    pub(crate) shown: String,
    pub(crate) not_before: Timestamp,
}

/// The guild's panel.
pub(crate) async fn of(db: &Db, guild: GuildId) -> Result<Option<Row>, DeskError> {
    let text = "SELECT channel_id, message_id, shown, not_before FROM panel WHERE guild_id = $1";
    Ok(Row::find_by_statement(sql(&db.read, text, [guild.into()]))
        .one(&db.read)
        .await?)
}

/// This one is the panel from now on.
pub(crate) async fn posted(db: &Db, guild: GuildId, row: &Row) -> Result<(), DeskError> {
    let text = "INSERT INTO panel (guild_id, channel_id, message_id, shown, not_before)
                VALUES ($1, $2, $3, $4, $5) ON CONFLICT (guild_id) DO UPDATE
                SET channel_id = $2, message_id = $3, shown = $4, not_before = $5";
    let values = [
        guild.into(),
        row.channel_id.into(),
        row.message_id.into(),
        row.shown.as_str().into(),
        row.not_before.into(),
    ];
    run(&db.write, text, values).await?;
    Ok(())
}

/// What it shows now, or shall only be touched again at `not_before`; unless there is a new one.
pub(crate) async fn shows(db: &Db, guild: GuildId, row: &Row) -> Result<(), DeskError> {
    let text = "UPDATE panel SET shown = $3, not_before = $4
                WHERE guild_id = $1 AND message_id = $2";
    let values = [
        guild.into(),
        row.message_id.into(),
        row.shown.as_str().into(),
        row.not_before.into(),
    ];
    run(&db.write, text, values).await?;
    Ok(())
}

/// It is no more; unless there is a new one.
pub(crate) async fn forget(
    db: &Db,
    guild: GuildId,
    message: DiscordMessageId,
) -> Result<(), DeskError> {
    let text = "DELETE FROM panel WHERE guild_id = $1 AND message_id = $2";
    run(&db.write, text, [guild.into(), message.into()]).await?;
    Ok(())
}
