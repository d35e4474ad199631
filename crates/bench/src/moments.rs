//! When things happened: who waits for something says so before setting it off, and is told the
//! moment.
//!
//! Moments are taken where news arrive, so that a waiter that is woken late measures no more.

use crate::wire::Stream;
use anyhow::Result;
use serde_json::Value;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::{broadcast, oneshot};

/// Waiters by what they wait for; one for each.
#[derive(Debug, Default)]
pub struct Moments(Mutex<HashMap<u64, oneshot::Sender<Instant>>>);

impl Moments {
    /// The moment when this happens next.
    pub fn next(&self, what: u64) -> oneshot::Receiver<Instant> {
        let (sender, receiver) = oneshot::channel();
        self.waiting().insert(what, sender);
        receiver
    }

    /// It happened.
    pub fn happened(&self, what: u64) {
        let now = Instant::now();
        if let Some(waiter) = self.waiting().remove(&what) {
            // Who has given up is not told.
            let _ = waiter.send(now);
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<u64, oneshot::Sender<Instant>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Notes when channels change in the stand-in.
pub async fn of_changes(
    mut changes: broadcast::Receiver<u64>,
    moments: std::sync::Arc<Moments>,
) -> Result<()> {
    loop {
        match changes.recv().await {
            Ok(channel) => moments.happened(channel),
            // What was missed counts as lost, and is reported so.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return Ok(()),
        }
    }
}

/// Notes when a page's stream tells of tickets.
pub async fn of_hints(mut stream: Stream, moments: std::sync::Arc<Moments>) -> Result<()> {
    loop {
        stream
            .next(|event| {
                if let Some(ticket) = ticket_in(event) {
                    moments.happened(ticket);
                }
            })
            .await?;
    }
}

/// The ticket that a hint names.
fn ticket_in(event: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(event).ok()?;
    let data = text.lines().find_map(|line| line.strip_prefix("data: "))?;
    let data: Value = serde_json::from_str(data).ok()?;
    data["ticket"].as_u64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_waiter_is_told_once() {
        let moments = Moments::default();
        moments.happened(7);
        let next = moments.next(7);
        let before = Instant::now();
        moments.happened(8);
        moments.happened(7);
        assert!(next.await.unwrap() >= before);
        assert!(moments.waiting().is_empty());
    }

    #[test]
    fn only_hints_name_tickets() {
        assert_eq!(
            ticket_in(b"id: a.1\nevent: hint\ndata: {\"ticket\":12,\"rev\":3}\n\n"),
            Some(12)
        );
        assert_eq!(ticket_in(b"retry: 2000\n\n"), None);
        assert_eq!(ticket_in(b"event: resync\ndata: {}\n\n"), None);
    }
}
