//! Counting: how many tickets, how soon answered, by whom. One room for every figure that is shown.
//!
//! Each query names its guild first and is served by an index; whoever may know the figures was
//! asked before.

use super::db::{Db, sql};
use crate::DeskError;
use domain::records::{CategoryFigures, StaffFigures};
use domain::view::PersonView;
use domain::{GuildId, Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult};
use std::time::Duration;

/// How many of the staff are listed.
const LISTED: u64 = 100;

/// Tickets by where they stand.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Counts {
    pub(crate) total: i64,
    pub(crate) open: i64,
    pub(crate) in_progress: i64,
    pub(crate) paused: i64,
    pub(crate) closed: i64,
    pub(crate) claimed: i64,
    pub(crate) reopened: i64,
    pub(crate) filed_today: i64,
    pub(crate) closed_today: i64,
}

/// Tickets by where they stand, and what happened since `midnight`.
pub(crate) async fn counts(
    db: &Db,
    guild: GuildId,
    midnight: Timestamp,
) -> Result<Counts, DeskError> {
    Counts::find_by_statement(sql(
        &db.read,
        "SELECT
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1) AS total,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND status = 'open') AS open,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND status = 'in_progress')
                AS in_progress,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND status = 'paused') AS paused,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND status = 'closed') AS closed,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND assignee_id IS NOT NULL
                AND status IN ('open', 'in_progress', 'paused')) AS claimed,
            (SELECT COUNT(DISTINCT m.ticket_id) FROM milestone m JOIN ticket t ON t.id = m.ticket_id
                WHERE m.kind = 'reopened' AND t.guild_id = $1) AS reopened,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND created_at >= $2) AS filed_today,
            (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND closed_at >= $2) AS closed_today",
        [guild.into(), midnight.into()],
    ))
    .one(&db.read)
    .await?
    .ok_or_else(|| DeskError::Internal("a count returned no row".into()))
}

/// How soon half of the tickets filed since then had a first answer of the staff's.
pub(crate) async fn first_response(
    db: &Db,
    guild: GuildId,
    since: Timestamp,
) -> Result<Option<Duration>, DeskError> {
    median(
        db,
        "SELECT (SELECT MIN(m.created_at) FROM message m
                 WHERE m.ticket_id = t.id AND m.side = 'staff' AND m.kind = 'reply') - t.created_at
                AS took
         FROM ticket t WHERE t.guild_id = $1 AND t.created_at >= $2",
        guild,
        since,
    )
    .await
}

/// How soon half of the tickets closed since then, and not reopened, were done.
pub(crate) async fn resolution(
    db: &Db,
    guild: GuildId,
    since: Timestamp,
) -> Result<Option<Duration>, DeskError> {
    median(
        db,
        "SELECT t.closed_at - t.created_at AS took FROM ticket t
         WHERE t.guild_id = $1 AND t.closed_at >= $2",
        guild,
        since,
    )
    .await
}

/// The middle of what `lengths` takes, or the mean of the two in the middle.
async fn median(
    db: &Db,
    lengths: &str,
    guild: GuildId,
    since: Timestamp,
) -> Result<Option<Duration>, DeskError> {
    let text = format!(
        "SELECT CAST(AVG(took) AS BIGINT) AS median FROM (
             SELECT took, ROW_NUMBER() OVER (ORDER BY took) AS place, COUNT(*) OVER () AS size
             FROM ({lengths}) lengths WHERE took IS NOT NULL) ranked
         WHERE place IN ((size + 1) / 2, (size + 2) / 2)"
    );
    let row = db
        .read
        .query_one_raw(sql(&db.read, &text, [guild.into(), since.into()]))
        .await?
        .ok_or_else(|| DeskError::Internal("a mean returned no row".into()))?;
    let micros: Option<i64> = row.try_get("", "median")?;
    Ok(micros.map(|micros| Duration::from_micros(u64::try_from(micros).unwrap_or(0))))
}

#[derive(Debug, FromQueryResult)]
struct Category {
    name: String,
    total: i64,
    active: i64,
}

/// Tickets by category, in the guild's order.
pub(crate) async fn categories(db: &Db, guild: GuildId) -> Result<Vec<CategoryFigures>, DeskError> {
    let rows = Category::find_by_statement(sql(
        &db.read,
        "SELECT c.name,
            (SELECT COUNT(*) FROM ticket t WHERE t.category_id = c.id) AS total,
            (SELECT COUNT(*) FROM ticket t WHERE t.category_id = c.id
                AND t.status IN ('open', 'in_progress', 'paused')) AS active
         FROM category c WHERE c.guild_id = $1 ORDER BY c.position, c.id",
        [guild.into()],
    ))
    .all(&db.read)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| CategoryFigures {
            name: row.name,
            total: row.total.unsigned_abs(),
            active: row.active.unsigned_abs(),
        })
        .collect())
}

#[derive(Debug, FromQueryResult)]
struct Person {
    name: String,
    avatar: Option<String>,
    active: i64,
    closed: i64,
    replies: i64,
}

/// What each of the staff has, and did since then; those who answered most come first.
pub(crate) async fn staff(
    db: &Db,
    guild: GuildId,
    since: Timestamp,
) -> Result<Vec<StaffFigures>, DeskError> {
    let rows = Person::find_by_statement(sql(
        &db.read,
        "SELECT * FROM (
            SELECT p.id, p.name, p.avatar,
                (SELECT COUNT(*) FROM ticket t WHERE t.guild_id = $1 AND t.assignee_id = p.id
                    AND t.status IN ('open', 'in_progress', 'paused')) AS active,
                (SELECT COUNT(*) FROM milestone m JOIN ticket t ON t.id = m.ticket_id
                    WHERE m.person_id = p.id AND m.kind = 'closed' AND m.at >= $2
                      AND t.guild_id = $1) AS closed,
                (SELECT COUNT(*) FROM message m JOIN ticket t ON t.id = m.ticket_id
                    WHERE m.person_id = p.id AND m.side = 'staff' AND m.kind = 'reply'
                      AND m.created_at >= $2 AND t.guild_id = $1) AS replies
            FROM person p) figures
         WHERE active + closed + replies > 0
         ORDER BY replies DESC, closed DESC, active DESC, id LIMIT $3",
        [
            guild.into(),
            since.into(),
            i64::try_from(LISTED).unwrap_or(i64::MAX).into(),
        ],
    ))
    .all(&db.read)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| StaffFigures {
            person: PersonView {
                name: row.name,
                avatar: row.avatar,
            },
            active: row.active.unsigned_abs(),
            closed: row.closed.unsigned_abs(),
            replies: row.replies.unsigned_abs(),
        })
        .collect())
}
