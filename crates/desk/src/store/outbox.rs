//! The outbox's rows: lease what is next, finish, put off, park, release.
//!
//! A lane is a ticket's thread, or what the log channel is told of a ticket: its rows are leased
//! strictly in the order of their promising, one at a time. A lease ends by itself, so that work of
//! a dead process is taken up again.

use super::db::{Db, sql};
pub(crate) use super::entities::outbox::Model;
use super::entities::outbox::{self, Lane, WorkState};
use crate::DeskError;
use domain::{GuildId, MessageId, OutboxId, TicketId, Timestamp};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, Set,
};
use std::time::Duration;

/// Longer than any delivery may take: a thread is looked for in three requests before it is made by
/// a fourth, and the connector gives each 20 seconds.
const LEASE: Duration = Duration::from_secs(95);

/// The guild's rows that are due, each the head of a lane that is free. The head of a lane is its
/// oldest unfinished row; parked rows do not count, so that what a person must look at does not hold
/// up what came after. Both conditions are written so that the partial indexes over unfinished rows
/// serve them.
const DUE: &str = "SELECT o.id FROM outbox o
    WHERE o.guild_id = $2 AND (o.state = 'waiting' OR o.state = 'leased')
      AND o.not_before <= $1 AND NOT EXISTS (
          SELECT 1 FROM outbox e
          WHERE e.ticket_id = o.ticket_id AND e.lane = o.lane AND e.id < o.id
            AND (e.state = 'waiting' OR e.state = 'leased'))";

/// Takes the guild's oldest due rows, so many at most.
pub(crate) async fn lease(
    db: &Db,
    guild: GuildId,
    now: Timestamp,
    most: usize,
) -> Result<Vec<outbox::Model>, DeskError> {
    // Mostly nothing is due, and whoever only looks need not wait for a turn to write.
    let look = format!("{DUE} LIMIT 1");
    let look = sql(&db.read, &look, [now.into(), guild.into()]);
    if db.read.query_one_raw(look).await?.is_none() {
        return Ok(Vec::new());
    }
    let skip_locked = if db.is_postgres() {
        "FOR UPDATE OF o SKIP LOCKED"
    } else {
        ""
    };
    // Materialised, for PostgreSQL may ask a subquery again for each row, and lock more than was
    // asked for.
    let text = format!(
        "WITH due AS MATERIALIZED (
             {DUE} ORDER BY o.not_before, o.id LIMIT $4 {skip_locked})
         UPDATE outbox SET state = 'leased', not_before = $3, attempts = attempts + 1,
                first_tried_at = COALESCE(first_tried_at, $1)
         WHERE id IN (SELECT id FROM due)
         RETURNING *"
    );
    let (turn, tx) = db.begin().await?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let until = now.after(LEASE);
    let values = [now.into(), guild.into(), until.into(), most.into()];
    let leased = outbox::Model::find_by_statement(sql(&tx, &text, values));
    let leased = leased.all(&tx).await?;
    turn.keep(tx).await?;
    Ok(leased)
}

/// Makes a lease last until then.
pub(crate) async fn extend(db: &Db, id: OutboxId, until: Timestamp) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "UPDATE outbox SET not_before = $2 WHERE id = $1 AND state = 'leased'",
            [id.into(), until.into()],
        ))
        .await?;
    Ok(())
}

/// When the guild's next row is due that is not due yet.
pub(crate) async fn next_due(
    db: &Db,
    guild: GuildId,
    now: Timestamp,
) -> Result<Option<Timestamp>, DeskError> {
    let row = db
        .read
        .query_one_raw(sql(
            &db.read,
            "SELECT MIN(not_before) AS due FROM outbox
             WHERE guild_id = $2 AND (state = 'waiting' OR state = 'leased') AND not_before > $1",
            [now.into(), guild.into()],
        ))
        .await?;
    Ok(row.map(|r| r.try_get("", "due")).transpose()?.flatten())
}

