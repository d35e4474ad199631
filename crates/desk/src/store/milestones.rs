//! Milestones' rows: when tickets were claimed, closed and reopened, and whose they were then.

use super::db::sql;
use crate::DeskError;
use domain::{PersonId, TicketId, Timestamp};
use sea_orm::ConnectionTrait;

/// Adds one.
pub(crate) async fn add(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    kind: &'static str,
    person: Option<PersonId>,
    at: Timestamp,
) -> Result<(), DeskError> {
    db.execute_raw(sql(
        db,
        "INSERT INTO milestone (ticket_id, kind, person_id, at) VALUES ($1, $2, $3, $4)",
        [ticket.into(), kind.into(), person.into(), at.into()],
    ))
    .await?;
    Ok(())
}
