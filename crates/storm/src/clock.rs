//! Time that moves only when the storm moves it, for the desk and for Discord alike, and the place
//! where the process dies.
//!
//! The desk looks at the clock before each of its transactions, so a crash at a look, or at a
//! request, or after one, reaches every state that the database and Discord can be left in: what
//! was not committed is undone, and what is only in memory is gone.

use desk::clock::Clock;
use domain::Timestamp;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// What unwinds when the process dies.
pub struct Crash;

/// The only clock there is.
pub struct StormClock {
    micros: AtomicI64,
    discord: discord_stand_in::Clock,
    looks: AtomicU64,
    crash_at: AtomicU64,
}

impl StormClock {
    /// Begins at a fixed moment.
    pub fn new() -> Self {
        let start = Timestamp::from_millis(1_795_265_280_000);
        Self {
            micros: AtomicI64::new(start.0),
            discord: discord_stand_in::Clock::still(start.millis()),
            looks: AtomicU64::new(0),
            crash_at: AtomicU64::new(0),
        }
    }

    /// The clock that the stand-in is given.
    pub fn of_discord(&self) -> discord_stand_in::Clock {
        self.discord.clone()
    }

    /// Moves on, by whole milliseconds.
    pub fn advance(&self, ms: u64) {
        let micros = i64::try_from(ms * 1_000).unwrap_or(0);
        self.micros.fetch_add(micros, Ordering::SeqCst);
        self.discord.advance(Duration::from_millis(ms));
    }

    /// The process dies at the `looks`-th look from now.
    pub fn crash_in(&self, looks: u64) {
        let at = self.looks.load(Ordering::SeqCst) + looks;
        self.crash_at.store(at, Ordering::SeqCst);
    }

    /// The process does not die.
    pub fn live(&self) {
        self.crash_at.store(0, Ordering::SeqCst);
    }
}

impl Clock for StormClock {
    fn now(&self) -> Timestamp {
        let look = self.looks.fetch_add(1, Ordering::SeqCst) + 1;
        if look == self.crash_at.load(Ordering::SeqCst) {
            self.live();
            std::panic::resume_unwind(Box::new(Crash));
        }
        Timestamp(self.micros.load(Ordering::SeqCst))
    }
}
