//! Promises that are not kept and were tried, or wait for a person: what `/staff/sync` lists.

use super::db::{Db, sql};
use super::entities::outbox::{self, Lane, WorkState};
use super::entities::ticket;
use crate::DeskError;
use domain::{GuildId, OutboxId, TicketId, Timestamp};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};

#[derive(Debug, FromQueryResult)]
pub(crate) struct Row {
    pub(crate) id: OutboxId,
    pub(crate) number: i64,
    pub(crate) subject: String,
    pub(crate) command: String,
    pub(crate) state: WorkState,
    pub(crate) created_at: Timestamp,
    pub(crate) attempts: i64,
    pub(crate) not_before: Timestamp,
    pub(crate) reason: Option<String>,
    pub(crate) trouble: Option<String>,
    pub(crate) lane: Lane,
}

/// What makes a promise stuck. Both halves are served by the partial indexes over what is not
/// finished.
const STUCK: &str = "(o.state = 'parked'
    OR ((o.state = 'waiting' OR o.state = 'leased') AND o.reason IS NOT NULL))";

/// How many there are.
pub(crate) async fn count(db: &Db, guild: GuildId) -> Result<u64, DeskError> {
    let text = format!(
        "SELECT COUNT(*) AS stuck FROM outbox o JOIN ticket t ON t.id = o.ticket_id
         WHERE t.guild_id = $1 AND {STUCK}"
    );
    let row = db
        .read
        .query_one_raw(sql(&db.read, &text, [guild.into()]))
        .await?
        .ok_or_else(|| DeskError::Internal("a count returned no row".into()))?;
    Ok(row.try_get::<i64>("", "stuck")?.unsigned_abs())
}

/// The oldest first.
pub(crate) async fn oldest(db: &Db, guild: GuildId, limit: u64) -> Result<Vec<Row>, DeskError> {
    let text = format!(
        "SELECT o.id, t.number, t.subject, o.command, o.state, o.created_at, o.attempts,
                o.not_before, o.reason, o.lane, l.trouble
         FROM outbox o
         JOIN ticket t ON t.id = o.ticket_id
         JOIN thread_link l ON l.ticket_id = o.ticket_id
         WHERE t.guild_id = $1 AND {STUCK}
         ORDER BY o.created_at, o.id LIMIT $2"
    );
    let rows = Row::find_by_statement(sql(
        &db.read,
        &text,
        [
            guild.into(),
            i64::try_from(limit).unwrap_or(i64::MAX).into(),
        ],
    ))
    .all(&db.read)
    .await?;
    Ok(rows)
}

/// The tickets that have any.
pub(crate) async fn tickets(db: &Db, guild: GuildId) -> Result<Vec<TicketId>, DeskError> {
    let text = format!(
        "SELECT DISTINCT o.ticket_id FROM outbox o JOIN ticket t ON t.id = o.ticket_id
         WHERE t.guild_id = $1 AND {STUCK} ORDER BY o.ticket_id"
    );
    let rows = db
        .read
        .query_all_raw(sql(&db.read, &text, [guild.into()]))
        .await?;
    rows.into_iter()
        .map(|row| Ok(row.try_get("", "ticket_id")?))
        .collect()
}

/// A ticket's, the oldest first.
pub(crate) async fn of_ticket(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<outbox::Model>, DeskError> {
    let text = format!("SELECT o.* FROM outbox o WHERE o.ticket_id = $1 AND {STUCK} ORDER BY o.id");
    let statement = sql(db, &text, [ticket.into()]);
    Ok(outbox::Model::find_by_statement(statement).all(db).await?)
}

/// A promise by its id, within a guild.
pub(crate) async fn of_guild(
    db: &impl ConnectionTrait,
    guild: GuildId,
    id: OutboxId,
) -> Result<Option<outbox::Model>, DeskError> {
    let tickets = sea_orm::sea_query::Query::select()
        .column(ticket::Column::Id)
        .from(ticket::Entity)
        .and_where(ticket::Column::GuildId.eq(guild))
        .to_owned();
    Ok(outbox::Entity::find_by_id(id)
        .filter(outbox::Column::TicketId.in_subquery(tickets))
        .one(db)
        .await?)
}
