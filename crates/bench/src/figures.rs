//! Figures from samples: percentiles of latencies, medians of rounds.
//!
//! Pure arithmetic. It knows neither what was measured nor what is aimed at.

use std::time::Duration;

/// How long each of many things took.
#[derive(Clone, Debug, Default)]
pub struct Latencies {
    /// In microseconds, ascending.
    sorted: Vec<u32>,
}

impl Latencies {
    /// From samples in any order.
    pub fn new(mut samples: Vec<u32>) -> Self {
        samples.sort_unstable();
        Self { sorted: samples }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// The time in milliseconds within which this share of all ended, by nearest rank.
    pub fn within(&self, share: f64) -> f64 {
        let rank = (share * self.sorted.len() as f64).ceil() as usize;
        let at = rank.clamp(1, self.sorted.len().max(1)) - 1;
        self.sorted
            .get(at)
            .map_or(f64::NAN, |micros| f64::from(*micros) / 1_000.0)
    }

    /// What half of all took at most.
    pub fn p50(&self) -> f64 {
        self.within(0.50)
    }

    /// What all but one in a hundred took at most.
    pub fn p99(&self) -> f64 {
        self.within(0.99)
    }
}

/// A duration as a sample.
pub fn micros(duration: Duration) -> u32 {
    u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)
}

/// The middle one, or the mean of the two in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_unstable_by(f64::total_cmp);
    let half = values.len() / 2;
    match values.as_slice() {
        [] => f64::NAN,
        all if all.len() % 2 == 1 => all[half],
        all => f64::midpoint(all[half - 1], all[half]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples_by_nearest_rank() {
        let latencies = Latencies::new((1..=200).rev().map(|n| n * 1_000).collect());
        assert_eq!(latencies.count(), 200);
        assert_eq!(latencies.p50(), 100.0);
        assert_eq!(latencies.p99(), 198.0);
        assert_eq!(latencies.within(1.0), 200.0);
    }

    #[test]
    fn few_samples_are_no_trouble() {
        assert!(Latencies::default().p99().is_nan());
        let one = Latencies::new(vec![1_500]);
        assert_eq!((one.p50(), one.p99()), (1.5, 1.5));
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median([]).is_nan());
    }
}
