//! How the gateway is doing, in figures that health checks and metrics may show.
//!
//! Written by whoever listens, read by anyone. It says nothing that Discord said, and decides
//! nothing.

use serde::Serialize;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

/// Where the connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Disconnected,
    Connecting,
    Connected,
    /// Discord does not let this bot in until a person changes something.
    Refused,
}

impl State {
    fn words(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Refused => "refused",
        }
    }

    fn from_number(number: u8) -> Self {
        [
            Self::Disconnected,
            Self::Connecting,
            Self::Connected,
            Self::Refused,
        ]
        .into_iter()
        .find(|state| *state as u8 == number)
        .unwrap_or(Self::Disconnected)
    }
}

/// The gateway's figures, written while it runs.
#[derive(Debug)]
pub struct GatewayStatus {
    state: AtomicU8,
    /// Moments are milliseconds after this one; zero stands for never.
    began: Instant,
    connected_at: AtomicU64,
    last_event_at: AtomicU64,
    undecoded: AtomicU64,
    dropped: AtomicU64,
    not_taken_in: AtomicU64,
    restarts: AtomicU64,
    abandoned: AtomicU64,
    trouble: Mutex<Option<String>>,
}

impl Default for GatewayStatus {
    fn default() -> Self {
        Self {
            state: AtomicU8::new(State::Disconnected as u8),
            began: Instant::now(),
            connected_at: AtomicU64::default(),
            last_event_at: AtomicU64::default(),
            undecoded: AtomicU64::default(),
            dropped: AtomicU64::default(),
            not_taken_in: AtomicU64::default(),
            restarts: AtomicU64::default(),
            abandoned: AtomicU64::default(),
            trouble: Mutex::default(),
        }
    }
}

/// The gateway's figures at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GatewaySnapshot {
    /// Whether events arrive.
    pub connected: bool,
    /// `disconnected`, `connecting`, `connected` or `refused`.
    pub state: &'static str,
    /// For how long it has been connected.
    pub connected_seconds: Option<u64>,
    /// How long ago Discord last said anything.
    pub last_event_seconds_ago: Option<u64>,
    /// Events that the client library could not read.
    pub undecoded: u64,
    /// Events dropped because too many waited; a new session made up for them.
    pub dropped: u64,
    /// Events that the desk could not take in; reading the thread again makes up for them.
    pub not_taken_in: u64,
    /// How often the connection was begun anew.
    pub restarts: u64,
    /// How often a stuck connection could not even be ended.
    pub abandoned: u64,
    /// What keeps it from being connected, in words for an operator.
    pub trouble: Option<String>,
}

impl GatewayStatus {
    /// The figures now.
    pub fn snapshot(&self) -> GatewaySnapshot {
        let state = self.state();
        let connected = state == State::Connected;
        GatewaySnapshot {
            connected,
            state: state.words(),
            connected_seconds: self.seconds_since(&self.connected_at).filter(|_| connected),
            last_event_seconds_ago: self.seconds_since(&self.last_event_at),
            undecoded: self.undecoded.load(Ordering::Relaxed),
            dropped: self.dropped.load(Ordering::Relaxed),
            not_taken_in: self.not_taken_in.load(Ordering::Relaxed),
            restarts: self.restarts.load(Ordering::Relaxed),
            abandoned: self.abandoned.load(Ordering::Relaxed),
            trouble: self.trouble().clone(),
        }
    }

    pub(super) fn state(&self) -> State {
        State::from_number(self.state.load(Ordering::Relaxed))
    }

    pub(super) fn connected(&self) {
        if self.enter(State::Connected) != State::Connected {
            self.connected_at.store(self.now(), Ordering::Relaxed);
            *self.trouble() = None;
        }
    }

    pub(super) fn connecting(&self) {
        self.enter(State::Connecting);
    }

    pub(super) fn disconnected(&self, why: &str) {
        self.enter(State::Disconnected);
        *self.trouble() = Some(why.to_owned());
    }

    pub(super) fn refused(&self, why: &str) {
        self.enter(State::Refused);
        *self.trouble() = Some(why.to_owned());
    }

    pub(super) fn heard_event(&self) {
        self.last_event_at.store(self.now(), Ordering::Relaxed);
    }

    pub(super) fn count_undecoded(&self) {
        self.undecoded.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_dropped(&self) {
        self.dropped.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_not_taken_in(&self) {
        self.not_taken_in.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_restart(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_abandoned(&self) {
        self.abandoned.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, state: State) -> State {
        State::from_number(self.state.swap(state as u8, Ordering::Relaxed))
    }

    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis())
            .unwrap_or(u64::MAX)
            .max(1)
    }

    fn seconds_since(&self, moment: &AtomicU64) -> Option<u64> {
        let at = moment.load(Ordering::Relaxed);
        (at > 0).then(|| self.now().saturating_sub(at) / 1_000)
    }

    fn trouble(&self) -> MutexGuard<'_, Option<String>> {
        self.trouble
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trouble_is_told_until_it_is_over() {
        let status = GatewayStatus::default();
        assert!(!status.snapshot().connected);
        status.refused("The token is not accepted.");
        status.connecting();
        assert_eq!(status.snapshot().state, "connecting");
        assert!(status.snapshot().trouble.is_some());
        status.connected();
        let now = status.snapshot();
        assert!(now.connected && now.trouble.is_none() && now.connected_seconds.is_some());
        status.disconnected("Discord cannot be reached.");
        assert_eq!(status.snapshot().connected_seconds, None);
    }
}
