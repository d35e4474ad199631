//! The staff's list: a page of rows by filter, and how many each filter holds.
//!
//! Pages are cut by key, not by offset, so that a list that moves neither skips nor repeats.

use super::db::{Db, sql};
use crate::DeskError;
use domain::view::{InboxFilter, PersonView, TicketRow};
use domain::{GuildId, PersonId, Priority, Side, Status, TicketId, Timestamp};
use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use std::collections::HashMap;

/// How many rows a page has.
pub(crate) const PAGE: usize = 50;

/// Who waits comes first, longest first; then what moved last. No waiting customer: the key lies
/// beyond all moments, and falls as the ticket's last change rises.
const KEY: &str = "COALESCE(t.waiting_since, 4611686018427387904 - t.updated_at)";

#[derive(Debug, FromQueryResult)]
struct Row {
    id: TicketId,
    sort_key: i64,
    number: i64,
    subject: String,
    customer: String,
    last_side: Side,
    last_words: String,
    status: Status,
    priority: Priority,
    assignee: Option<String>,
    assignee_avatar: Option<String>,
    waiting_since: Option<Timestamp>,
    updated_at: Timestamp,
    rev: i64,
}

/// A page after `after`, and what to ask for to get the next.
pub(crate) async fn page(
    db: &Db,
    guild: GuildId,
    me: PersonId,
    filter: InboxFilter,
    tag: Option<&str>,
    after: Option<&str>,
) -> Result<(Vec<TicketRow>, Option<String>), DeskError> {
    let mut values: Vec<Value> = vec![guild.into()];
    let mut condition = match filter {
        InboxFilter::Closed => "t.status = 'closed'".to_owned(),
        _ => "t.status IN ('open', 'in_progress', 'paused')".to_owned(),
    };
    match filter {
        InboxFilter::Mine => {
            values.push(me.into());
            condition.push_str(" AND t.assignee_id = $2");
        }
        InboxFilter::Unassigned => condition.push_str(" AND t.assignee_id IS NULL"),
        InboxFilter::Active | InboxFilter::Closed => {}
    }
    if let Some(tag) = tag {
        values.push(tag.into());
        condition.push_str(&format!(
            " AND EXISTS (SELECT 1 FROM ticket_tag g WHERE g.ticket_id = t.id AND g.tag = ${})",
            values.len()
        ));
    }
    // A cursor that is not ours begins the list anew.
    let cursor = after
        .and_then(|c| c.split_once('.'))
        .and_then(|(key, id)| Some((key.parse::<i64>().ok()?, id.parse::<i64>().ok()?)));
    if let Some((key, id)) = cursor {
        let (k, i) = (values.len() + 1, values.len() + 2);
        values.push(key.into());
        values.push(id.into());
        condition.push_str(&format!(
            " AND ({KEY} > ${k} OR ({KEY} = ${k} AND t.id < ${i}))"
        ));
    }
    let text = format!(
        "SELECT t.id, {KEY} AS sort_key, t.number, t.subject, COALESCE(u.name, u.email) AS customer, t.last_side,
                t.last_words, t.status, t.priority, p.name AS assignee,
                p.avatar AS assignee_avatar, t.waiting_since, t.updated_at, t.rev
         FROM ticket t
         JOIN customer u ON u.id = t.customer_id
         LEFT JOIN person p ON p.id = t.assignee_id
         WHERE t.guild_id = $1 AND {condition}
         ORDER BY sort_key, t.id DESC LIMIT {}",
        PAGE + 1
    );
    let mut rows = Row::find_by_statement(sql(&db.read, &text, values))
        .all(&db.read)
        .await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows
        .last()
        .filter(|_| more)
        .map(|row| format!("{}.{}", row.sort_key, row.id));
    let mut tags = tags(db, &rows).await?;
    let rows = rows
        .into_iter()
        .map(|row| TicketRow {
            tags: tags.remove(&row.id).unwrap_or_default(),
            number: row.number,
            subject: row.subject,
            customer: row.customer,
            last_side: row.last_side,
            last_words: row.last_words,
            status: row.status,
            priority: row.priority,
            assignee: row.assignee.map(|name| PersonView {
                name,
                avatar: row.assignee_avatar,
            }),
            waiting_since: row.waiting_since,
            updated_at: row.updated_at,
            rev: row.rev,
        })
        .collect();
    Ok((rows, next))
}

/// The tags of these tickets, by ticket.
async fn tags(db: &Db, rows: &[Row]) -> Result<HashMap<TicketId, Vec<String>>, DeskError> {
    let mut tags: HashMap<_, Vec<_>> = HashMap::new();
    if rows.is_empty() {
        return Ok(tags);
    }
    // One text for any number of rows, so that it is prepared once. No ticket has the id 0.
    let places: Vec<_> = (1..=PAGE).map(|n| format!("${n}")).collect();
    let text = format!(
        "SELECT ticket_id, tag FROM ticket_tag WHERE ticket_id IN ({}) ORDER BY tag",
        places.join(", ")
    );
    let ids = rows.iter().map(|row| row.id);
    let ids = ids.chain(std::iter::repeat(TicketId(0))).take(PAGE);
    let asked = sql(&db.read, &text, ids.map(Value::from));
    for row in db.read.query_all_raw(asked).await? {
        let of: TicketId = row.try_get("", "ticket_id")?;
        tags.entry(of).or_default().push(row.try_get("", "tag")?);
    }
    Ok(tags)
}

/// How many tickets each filter holds, in the order of [`InboxFilter::ALL`].
pub(crate) async fn counts(db: &Db, guild: GuildId, me: PersonId) -> Result<[u64; 4], DeskError> {
    let active = "guild_id = $1 AND status IN ('open', 'in_progress', 'paused')";
    let text = format!(
        "SELECT (SELECT COUNT(*) FROM ticket WHERE {active}) AS active,
                (SELECT COUNT(*) FROM ticket WHERE {active} AND assignee_id = $2) AS mine,
                (SELECT COUNT(*) FROM ticket WHERE {active} AND assignee_id IS NULL) AS unassigned,
                (SELECT COUNT(*) FROM ticket WHERE guild_id = $1 AND status = 'closed') AS closed"
    );
    let row = db
        .read
        .query_one_raw(sql(&db.read, &text, [guild.into(), me.into()]))
        .await?
        .ok_or_else(|| DeskError::Internal("a count returned no row".into()))?;
    let mut counts = [0; 4];
    for (count, name) in counts
        .iter_mut()
        .zip(["active", "mine", "unassigned", "closed"])
    {
        *count = row.try_get::<i64>("", name)?.unsigned_abs();
    }
    Ok(counts)
}
