//! The staff's hours: clock in, clock out, and how long each worked by day and by week.
//!
//! Days and weeks are UTC's; a week begins on Monday. Nobody works for ever: a shift that nobody
//! ended counts for sixteen hours, and then its person is not at work any more.

use crate::statistics::{DAY, midnight};
use crate::store::shifts::{self, Worked};
use crate::{Desk, DeskError, Staff};
use domain::Timestamp;
use domain::records::{Hours, PersonHours};
use std::time::Duration;

/// The longest that one shift counts.
const LONGEST: Duration = Duration::from_secs(16 * 3_600);
/// How many days are told one by one.
const DAYS: i64 = 7;

impl Worked {
    /// When it ended, or when it stops to count.
    fn end(&self, now: Timestamp) -> Timestamp {
        let longest = self.began_at.after(LONGEST);
        self.ended_at.unwrap_or(now).min(longest)
    }

    fn is_running(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.began_at.after(LONGEST)
    }

    /// How much of it lies between two moments.
    fn within(&self, from: Timestamp, to: Timestamp, now: Timestamp) -> Duration {
        self.end(now).min(to).since(self.began_at.max(from))
    }
}

impl Desk {
    /// The staff member is at work from now on; says since when, if they were already.
    pub async fn clock_in(&self, staff: &Staff) -> Result<Timestamp, DeskError> {
        self.knows(staff)?;
        let work = self.work().await?;
        let running = shifts::running(&work.tx, self.guild, staff.person).await?;
        if let Some(shift) = running {
            let longest = shift.began_at.after(LONGEST);
            if work.now < longest {
                return Ok(shift.began_at);
            }
            shifts::end(&work.tx, shift.id, longest).await?;
        }
        shifts::begin(&work.tx, self.guild, staff.person, work.now).await?;
        let since = work.now;
        work.commit().await?;
        Ok(since)
    }

    /// The staff member goes; says how long they were at work, if they were.
    pub async fn clock_out(&self, staff: &Staff) -> Result<Option<Duration>, DeskError> {
        self.knows(staff)?;
        let work = self.work().await?;
        let running = shifts::running(&work.tx, self.guild, staff.person).await?;
        let Some(shift) = running else {
            return Ok(None);
        };
        let end = work.now.min(shift.began_at.after(LONGEST));
        shifts::end(&work.tx, shift.id, end).await?;
        work.commit().await?;
        Ok(Some(end.since(shift.began_at)))
    }

    /// The names of those who are at work.
    pub(crate) async fn at_work(&self) -> Result<Vec<String>, DeskError> {
        let now = self.now();
        let shifts = shifts::since(&self.db, self.guild, now.before(LONGEST)).await?;
        let running = shifts.into_iter().filter(|shift| shift.is_running(now));
        Ok(running.map(|shift| shift.name).collect())
    }

    /// Hours of everyone, for staff to see who is there and what they worked.
    pub async fn hours(&self, staff: &Staff) -> Result<Hours, DeskError> {
        self.knows(staff)?;
        let now = self.now();
        let today = midnight(now);
        let days: Vec<_> = (0..DAYS)
            .map(|n| Timestamp(today.0 - (DAYS - 1 - n) * DAY))
            .collect();
        // 1 January 1970 was a Thursday.
        let since_monday = (today.0.div_euclid(DAY) + 3).rem_euclid(7);
        let monday = Timestamp(today.0 - since_monday * DAY);
        let monday_before = Timestamp(monday.0 - 7 * DAY);
        // A shift may reach into the first of the days from the one before.
        let first = monday_before.min(days[0]).before(LONGEST);
        let shifts = shifts::since(&self.db, self.guild, first).await?;
        let tomorrow = Timestamp(today.0 + DAY);
        let of = |person: domain::view::PersonView, shifts: &[&Worked]| {
            let worked = |from: Timestamp, to: Timestamp| -> Duration {
                shifts.iter().map(|s| s.within(from, to, now)).sum()
            };
            PersonHours {
                person,
                since: shifts
                    .iter()
                    .find(|shift| shift.is_running(now))
                    .map(|shift| shift.began_at),
                days: days
                    .iter()
                    .map(|day| worked(*day, Timestamp(day.0 + DAY)))
                    .collect(),
                this_week: worked(monday, tomorrow),
                last_week: worked(monday_before, monday),
            }
        };
        let mut ids: Vec<_> = shifts.iter().map(|shift| shift.person_id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut people = Vec::new();
        let mut mine = None;
        for id in ids {
            let theirs: Vec<_> = shifts.iter().filter(|s| s.person_id == id).collect();
            let Some(last) = theirs.last() else {
                continue;
            };
            let view = domain::view::PersonView {
                name: last.name.clone(),
                avatar: last.avatar.clone(),
            };
            let hours = of(view, &theirs);
            if id == staff.person {
                mine = Some(hours.clone());
            }
            let has_worked = hours.since.is_some()
                || hours.this_week + hours.last_week > Duration::ZERO
                || hours.days.iter().any(|day| *day > Duration::ZERO);
            if has_worked {
                people.push(hours);
            }
        }
        people.sort_by_key(|who| (who.since.is_none(), std::cmp::Reverse(who.this_week)));
        Ok(Hours {
            mine: mine.unwrap_or_else(|| of(staff.view(), &[])),
            people,
            days,
            now,
        })
    }
}
