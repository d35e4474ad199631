//! Live hints: that a ticket changed, for those who may see it; never what changed.
//!
//! A viewer who gets a hint reads again through the authorised door, so a lost hint costs
//! freshness, not truth, and the audience is checked twice. The recent past is kept, so that a
//! viewer who was cut off goes on where they were; a longer gap is answered with a resync.

use crate::people::{Holder, Staff};
use domain::{GuildId, TicketId};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::broadcast;

/// How many hints are kept for viewers who come back.
const KEPT: usize = 2_048;

/// That a ticket changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) guild: GuildId,
    pub(crate) ticket: TicketId,
    pub(crate) number: i64,
    pub(crate) rev: i64,
    pub(crate) staff_only: bool,
}

/// Where hints come together and go out.
#[derive(Debug)]
pub struct Hub {
    /// Distinguishes this process's event ids from those of another.
    epoch: String,
    past: Mutex<Past>,
    out: broadcast::Sender<(u64, Hint)>,
    viewers: std::sync::Arc<AtomicUsize>,
}

#[derive(Debug, Default)]
struct Past {
    newest: u64,
    kept: VecDeque<(u64, Hint)>,
}

/// Who listens.
#[derive(Clone, Debug)]
pub enum Audience {
    /// A member of the staff: every ticket of the guilds for which they proved it.
    Staff(Vec<Staff>),
    /// A browser that holds private links: those tickets, without what is internal.
    Customer(Vec<Holder>),
    /// Both in one browser.
    Both(Vec<Staff>, Vec<Holder>),
}

impl Audience {
    fn may_see(&self, hint: &Hint) -> bool {
        let works_there = |staff: &[Staff]| staff.iter().any(|s| s.guild == hint.guild);
        let holds_it =
            |held: &[Holder]| !hint.staff_only && held.iter().any(|h| h.ticket == hint.ticket);
        match self {
            Self::Staff(staff) => works_there(staff),
            Self::Customer(held) => holds_it(held),
            Self::Both(staff, held) => works_there(staff) || holds_it(held),
        }
    }
}

/// What a viewer is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// This ticket changed.
    Hint {
        /// Quote it as `Last-Event-ID` to go on from here.
        id: String,
        /// The ticket's number.
        ticket: i64,
        /// Its revision.
        rev: i64,
    },
    /// Something was missed: read everything again.
    Resync {
        /// Quote it as `Last-Event-ID` to go on from here.
        id: String,
    },
}

