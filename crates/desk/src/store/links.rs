//! Links: which thread is which ticket, how far it was read, and what is wrong with it.

use super::db::{Db, sql};
use super::entities::{thread_link, ticket};
use crate::DeskError;
use domain::{ChannelId, DiscordMessageId, GuildId, Status, ThreadId, TicketId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Set,
};

/// A new ticket's link, without a thread yet. A customer who asks from Discord will be in it.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    parent: Option<ChannelId>,
    shared: bool,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        thread_id: Set(None),
        card_message_id: Set(None),
        seen_up_to: Set(DiscordMessageId(0)),
        trouble: Set(None),
        compared_at: Set(Timestamp(0)),
        parent_id: Set(parent),
        shared: Set(i64::from(shared)),
    }
    .insert(db)
    .await?;
    Ok(())
}

pub(crate) async fn of_ticket(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<thread_link::Model, DeskError> {
    thread_link::Entity::find_by_id(ticket)
        .one(db)
        .await?
        .ok_or(DeskError::NotFound)
}

pub(crate) async fn of_thread(
    db: &impl ConnectionTrait,
    thread: ThreadId,
) -> Result<Option<thread_link::Model>, DeskError> {
    Ok(thread_link::Entity::find()
        .filter(thread_link::Column::ThreadId.eq(thread))
        .one(db)
        .await?)
}

/// A thread to be read again after a gap.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Readable {
    pub(crate) thread_id: ThreadId,
}

/// The threads of a guild whose tickets are not closed, quietest last.
pub(crate) async fn open_threads(db: &Db, guild: GuildId) -> Result<Vec<ThreadId>, DeskError> {
    let rows = Readable::find_by_statement(sql(
        &db.read,
        "SELECT l.thread_id FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
         WHERE t.guild_id = $1 AND t.status <> $2 AND l.thread_id IS NOT NULL AND l.trouble IS NULL
         ORDER BY t.updated_at DESC",
        [
            guild.into(),
            sea_orm::ActiveEnum::to_value(&Status::Closed).into(),
        ],
    ))
    .all(&db.read)
    .await?;
    Ok(rows.into_iter().map(|row| row.thread_id).collect())
}

/// The threads whose last comparison with Discord's is longest ago: those of tickets that are not
/// closed, and of those closed, the ones that something happened in since.
pub(crate) async fn compared_least(
    db: &Db,
    guild: GuildId,
    count: u64,
) -> Result<Vec<ThreadId>, DeskError> {
    let rows = Readable::find_by_statement(sql(
        &db.read,
        "SELECT l.thread_id FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
         WHERE t.guild_id = $1 AND l.thread_id IS NOT NULL AND l.trouble IS NULL
           AND (t.status <> $2 OR t.updated_at > l.compared_at)
         ORDER BY l.compared_at, l.ticket_id LIMIT $3",
        [
            guild.into(),
            sea_orm::ActiveEnum::to_value(&Status::Closed).into(),
            i64::try_from(count).unwrap_or(i64::MAX).into(),
        ],
    ))
    .all(&db.read)
    .await?;
    Ok(rows.into_iter().map(|row| row.thread_id).collect())
}

/// Notes that these threads are being compared.
pub(crate) async fn compared(
    db: &Db,
    threads: &[ThreadId],
    at: Timestamp,
) -> Result<(), DeskError> {
    if threads.is_empty() {
        return Ok(());
    }
    thread_link::Entity::update_many()
        .set(thread_link::ActiveModel {
            compared_at: Set(at),
            ..Default::default()
        })
        .filter(thread_link::Column::ThreadId.is_in(threads.iter().copied()))
        .exec(&db.write)
        .await?;
    Ok(())
}

pub(crate) async fn set_thread(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    thread: ThreadId,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        thread_id: Set(Some(thread)),
        // Whatever is in the thread comes after its creation.
        seen_up_to: Set(DiscordMessageId(thread.0)),
        trouble: Set(None),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// The thread is not this ticket's any more.
pub(crate) async fn forget_thread(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        thread_id: Set(None),
        card_message_id: Set(None),
        trouble: Set(None),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// When the thread was compared that was compared longest ago.
pub(crate) async fn compared_since(
    db: &Db,
    guild: GuildId,
) -> Result<Option<Timestamp>, DeskError> {
    let row = db
        .read
        .query_one_raw(sql(
            &db.read,
            "SELECT MIN(l.compared_at) AS since FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
             WHERE t.guild_id = $1 AND t.status <> $2 AND l.thread_id IS NOT NULL
               AND l.trouble IS NULL AND l.compared_at > 0",
            [
                guild.into(),
                sea_orm::ActiveEnum::to_value(&Status::Closed).into(),
            ],
        ))
        .await?;
    Ok(row.map(|r| r.try_get("", "since")).transpose()?.flatten())
}

pub(crate) async fn set_card(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    card: Option<DiscordMessageId>,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        card_message_id: Set(card),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Moves the high-water mark up; never down.
pub(crate) async fn seen(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    id: DiscordMessageId,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE thread_link SET seen_up_to = $2 WHERE ticket_id = $1 AND seen_up_to < $2",
        [ticket.into(), id.into()],
    ))
    .await?;
    Ok(())
}

/// Says what is wrong with a thread, or that nothing is.
pub(crate) async fn set_trouble(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    trouble: Option<&str>,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        trouble: Set(trouble.map(str::to_owned)),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// The tickets of a guild that have threads.
pub(crate) async fn all_threads(
    db: &Db,
    guild: GuildId,
) -> Result<Vec<thread_link::Model>, DeskError> {
    let tickets = sea_orm::sea_query::Query::select()
        .column(ticket::Column::Id)
        .from(ticket::Entity)
        .and_where(ticket::Column::GuildId.eq(guild))
        .to_owned();
    Ok(thread_link::Entity::find()
        .filter(thread_link::Column::TicketId.in_subquery(tickets))
        .filter(thread_link::Column::ThreadId.is_not_null())
        .filter(thread_link::Column::Trouble.is_null())
        .all(&db.read)
        .await?)
}

/// From now on somebody who is not staff is in the thread.
pub(crate) async fn share(db: &impl ConnectionTrait, ticket: TicketId) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        shared: Set(1),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}
