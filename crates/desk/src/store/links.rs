//! Links: which thread is which ticket, how far it was read, and what is wrong with it.

use super::db::{Db, sql};
use super::entities::{thread_link, ticket};
use crate::{DeskError, GuildSettings};
use domain::{
    ChannelId, DiscordMessageId, GuildId, Status, ThreadId, ThreadKind, TicketId, Timestamp,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Set,
};

/// A new ticket's link, without a thread yet. The thread is to be as the guild wants it now; one
/// that a customer is to be in is private, under this channel. `name` is what it is to be called, where
/// that is not the usual name.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    home: &GuildSettings,
    shared: Option<ChannelId>,
    name: Option<String>,
) -> Result<(), DeskError> {
    let link = thread_link::ActiveModel {
        ticket_id: Set(ticket),
        thread_id: Set(None),
        card_message_id: Set(None),
        seen_up_to: Set(DiscordMessageId(0)),
        trouble: Set(None),
        compared_at: Set(Timestamp(0)),
        kind: Set(shared.map_or(home.thread_kind, |_| ThreadKind::Private)),
        parent_id: Set(shared.unwrap_or(home.support_channel)),
        name: Set(name),
        archived: Set(false),
        locked: Set(false),
        shared: Set(i64::from(shared.is_some())),
    };
    thread_link::Entity::insert(link)
        .exec_without_returning(db)
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

/// The link of a thread of the guild's.
pub(crate) async fn of_thread(
    db: &impl ConnectionTrait,
    guild: GuildId,
    thread: ThreadId,
) -> Result<Option<thread_link::Model>, DeskError> {
    let text = "SELECT l.* FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
                WHERE l.thread_id = $1 AND t.guild_id = $2";
    let statement = sql(db, text, [thread.into(), guild.into()]);
    Ok(thread_link::Model::find_by_statement(statement)
        .one(db)
        .await?)
}

/// The guilds that have threads under this channel.
pub(crate) async fn guilds_under(db: &Db, parent: ChannelId) -> Result<Vec<GuildId>, DeskError> {
    let text = "SELECT DISTINCT t.guild_id FROM ticket t JOIN thread_link l ON l.ticket_id = t.id
                WHERE l.parent_id = $1 AND l.thread_id IS NOT NULL";
    let rows = db.read.query_all_raw(sql(&db.read, text, [parent.into()]));
    let ids = rows
        .await?
        .into_iter()
        .map(|row| row.try_get("", "guild_id"));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// The guild whose ticket's thread this is.
pub(crate) async fn guild_of_thread(
    db: &impl ConnectionTrait,
    thread: ThreadId,
) -> Result<Option<GuildId>, DeskError> {
    let text = "SELECT t.guild_id FROM ticket t JOIN thread_link l ON l.ticket_id = t.id
                WHERE l.thread_id = $1";
    let row = db.query_one_raw(sql(db, text, [thread.into()])).await?;
    Ok(row.map(|row| row.try_get("", "guild_id")).transpose()?)
}

/// A thread to be read again after a gap.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Readable {
    pub(crate) thread_id: ThreadId,
}

/// A thread, and how far it is known.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Known {
    pub(crate) thread_id: ThreadId,
    /// The high-water mark of what people wrote in it.
    pub(crate) seen_up_to: DiscordMessageId,
    /// The newest that is part of the conversation, ours or theirs.
    pub(crate) newest: Option<DiscordMessageId>,
}

