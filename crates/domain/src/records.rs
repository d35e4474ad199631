//! How the helpdesk does, in figures: tickets, answers, hours. Plain values and their words.
//!
//! They are counted by `desk`, for staff alone; nothing here counts or hides.

use crate::Timestamp;
use crate::view::PersonView;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Over how many days medians and the work of staff are counted.
pub const WINDOW_DAYS: u64 = 30;

/// How the helpdesk stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// All tickets that there ever were.
    pub total: u64,
    /// Nobody has taken them up yet.
    pub open: u64,
    /// Staff are at them.
    pub in_progress: u64,
    /// They wait for their customer.
    pub paused: u64,
    /// Done.
    pub closed: u64,
    /// Not closed, and somebody's.
    pub claimed: u64,
    /// Tickets that were closed and opened again at least once.
    pub reopened: u64,
    /// Filed since midnight, UTC.
    pub filed_today: u64,
    /// Closed since midnight, UTC.
    pub closed_today: u64,
    /// Until staff first answered, for half of the tickets filed within the window.
    pub first_response: Option<Duration>,
    /// From filing to closing, for half of the tickets closed within the window.
    pub resolution: Option<Duration>,
    /// By category, in the guild's order.
    pub categories: Vec<CategoryFigures>,
    /// Who has tickets, or had something to do with them within the window.
    pub staff: Vec<StaffFigures>,
    /// The moment of counting.
    pub now: Timestamp,
}

impl Statistics {
    /// All that are not closed.
    pub fn active(&self) -> u64 {
        self.open + self.in_progress + self.paused
    }
}

/// A category's tickets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryFigures {
    /// The category's name.
    pub name: String,
    /// All of them.
    pub total: u64,
    /// Those not closed.
    pub active: u64,
}

/// What a person of the staff has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffFigures {
    /// Who.
    pub person: PersonView,
    /// Their tickets that are not closed.
    pub active: u64,
    /// Tickets closed within the window while they were theirs.
    pub closed: u64,
    /// Answers to customers within the window.
    pub replies: u64,
}

/// Hours worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    /// The viewer's own.
    pub mine: PersonHours,
    /// Everyone's who worked within the days, those at work first.
    pub people: Vec<PersonHours>,
    /// When each of the days began, oldest first; the last one is today.
    pub days: Vec<Timestamp>,
    /// The moment of counting.
    pub now: Timestamp,
}

impl Hours {
    /// Who is at work now.
    pub fn available(&self) -> impl Iterator<Item = &PersonHours> {
        self.people.iter().filter(|who| who.since.is_some())
    }
}

/// Hours that a person worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHours {
    /// Who.
    pub person: PersonView,
    /// Since when they are at work, if they are.
    pub since: Option<Timestamp>,
    /// How long on each day.
    pub days: Vec<Duration>,
    /// How long since Monday.
    pub this_week: Duration,
    /// How long in the week before.
    pub last_week: Duration,
}

/// A length of time as people say it: `45 s`, `12 min`, `3 h 20 min`, `2 days 4 h`.
pub fn spell(length: Duration) -> String {
    let seconds = length.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400);
    let pair = |large: u64, name: &str, small: u64, unit: &str| match small {
        0 => format!("{large} {name}"),
        small => format!("{large} {name} {small} {unit}"),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{minutes} min"),
        3_600..86_400 => pair(hours, "h", minutes % 60, "min"),
        86_400..172_800 => pair(1, "day", hours % 24, "h"),
        _ => pair(days, "days", hours % 24, "h"),
    }
}

/// Hours and minutes, for columns: `0:00`, `7:45`, `38:05`.
pub fn hours_and_minutes(length: Duration) -> String {
    let minutes = length.as_secs() / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_said_as_people_say_them() {
        let said = |s| spell(Duration::from_secs(s));
        assert_eq!(said(45), "45 s");
        assert_eq!(said(720), "12 min");
        assert_eq!(said(12_000), "3 h 20 min");
        assert_eq!(said(10_800), "3 h");
        assert_eq!(said(90_000), "1 day 1 h");
        assert_eq!(said(2 * 86_400 + 4 * 3_600), "2 days 4 h");
        assert_eq!(hours_and_minutes(Duration::from_secs(27_900)), "7:45");
        assert_eq!(hours_and_minutes(Duration::from_secs(59)), "0:00");
    }
}
