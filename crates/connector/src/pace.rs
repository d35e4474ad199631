//! Two judgements about runs of the gateway's client: whether one is stuck, and how long to rest
//! before the next.
//!
//! Pure: told what was seen and when. A bot that fails again and again must not use up the
//! sessions that Discord grants it in a day, which would cost it its token.

use std::time::Duration;
use tokio::time::Instant;

/// A run without a pulse for this long is stuck.
pub(super) const STUCK: Duration = Duration::from_secs(2);

/// Whether a run's own runtime still turns.
pub(super) struct Pulse {
    last: u64,
    changed_at: Instant,
}

impl Pulse {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last: 0,
            changed_at: now,
        }
    }

    /// Looks at it. When nobody looked for long, a single look does not condemn it.
    pub(super) fn is_missing(&mut self, pulse: u64, now: Instant) -> bool {
        if pulse != self.last {
            self.last = pulse;
            self.changed_at = now;
        }
        now.duration_since(self.changed_at) > STUCK
    }
}

/// How long to rest between runs.
#[derive(Debug, Default)]
pub(super) struct Pace {
    short_runs: u32,
}

impl Pace {
    /// A run this long is a success, whatever ended it.
    const GOOD: Duration = Duration::from_secs(60);
    /// Discord wants this between the beginnings of two sessions.
    const BETWEEN: Duration = Duration::from_secs(5);
    /// What Discord refuses is not right again within a second.
    pub(super) const REFUSED: Duration = Duration::from_secs(60);
    /// Discord grants 1,000 sessions a day: 86 seconds for each, and some to spare.
    const MOST: Duration = Duration::from_secs(100);

    pub(super) fn rest_after(&mut self, lasted: Duration, refused: bool) -> Duration {
        if lasted >= Self::GOOD && !refused {
            self.short_runs = 0;
            return Duration::ZERO;
        }
        self.short_runs += 1;
        if refused {
            return if self.short_runs > 10 {
                Self::MOST
            } else {
                Self::REFUSED
            };
        }
        let doubled =
            Self::BETWEEN * 2_u32.saturating_pow(self.short_runs.saturating_sub(2).min(8));
        doubled.min(Self::MOST).saturating_sub(lasted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pulse_is_missed_after_two_seconds_of_looking() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut pulse = Pulse::new(start);
        assert!(!pulse.is_missing(1, at(250)));
        assert!(!pulse.is_missing(1, at(2_000)));
        assert!(pulse.is_missing(1, at(2_500)));
        // We were the ones who slept: the pulse went on meanwhile.
        assert!(!pulse.is_missing(90, at(30_000)));
    }

    #[test]
    fn failing_again_and_again_stays_within_what_discord_grants() {
        let mut pace = Pace::default();
        let mut elapsed = Duration::ZERO;
        let mut sessions = 0;
        while elapsed < Duration::from_secs(86_400) {
            elapsed += Duration::from_secs(1) + pace.rest_after(Duration::from_secs(1), false);
            sessions += 1;
        }
        assert!(sessions < 1_000, "{sessions}");
    }

    #[test]
    fn a_good_run_is_replaced_at_once_and_a_first_failure_soon() {
        let mut pace = Pace::default();
        let minutes = Duration::from_secs(300);
        assert_eq!(pace.rest_after(minutes, false), Duration::ZERO);
        let soon = pace.rest_after(Duration::from_secs(3), false);
        assert_eq!(soon, Duration::from_secs(2));
        assert_eq!(pace.rest_after(minutes, false), Duration::ZERO);
        assert_eq!(pace.rest_after(minutes, true), Duration::from_secs(60));
    }
}