/// The threads of a guild whose tickets are not closed.
pub(crate) async fn open_threads(db: &Db, guild: GuildId) -> Result<Vec<Known>, DeskError> {
    let text = "SELECT l.thread_id, l.seen_up_to,
                  (SELECT MAX(p.discord_message_id) FROM message m
                   JOIN part p ON p.message_id = m.id WHERE m.ticket_id = t.id) AS newest
                FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
                WHERE t.guild_id = $1 AND t.status <> $2
                  AND l.thread_id IS NOT NULL AND l.trouble IS NULL";
    let closed = sea_orm::ActiveEnum::to_value(&Status::Closed);
    let statement = sql(&db.read, text, [guild.into(), closed.into()]);
    Ok(Known::find_by_statement(statement).all(&db.read).await?)
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
        archived: Set(false),
        locked: Set(false),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// The thread is not this ticket's any more; the next is to be as the guild wants it now. One that a
/// customer is in stays of its kind, and where customers see it: `panel` is where that is now.
pub(crate) async fn forget_thread(
    db: &impl ConnectionTrait,
    link: &thread_link::Model,
    home: &GuildSettings,
    panel: Option<ChannelId>,
    name: Option<String>,
) -> Result<(), DeskError> {
    let (kind, parent) = match link.is_shared() && link.parent_id != home.support_channel {
        true => (link.kind, panel.unwrap_or(link.parent_id)),
        false => (home.thread_kind, home.support_channel),
    };
    thread_link::ActiveModel {
        ticket_id: Set(link.ticket_id),
        thread_id: Set(None),
        card_message_id: Set(None),
        trouble: Set(None),
        kind: Set(kind),
        parent_id: Set(parent),
        name: Set(name),
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

/// Moves the high-water mark up; never down. `false` when the thread is not the ticket's any more:
/// staff may have asked for a new one while the old one was being read.
pub(crate) async fn seen(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    thread: ThreadId,
    id: DiscordMessageId,
) -> Result<bool, DeskError> {
    let text = "UPDATE thread_link
                SET seen_up_to = CASE WHEN seen_up_to < $3 THEN $3 ELSE seen_up_to END
                WHERE ticket_id = $1 AND thread_id = $2";
    let values = [ticket.into(), thread.into(), id.into()];
    let done = db.execute_raw(sql(db, text, values)).await?;
    Ok(done.rows_affected() == 1)
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

/// What a thread is called where that is not the usual name.
pub(crate) async fn set_name(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    name: &str,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        name: Set(Some(name.to_owned())),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Whether a thread is archived, and whether it is locked, where that is known anew.
pub(crate) async fn set_shape(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    archived: bool,
    locked: Option<bool>,
) -> Result<(), DeskError> {
    thread_link::ActiveModel {
        ticket_id: Set(ticket),
        archived: Set(archived),
        locked: locked.map_or(sea_orm::NotSet, Set),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// A thread that could be archived to make room, if nothing is about to happen in it.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct AtRest {
    pub(crate) ticket_id: TicketId,
    pub(crate) thread_id: ThreadId,
    pub(crate) status: Status,
}

/// Those of these threads that are a ticket's of the guild, and to which nothing is promised.
pub(crate) async fn at_rest(
    db: &Db,
    guild: GuildId,
    threads: &[ThreadId],
) -> Result<Vec<AtRest>, DeskError> {
    let mut found = Vec::new();
    // Fewer at a time than either database takes in one statement.
    for some in threads.chunks(500) {
        let ids: Vec<String> = some.iter().map(|thread| thread.0.to_string()).collect();
        let text = format!(
            "SELECT l.ticket_id, l.thread_id, t.status
             FROM thread_link l JOIN ticket t ON t.id = l.ticket_id
             WHERE t.guild_id = $1 AND l.trouble IS NULL AND l.thread_id IN ({})
               AND NOT EXISTS (
                   SELECT 1 FROM outbox o WHERE o.ticket_id = l.ticket_id
                     AND (o.state = 'waiting' OR o.state = 'leased'))",
            ids.join(", ")
        );
        let rows = AtRest::find_by_statement(sql(&db.read, &text, [guild.into()]))
            .all(&db.read)
            .await?;
        found.extend(rows);
    }
    Ok(found)
}

/// The tickets of a guild that have threads under this channel.
pub(crate) async fn under(
    db: &Db,
    guild: GuildId,
    parent: ChannelId,
) -> Result<Vec<thread_link::Model>, DeskError> {
    let tickets = sea_orm::sea_query::Query::select()
        .column(ticket::Column::Id)
        .from(ticket::Entity)
        .and_where(ticket::Column::GuildId.eq(guild))
        .to_owned();
    Ok(thread_link::Entity::find()
        .filter(thread_link::Column::TicketId.in_subquery(tickets))
        .filter(thread_link::Column::ThreadId.is_not_null())
        .filter(thread_link::Column::ParentId.eq(parent))
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
