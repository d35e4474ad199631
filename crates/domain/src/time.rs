//! Moments, and how people read them.
//!
//! A moment is microseconds since 1970 in UTC: both databases keep and compare that exactly. This
//! module never asks what time it is; it is told.

use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A moment in UTC, in microseconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "store", derive(sea_orm::DeriveValueType))]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// From milliseconds since 1970.
    pub const fn from_millis(ms: i64) -> Self {
        Self(ms * 1000)
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0 / 1000
    }

    /// This moment, later by `d`.
    pub fn after(self, d: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// This moment, earlier by `d`.
    pub fn before(self, d: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(d.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// How long after `earlier` this is; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    fn civil(self) -> time::OffsetDateTime {
        time::OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1000)
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
    }

    /// The machine-readable form for `<time datetime>`: `2026-11-21T12:48:00Z`.
    pub fn iso(self) -> String {
        let t = self.civil();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second()
        )
    }

    /// The exact form for people: `21 November 2026, 12:48 UTC`.
    pub fn exact(self) -> String {
        let t = self.civil();
        format!("{}, {:02}:{:02} UTC", self.day(), t.hour(), t.minute())
    }

    /// The day: `21 November 2026`.
    pub fn day(self) -> String {
        let t = self.civil();
        format!("{} {} {}", t.day(), t.month(), t.year())
    }

    /// The time of day: `12:48`.
    pub fn clock(self) -> String {
        let t = self.civil();
        format!("{:02}:{:02}", t.hour(), t.minute())
    }

    /// How long ago this was, as people say it: `just now`, `12 min ago`, `3 h ago`, `2 days ago`.
    pub fn ago(self, now: Self) -> String {
        match self.age(now) {
            age if age == "now" => "just now".to_owned(),
            age => format!("{age} ago"),
        }
    }

    /// The age alone, for dense lists: `now`, `12 min`, `3 h`, `2 days`.
    pub fn age(self, now: Self) -> String {
        let seconds = now.since(self).as_secs();
        match seconds {
            0..60 => "now".to_owned(),
            60..3_600 => format!("{} min", seconds / 60),
            3_600..86_400 => format!("{} h", seconds / 3_600),
            86_400..172_800 => "1 day".to_owned(),
            _ => format!("{} days", seconds / 86_400),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_read_minutes_not_seconds() {
        let now = Timestamp::from_millis(1_795_265_280_000);
        let ago = |s: u64| Timestamp(now.0 - (s as i64) * 1_000_000).ago(now);
        assert_eq!(ago(5), "just now");
        assert_eq!(ago(720), "12 min ago");
        assert_eq!(ago(7_200), "2 h ago");
        assert_eq!(ago(86_400), "1 day ago");
        assert_eq!(ago(3 * 86_400), "3 days ago");
        // A clock that runs ahead is not an error worth a negative number.
        assert_eq!(now.ago(Timestamp(0)), "just now");
    }

    #[test]
    fn exact_forms() {
        let t = Timestamp::from_millis(1_795_265_280_000);
        assert_eq!(t.iso(), "2026-11-21T12:48:00Z");
        assert_eq!(t.exact(), "21 November 2026, 12:48 UTC");
    }
}