/// The promise is kept. `false` when that was known.
pub(crate) async fn finish(db: &impl ConnectionTrait, id: OutboxId) -> Result<bool, DeskError> {
    let done = db
        .execute_raw(sql(
            db,
            "UPDATE outbox SET state = 'done', reason = NULL WHERE id = $1 AND state <> 'done'",
            [id.into()],
        ))
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Not now: again at `not_before`. `counted` is false where nothing was tried.
pub(crate) async fn put_off(
    db: &impl ConnectionTrait,
    row: &outbox::Model,
    not_before: Timestamp,
    reason: &str,
    counted: bool,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE outbox SET state = 'waiting', not_before = $2, reason = $3, attempts = attempts - $4
         WHERE id = $1 AND state = 'leased' AND attempts = $5",
        [
            row.id.into(),
            not_before.into(),
            reason.into(),
            i64::from(!counted).into(),
            // Whose lease ran out must not end that of whoever tries it now.
            row.attempts.into(),
        ],
    ))
    .await?;
    Ok(())
}

/// Whether this try is still the one that counts: nobody crossed the promise off meanwhile, and
/// its lease was not given to another try.
pub(crate) async fn is_held(
    db: &impl ConnectionTrait,
    row: &outbox::Model,
) -> Result<bool, DeskError> {
    let now = outbox::Entity::find_by_id(row.id).one(db).await?;
    Ok(now.is_some_and(|now| now.state == WorkState::Leased && now.attempts == row.attempts))
}

/// Its first half is done: it goes on at once, and nothing is wrong with it.
pub(crate) async fn go_on(
    db: &impl ConnectionTrait,
    row: &outbox::Model,
    now: Timestamp,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE outbox SET state = 'waiting', not_before = $2, reason = NULL
         WHERE id = $1 AND state = 'leased' AND attempts = $3",
        [row.id.into(), now.into(), row.attempts.into()],
    ))
    .await?;
    Ok(())
}

/// Those of the guild that were put off for this reason are due now.
pub(crate) async fn go_on_because(
    db: &impl ConnectionTrait,
    guild: GuildId,
    reason: &str,
    now: Timestamp,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE outbox SET not_before = $2
         WHERE guild_id = $3 AND state = 'waiting' AND reason = $1",
        [reason.into(), now.into(), guild.into()],
    ))
    .await?;
    Ok(())
}

/// Nothing can be asked of Discord at all: as if it had not been leased.
pub(crate) async fn wait(
    db: &impl ConnectionTrait,
    row: &outbox::Model,
    not_before: Timestamp,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "UPDATE outbox SET state = 'waiting', not_before = $2, attempts = attempts - 1
         WHERE id = $1 AND state = 'leased' AND attempts = $3",
        [row.id.into(), not_before.into(), row.attempts.into()],
    ))
    .await?;
    Ok(())
}

