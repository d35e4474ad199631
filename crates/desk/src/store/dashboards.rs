//! Dashboard messages' rows: which is shown where, which are on their way out, and when each may
//! be touched again.

use super::db::{Db, sql};
use crate::DeskError;
use domain::{ChannelId, DiscordMessageId, GuildId, Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult};

/// A dashboard message.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) channel_id: ChannelId,
    pub(crate) message_id: Option<DiscordMessageId>,
    pub(crate) nonce: String,
    pub(crate) leaving: bool,
    /// What it shows, without the moment.
    pub(crate) shown: Option<String>,
    /// Tries since the last that succeeded.
    pub(crate) attempts: i64,
    pub(crate) first_tried_at: Option<Timestamp>,
    pub(crate) trouble: Option<String>,
}

/// Puts a new one in the place of whatever is shown.
pub(crate) async fn place(
    db: &impl ConnectionTrait,
    guild: GuildId,
    channel: ChannelId,
    nonce: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    remove(db, guild).await?;
    db.execute_raw(sql(
        db,
        "INSERT INTO dashboard (guild_id, channel_id, nonce, not_before) VALUES ($1, $2, $3, $4)",
        [guild.into(), channel.into(), nonce.into(), now.into()],
    ))
    .await?;
    Ok(())
}

/// What is shown is on its way out. When it is touched next stays as it is: it may be under way.
pub(crate) async fn remove(db: &impl ConnectionTrait, guild: GuildId) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE dashboard SET leaving = TRUE WHERE guild_id = $1 AND leaving = FALSE",
        [guild.into()],
    ))
    .await?;
    Ok(())
}

/// The one that is shown.
pub(crate) async fn shown(db: &Db, guild: GuildId) -> Result<Option<Row>, DeskError> {
    Ok(Row::find_by_statement(sql(
        &db.read,
        "SELECT * FROM dashboard WHERE guild_id = $1 AND leaving = FALSE",
        [guild.into()],
    ))
    .one(&db.read)
    .await?)
}

/// Takes one of the guild's that is due; nobody else touches it before `until`.
pub(crate) async fn lease(
    db: &Db,
    guild: GuildId,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Row>, DeskError> {
    let skip_locked = if db.is_postgres() {
        "FOR UPDATE SKIP LOCKED"
    } else {
        ""
    };
    let text = format!(
        "UPDATE dashboard SET not_before = $2, attempts = attempts + 1,
                first_tried_at = COALESCE(first_tried_at, $1)
         WHERE id = (SELECT id FROM dashboard WHERE guild_id = $3 AND not_before <= $1
                     ORDER BY not_before, id LIMIT 1 {skip_locked})
         RETURNING *"
    );
    let values = [now.into(), until.into(), guild.into()];
    Ok(Row::find_by_statement(sql(&db.write, &text, values))
        .one(&db.write)
        .await?)
}

/// When the guild's next is due.
pub(crate) async fn next_due(db: &Db, guild: GuildId) -> Result<Option<Timestamp>, DeskError> {
    let row = db
        .read
        .query_one_raw(sql(
            &db.read,
            "SELECT MIN(not_before) AS due FROM dashboard WHERE guild_id = $1",
            [guild.into()],
        ))
        .await?;
    Ok(row.map(|r| r.try_get("", "due")).transpose()?.flatten())
}

/// It stands in Discord, as `shown`.
pub(crate) async fn stands(
    db: &Db,
    id: i64,
    message: DiscordMessageId,
    shown: &str,
) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "UPDATE dashboard SET message_id = $2, shown = $3, attempts = 0,
                    first_tried_at = NULL, trouble = NULL
             WHERE id = $1",
            [id.into(), message.into(), shown.into()],
        ))
        .await?;
    Ok(())
}

/// Not now: again at `not_before`, and what keeps it, if a person should know.
pub(crate) async fn put_off(
    db: &Db,
    id: i64,
    not_before: Timestamp,
    trouble: Option<&str>,
) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "UPDATE dashboard SET not_before = $2, trouble = $3 WHERE id = $1",
            [
                id.into(),
                not_before.into(),
                trouble.map(str::to_owned).into(),
            ],
        ))
        .await?;
    Ok(())
}

/// It is no more.
pub(crate) async fn forget(db: &Db, id: i64) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "DELETE FROM dashboard WHERE id = $1",
            [id.into()],
        ))
        .await?;
    Ok(())
}
