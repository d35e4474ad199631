//! Tries of promises that did not succeed: kept one by one, and counted by what they came to.
//!
//! What is to be made of them is decided in [`crate::bridge`].

use super::db::sql;
use super::entities::attempt;
use crate::DeskError;
use domain::{OutboxId, Timestamp};
use sea_orm::{ActiveModelTrait, ActiveValue::NotSet, ConnectionTrait, Set};

/// What a try came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is to be tried again.
    PutOff,
    /// The thread got another name, and it is tried again.
    Renamed,
    /// It met an archived thread, which was woken for it.
    Woken,
    /// A person has to look.
    Parked,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::PutOff => "put off",
            Self::Renamed => "renamed",
            Self::Woken => "woken",
            Self::Parked => "parked",
        }
    }
}

/// Keeps a try that did not succeed.
pub(crate) async fn record(
    db: &impl ConnectionTrait,
    id: OutboxId,
    at: Timestamp,
    outcome: Outcome,
    detail: &str,
) -> Result<(), DeskError> {
    attempt::ActiveModel {
        id: NotSet,
        outbox_id: Set(id),
        at: Set(at),
        outcome: Set(outcome.word().to_owned()),
        detail: Set(Some(detail.to_owned())),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// How many tries of a promise came to this since it was last refused for good.
pub(crate) async fn came_to(
    db: &impl ConnectionTrait,
    id: OutboxId,
    outcome: Outcome,
) -> Result<u64, DeskError> {
    let row = db
        .query_one_raw(sql(
            db,
            "SELECT COUNT(*) AS tries FROM attempt
             WHERE outbox_id = $1 AND outcome = $2 AND id > COALESCE(
                 (SELECT MAX(id) FROM attempt WHERE outbox_id = $1 AND outcome = $3), 0)",
            [
                id.into(),
                outcome.word().into(),
                Outcome::Parked.word().into(),
            ],
        ))
        .await?
        .ok_or_else(|| DeskError::Internal("a count returned no row".into()))?;
    Ok(row.try_get::<i64>("", "tries")?.unsigned_abs())
}
