//! Which interactions were told already, by either door: for as long as Discord's signature on one
//! counts as fresh, and longer.

use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

/// Twice as long as a signed request may be old or ahead.
const REMEMBERED: Duration = Duration::from_secs(11 * 60);
/// More than any guild presses in that time; beyond it the oldest are forgotten early.
const MOST: usize = 200_000;

/// The latest interactions.
#[derive(Debug, Default)]
pub(super) struct Recent {
    known: HashSet<u64>,
    order: VecDeque<(Instant, u64)>,
}

impl Recent {
    /// Remembers an interaction. `false` when it was known.
    pub(super) fn is_news(&mut self, id: u64, now: Instant) -> bool {
        while let Some((at, oldest)) = self.order.front().copied() {
            if now.duration_since(at) < REMEMBERED && self.order.len() < MOST {
                break;
            }
            self.order.pop_front();
            self.known.remove(&oldest);
        }
        if !self.known.insert(id) {
            return false;
        }
        self.order.push_back((now, id));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_twice_is_news_once_for_as_long_as_it_could_be_replayed() {
        let start = Instant::now();
        let mut recent = Recent::default();
        assert!(recent.is_news(1, start));
        assert!(!recent.is_news(1, start));
        assert!(!recent.is_news(1, start + Duration::from_secs(600)));
        assert!(recent.is_news(1, start + Duration::from_secs(661)));
        assert_eq!(recent.order.len(), recent.known.len());
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let now = Instant::now();
        let mut recent = Recent::default();
        for id in 0..MOST as u64 + 10 {
            assert!(recent.is_news(id, now));
        }
        assert!(recent.order.len() <= MOST);
        assert!(!recent.is_news(MOST as u64 + 9, now));
    }
}
