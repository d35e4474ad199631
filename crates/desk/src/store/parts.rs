//! Which Discord message carries which piece of a message.
//!
//! Its key is Discord's id, so that one post is taken in once. It does not know what a piece says.

use super::db::sql;
use super::entities::part;
use crate::DeskError;
use domain::{DiscordMessageId, MessageId, TicketId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Set,
};

/// The piece that a Discord message carries.
pub(crate) async fn of_post(
    db: &impl ConnectionTrait,
    id: DiscordMessageId,
) -> Result<Option<part::Model>, DeskError> {
    Ok(part::Entity::find_by_id(id).one(db).await?)
}

/// Records that a Discord message carries a piece; `false` when that was known.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    id: DiscordMessageId,
    message: MessageId,
    chunk: i64,
    edited_at: Option<Timestamp>,
) -> Result<bool, DeskError> {
    let done = db
        .execute_raw(sql(
            db,
            "INSERT INTO part (discord_message_id, message_id, chunk, edited_at)
             VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [id.into(), message.into(), chunk.into(), edited_at.into()],
        ))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Remembers the newest edit that was taken over.
pub(crate) async fn edited(
    db: &impl ConnectionTrait,
    id: DiscordMessageId,
    edited_at: Timestamp,
) -> Result<(), DeskError> {
    part::ActiveModel {
        discord_message_id: Set(id),
        edited_at: Set(Some(edited_at)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// The Discord message that carries a piece.
pub(crate) async fn post_of(
    db: &impl ConnectionTrait,
    message: MessageId,
    chunk: i64,
) -> Result<Option<DiscordMessageId>, DeskError> {
    Ok(part::Entity::find()
        .select_only()
        .column(part::Column::DiscordMessageId)
        .filter(part::Column::MessageId.eq(message))
        .filter(part::Column::Chunk.eq(chunk))
        .into_tuple()
        .one(db)
        .await?)
}

/// The pieces of a message that are in Discord.
pub(crate) async fn chunks_there(
    db: &impl ConnectionTrait,
    message: MessageId,
) -> Result<Vec<i64>, DeskError> {
    Ok(part::Entity::find()
        .select_only()
        .column(part::Column::Chunk)
        .filter(part::Column::MessageId.eq(message))
        .into_tuple()
        .all(db)
        .await?)
}

/// Forgets where in Discord a message is.
pub(crate) async fn forget_all(
    db: &impl ConnectionTrait,
    message: MessageId,
) -> Result<(), DeskError> {
    part::Entity::delete_many()
        .filter(part::Column::MessageId.eq(message))
        .exec(db)
        .await?;
    Ok(())
}

/// Forgets a post that is not in Discord any more.
pub(crate) async fn forget(
    db: &impl ConnectionTrait,
    id: DiscordMessageId,
) -> Result<(), DeskError> {
    part::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// What people wrote in the thread after `after`, as far as it is known and not taken back.
pub(crate) async fn known_after(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    after: DiscordMessageId,
) -> Result<Vec<DiscordMessageId>, DeskError> {
    let rows = db
        .query_all_raw(sql(
            db,
            "SELECT p.discord_message_id AS id FROM part p JOIN message m ON m.id = p.message_id
             WHERE m.ticket_id = $1 AND m.origin = 'discord' AND m.deleted_at IS NULL
               AND p.discord_message_id > $2
             ORDER BY p.discord_message_id",
            [ticket.into(), after.into()],
        ))
        .await?;
    rows.into_iter()
        .map(|row| Ok(row.try_get("", "id")?))
        .collect()
}

/// The oldest of a ticket's newest `count` Discord messages that people wrote there, or nothing
/// when it has no more than that.
pub(crate) async fn known_before(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    count: u64,
) -> Result<Option<DiscordMessageId>, DeskError> {
    let row = db
        .query_one_raw(sql(
            db,
            "SELECT p.discord_message_id AS id FROM part p JOIN message m ON m.id = p.message_id
             WHERE m.ticket_id = $1 AND m.origin = 'discord'
             ORDER BY p.discord_message_id DESC LIMIT 1 OFFSET $2",
            [
                ticket.into(),
                i64::try_from(count).unwrap_or(i64::MAX).into(),
            ],
        ))
        .await?;
    Ok(row.map(|r| r.try_get("", "id")).transpose()?)
}

/// Whether a note of the ticket is in its thread, where everyone in it reads it, or may be by a try
/// of which nothing is known yet.
pub(crate) async fn has_notes_there(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<bool, DeskError> {
    let text = "SELECT 'yes' AS word FROM message m JOIN part p ON p.message_id = m.id
                WHERE m.ticket_id = $1 AND m.kind = 'note'
                UNION ALL
                SELECT 'yes' AS word FROM message m JOIN outbox o ON o.message_id = m.id
                WHERE m.ticket_id = $1 AND m.kind = 'note' AND o.state <> 'done' AND o.attempts > 0
                LIMIT 1";
    let found = db.query_one_raw(sql(db, text, [ticket.into()])).await?;
    Ok(found.is_some())
}
