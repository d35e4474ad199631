//! Milestones of a ticket: filed, claimed, closed, reopened.
//!
//! They are told apart from the row before and after a change, in the one place that stores it, so
//! that no way of closing a ticket goes uncounted. Statistics count them; the log channel tells
//! them.

use crate::store::entities::ticket;
use serde::{Deserialize, Serialize};

/// What became of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Milestone {
    /// It is new.
    Filed,
    /// Somebody took it.
    Claimed,
    /// It is done.
    Closed,
    /// It was done, and is not any more.
    Reopened,
}

impl Milestone {
    /// What a change of a ticket's row amounts to.
    pub(crate) fn between(
        before: &ticket::Model,
        after: &ticket::Model,
    ) -> impl Iterator<Item = Self> + use<> {
        let is_claimed = after.assignee_id.is_some() && after.assignee_id != before.assignee_id;
        let moved = match (before.status.is_closed(), after.status.is_closed()) {
            (false, true) => Some(Self::Closed),
            (true, false) => Some(Self::Reopened),
            _ => None,
        };
        is_claimed.then_some(Self::Claimed).into_iter().chain(moved)
    }

    /// Its name in the database.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Filed => "filed",
            Self::Claimed => "claimed",
            Self::Closed => "closed",
            Self::Reopened => "reopened",
        }
    }

    /// A sentence, for when nobody is known to have done it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Filed => "The ticket was filed",
            Self::Claimed => "The ticket was claimed",
            Self::Closed => "The ticket was closed",
            Self::Reopened => "The ticket was reopened",
        }
    }
}
