//! The use case of every figure: how the helpdesk stands, for staff and for the dashboard message.
//!
//! What a figure means is decided here and in [`crate::store::statistics`], once, so that `/stats`,
//! the page and the message in Discord agree.

use crate::store::statistics;
use crate::{Desk, DeskError, Insider};
use domain::Timestamp;
use domain::records::{Statistics, WINDOW_DAYS};
use std::time::Duration;

/// A day in microseconds.
pub(crate) const DAY: i64 = 86_400_000_000;

/// When the day of this moment began, in UTC.
pub(crate) fn midnight(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(DAY))
}

impl Desk {
    /// How the helpdesk stands.
    pub async fn statistics(&self, who: &impl Insider) -> Result<Statistics, DeskError> {
        self.knows(who)?;
        self.figures().await
    }

    pub(crate) async fn figures(&self) -> Result<Statistics, DeskError> {
        let now = self.now();
        let since = now.before(Duration::from_secs(WINDOW_DAYS * 86_400));
        let (db, guild) = (&self.db, self.guild);
        let counts = statistics::counts(db, guild, midnight(now)).await?;
        Ok(Statistics {
            total: counts.total.unsigned_abs(),
            open: counts.open.unsigned_abs(),
            in_progress: counts.in_progress.unsigned_abs(),
            paused: counts.paused.unsigned_abs(),
            closed: counts.closed.unsigned_abs(),
            claimed: counts.claimed.unsigned_abs(),
            reopened: counts.reopened.unsigned_abs(),
            filed_today: counts.filed_today.unsigned_abs(),
            closed_today: counts.closed_today.unsigned_abs(),
            first_response: statistics::first_response(db, guild, since).await?,
            resolution: statistics::resolution(db, guild, since).await?,
            categories: statistics::categories(db, guild).await?,
            staff: statistics::staff(db, guild, since).await?,
            now,
        })
    }
}