/// One viewer's stream.
#[derive(Debug)]
pub struct Subscription {
    epoch: String,
    audience: Audience,
    resync: bool,
    last: u64,
    backlog: VecDeque<(u64, Hint)>,
    live: broadcast::Receiver<(u64, Hint)>,
    viewers: std::sync::Arc<AtomicUsize>,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.viewers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self {
            epoch: crate::token::nonce(),
            past: Mutex::default(),
            out: broadcast::channel(1_024).0,
            viewers: std::sync::Arc::default(),
        }
    }

    pub(crate) fn announce(&self, hint: Hint) {
        let mut past = self.past();
        past.newest += 1;
        let seq = past.newest;
        past.kept.push_back((seq, hint));
        if past.kept.len() > KEPT {
            past.kept.pop_front();
        }
        // Sent under the lock, so that live hints come in the order of their ids. Nobody
        // listening is not an error.
        let _ = self.out.send((seq, hint));
    }

    /// Something changed in a guild that concerns no one ticket, and staff alone.
    pub(crate) fn announce_to_staff(&self, guild: GuildId) {
        self.announce(Hint {
            guild,
            ticket: TicketId(0),
            number: 0,
            rev: 0,
            staff_only: true,
        });
    }

    /// Begins a stream, after the event that the viewer saw last, if it still can be.
    pub fn subscribe(&self, audience: Audience, last_event_id: Option<&str>) -> Subscription {
        let past = self.past();
        let live = self.out.subscribe();
        let seen = last_event_id.map(|id| self.position(id, &past));
        let (resync, last) = match seen {
            None => (false, past.newest),
            Some(Some(seq)) => (false, seq),
            Some(None) => (true, past.newest),
        };
        let backlog = past
            .kept
            .iter()
            .filter(|(seq, _)| *seq > last)
            .copied()
            .collect();
        self.viewers.fetch_add(1, Ordering::Relaxed);
        Subscription {
            epoch: self.epoch.clone(),
            audience,
            resync,
            last,
            backlog,
            live,
            viewers: self.viewers.clone(),
        }
    }

    /// The id of the newest event of all.
    pub fn newest(&self) -> String {
        format!("{}.{}", self.epoch, self.past().newest)
    }

    /// How many streams are open.
    pub fn open_viewers(&self) -> usize {
        self.viewers.load(Ordering::Relaxed)
    }

    /// The sequence number in an event id, if all after it is still known.
    fn position(&self, id: &str, past: &Past) -> Option<u64> {
        let (epoch, seq) = id.rsplit_once('.')?;
        let seq: u64 = seq.parse().ok()?;
        let oldest = past.kept.front().map_or(past.newest + 1, |(s, _)| *s);
        (epoch == self.epoch && seq <= past.newest && seq + 1 >= oldest).then_some(seq)
    }

    fn past(&self) -> std::sync::MutexGuard<'_, Past> {
        self.past
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Subscription {
    /// The next signal. Pending for as long as nothing happens; cancelling it loses nothing.
    pub async fn next(&mut self) -> Signal {
        if std::mem::take(&mut self.resync) {
            return Signal::Resync { id: self.id() };
        }
        loop {
            let (seq, hint) = match self.backlog.pop_front() {
                Some(kept) => kept,
                None => match self.live.recv().await {
                    Ok(live) => live,
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        return Signal::Resync { id: self.id() };
                    }
                    Err(broadcast::error::RecvError::Closed) => {
                        std::future::pending::<()>().await;
                        continue;
                    }
                },
            };
            if seq <= self.last {
                continue;
            }
            self.last = seq;
            if self.audience.may_see(&hint) {
                return Signal::Hint {
                    id: self.id(),
                    ticket: hint.number,
                    rev: hint.rev,
                };
            }
        }
    }

    /// Where the stream stands, as an event id to go on from; none while a resync is still owed.
    pub fn place(&self) -> Option<String> {
        (!self.resync).then(|| self.id())
    }

    fn id(&self) -> String {
        format!("{}.{}", self.epoch, self.last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::CustomerId;

    fn holder(ticket: i64) -> Holder {
        Holder {
            guild: GuildId(1),
            ticket: TicketId(ticket),
            customer: CustomerId(1),
        }
    }

    fn hint(ticket: i64, rev: i64, staff_only: bool) -> Hint {
        Hint {
            guild: GuildId(1),
            ticket: TicketId(ticket),
            number: ticket,
            rev,
            staff_only,
        }
    }

    #[tokio::test]
    async fn a_customer_hears_of_their_ticket_and_of_nothing_internal() {
        let hub = Hub::new();
        let mut stream = hub.subscribe(Audience::Customer(vec![holder(1)]), None);
        hub.announce(hint(2, 1, false));
        hub.announce(hint(1, 1, true));
        hub.announce(hint(1, 2, false));
        assert!(matches!(
            stream.next().await,
            Signal::Hint {
                ticket: 1,
                rev: 2,
                ..
            }
        ));
    }

    #[tokio::test]
    async fn a_viewer_who_was_cut_off_goes_on_where_they_were() {
        let hub = Hub::new();
        let mut first = hub.subscribe(Audience::Customer(vec![holder(1)]), None);
        hub.announce(hint(1, 1, false));
        let Signal::Hint { id, .. } = first.next().await else {
            panic!("a hint was announced");
        };
        hub.announce(hint(1, 2, false));
        let mut second = hub.subscribe(Audience::Customer(vec![holder(1)]), Some(&id));
        assert!(matches!(second.next().await, Signal::Hint { rev: 2, .. }));
    }

    #[tokio::test]
    async fn a_viewer_who_heard_nothing_yet_has_a_place_to_go_on_from() {
        let hub = Hub::new();
        let held = || Audience::Customer(vec![holder(1)]);
        let place = hub.subscribe(held(), None).place().expect("a place");
        hub.announce(hint(1, 1, false));
        let mut again = hub.subscribe(held(), Some(&place));
        assert!(matches!(again.next().await, Signal::Hint { rev: 1, .. }));
        // In another life of the server, that place means that all must be read again.
        let mut later = Hub::new().subscribe(held(), Some(&place));
        assert_eq!(later.place(), None);
        assert!(matches!(later.next().await, Signal::Resync { .. }));
        assert!(later.place().is_some());
    }

    #[tokio::test]
    async fn an_id_that_is_not_ours_or_too_old_means_resync() {
        let hub = Hub::new();
        for n in 0..(KEPT as i64 + 10) {
            hub.announce(hint(1, n, false));
        }
        let old = format!("{}.1", hub.epoch);
        let ahead = format!("{}.99999999", hub.epoch);
        for id in [
            "",
            "x",
            "0.0",
            "-1",
            "18446744073709551615.18446744073709551615",
            &old,
            &ahead,
        ] {
            let mut stream = hub.subscribe(Audience::Customer(vec![holder(1)]), Some(id));
            assert!(matches!(stream.next().await, Signal::Resync { .. }), "{id}");
        }
    }
}