/// A person must look at it.
pub(crate) async fn park(
    db: &impl ConnectionTrait,
    id: OutboxId,
    reason: &str,
) -> Result<(), DeskError> {
    outbox::ActiveModel {
        id: Set(id),
        state: Set(WorkState::Parked),
        reason: Set(Some(reason.to_owned())),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Everything unfinished for a ticket's thread.
pub(crate) async fn unfinished(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<outbox::Model>, DeskError> {
    Ok(outbox::Entity::find()
        .filter(outbox::Column::TicketId.eq(ticket))
        .filter(outbox::Column::Lane.eq(Lane::Thread))
        .filter(
            sea_orm::Condition::any()
                .add(outbox::Column::State.eq(WorkState::Waiting))
                .add(outbox::Column::State.eq(WorkState::Leased)),
        )
        .all(db)
        .await?)
}

/// Whether anything about this message is still to be kept, by us or by a person.
pub(crate) async fn owes(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    message: MessageId,
) -> Result<bool, DeskError> {
    // Two halves, each with its partial index.
    let of_it = "SELECT 'yes' AS word FROM outbox
                 WHERE ticket_id = $1 AND message_id = $2 AND lane = 'thread'";
    let text = format!(
        "{of_it} AND (state = 'waiting' OR state = 'leased')
         UNION ALL {of_it} AND state = 'parked' LIMIT 1"
    );
    let statement = sql(db, &text, [ticket.into(), message.into()]);
    Ok(db.query_one_raw(statement).await?.is_some())
}

/// How many of the guild's tickets are promised one of these, and it is not done.
pub(crate) async fn promised(
    db: &Db,
    guild: GuildId,
    commands: &[String],
) -> Result<usize, DeskError> {
    use sea_orm::{PaginatorTrait, QuerySelect};
    let count = outbox::Entity::find()
        .select_only()
        .column(outbox::Column::TicketId)
        .distinct()
        .filter(outbox::Column::GuildId.eq(guild))
        .filter(outbox::Column::Command.is_in(commands.iter().map(String::as_str)))
        .filter(
            sea_orm::Condition::any()
                .add(outbox::Column::State.eq(WorkState::Waiting))
                .add(outbox::Column::State.eq(WorkState::Leased)),
        )
        .into_tuple::<TicketId>()
        .count(&db.read)
        .await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Everything parked for a ticket's thread.
pub(crate) async fn parked(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<outbox::Model>, DeskError> {
    Ok(outbox::Entity::find()
        .filter(outbox::Column::TicketId.eq(ticket))
        .filter(outbox::Column::Lane.eq(Lane::Thread))
        .filter(outbox::Column::State.eq(WorkState::Parked))
        .all(db)
        .await?)
}

/// Parked work gets another chance, as if it were tried for the first time.
pub(crate) async fn unpark(
    db: &impl ConnectionTrait,
    id: OutboxId,
    now: Timestamp,
) -> Result<(), DeskError> {
    outbox::ActiveModel {
        id: Set(id),
        state: Set(WorkState::Waiting),
        not_before: Set(now),
        reason: Set(None),
        ..Default::default()
    }
    .update(db)
    .await?;
    Ok(())
}

/// Whether a later promise of the same lane, of the same kind, makes this one needless.
pub(crate) async fn is_superseded(
    db: &impl ConnectionTrait,
    row: &outbox::Model,
) -> Result<bool, DeskError> {
    let same_message = match row.message_id {
        Some(message) => outbox::Column::MessageId.eq(message),
        None => outbox::Column::MessageId.is_null(),
    };
    let later = outbox::Entity::find()
        .filter(outbox::Column::TicketId.eq(row.ticket_id))
        .filter(same_message)
        .filter(outbox::Column::Id.gt(row.id))
        .filter(outbox::Column::Command.eq(row.command.clone()))
        .filter(outbox::Column::State.eq(WorkState::Waiting))
        .one(db)
        .await?;
    Ok(later.is_some())
}

/// The guild's row that sent a message with this nonce.
pub(crate) async fn by_nonce(
    db: &impl ConnectionTrait,
    guild: GuildId,
    nonce: &str,
) -> Result<Option<outbox::Model>, DeskError> {
    Ok(outbox::Entity::find()
        .filter(outbox::Column::Nonce.eq(nonce))
        .filter(outbox::Column::GuildId.eq(guild))
        .one(db)
        .await?)
}

/// The guild whose promise sent a message with this nonce.
pub(crate) async fn guild_of_nonce(
    db: &impl ConnectionTrait,
    nonce: &str,
) -> Result<Option<GuildId>, DeskError> {
    use sea_orm::QuerySelect;
    Ok(outbox::Entity::find()
        .select_only()
        .column(outbox::Column::GuildId)
        .filter(outbox::Column::Nonce.eq(nonce))
        .into_tuple()
        .one(db)
        .await?)
}

/// Ends all leases: for the start of the only process that leases.
pub(crate) async fn release_all(db: &Db, now: Timestamp) -> Result<(), DeskError> {
    db.write
        .execute_raw(sql(
            &db.write,
            "UPDATE outbox SET state = 'waiting', not_before = $1 WHERE state = 'leased'",
            [now.into()],
        ))
        .await?;
    Ok(())
}

/// How much of a guild's is waiting.
#[derive(Debug)]
pub(crate) struct Depth {
    pub(crate) waiting: u64,
    pub(crate) parked: u64,
    pub(crate) oldest: Option<Timestamp>,
}

pub(crate) async fn depth(db: &Db, guild: GuildId) -> Result<Depth, DeskError> {
    let row = db
        .read
        .query_one_raw(sql(
            &db.read,
            "SELECT (SELECT COUNT(*) FROM outbox WHERE guild_id = $1
                        AND (state = 'waiting' OR state = 'leased')) AS waiting,
                    (SELECT COUNT(*) FROM outbox WHERE guild_id = $1 AND state = 'parked') AS parked,
                    (SELECT MIN(created_at) FROM outbox WHERE guild_id = $1
                        AND (state = 'waiting' OR state = 'leased')) AS oldest",
            [guild.into()],
        ))
        .await?
        .ok_or_else(|| DeskError::Internal("a count returned no row".into()))?;
    Ok(Depth {
        waiting: row.try_get::<i64>("", "waiting")?.unsigned_abs(),
        parked: row.try_get::<i64>("", "parked")?.unsigned_abs(),
        oldest: row.try_get("", "oldest")?,
    })
}
