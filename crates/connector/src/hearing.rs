//! The line from whoever listens to the desk, and the taking in at its end.
//!
//! It is bounded and never makes a speaker wait. A fact that the desk cannot take in is offered
//! again for a while; what is lost even so is made up for by reading the threads again. It looks
//! into no fact.

use super::interactions::Interactions;
use super::lanes::{Lane, Lanes};
use super::status::GatewayStatus;
use desk::bridge::RemoteEvent;
use desk::{DeskError, House};
use serenity::all::Interaction;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// How many facts may wait on the line.
const ON_THE_LINE: usize = 4_096;
/// How many facts may wait in all lanes together before the line has to wait.
const IN_LANES: usize = 4_096;
/// How long to wait before a fact is offered to the desk again.
const AGAIN_AFTER_MS: [u64; 6] = [50, 200, 1_000, 3_000, 10_000, 20_000];
/// How long what is under way may take once we are asked to stop.
const END_WITHIN: Duration = Duration::from_millis(1_500);

/// Something that was heard.
pub(super) enum Heard {
    /// A fact for the desk.
    Fact(Box<RemoteEvent>),
    /// A command, a press, a choice, a form.
    Interaction(Box<Interaction>),
}

/// The end of the line that listeners speak into.
pub(super) struct Line {
    sender: mpsc::Sender<Heard>,
    /// The run that is listened to. An abandoned one may come back to life and speak.
    current: AtomicU64,
    /// Something was lost that only a new session brings back.
    lossy: AtomicBool,
    pub(super) status: Arc<GatewayStatus>,
}

/// A line, and its end at the desk.
pub(super) fn line(status: Arc<GatewayStatus>) -> (Arc<Line>, mpsc::Receiver<Heard>) {
    let (sender, heard) = mpsc::channel(ON_THE_LINE);
    let line = Line {
        sender,
        current: AtomicU64::default(),
        lossy: AtomicBool::default(),
        status,
    };
    (Arc::new(line), heard)
}

impl Line {
    /// From now on only run `number` is listened to.
    pub(super) fn switch_to(&self, number: u64) {
        self.current.store(number, Ordering::SeqCst);
    }

    pub(super) fn is_current(&self, number: u64) -> bool {
        self.current.load(Ordering::SeqCst) == number
    }

    /// Says something, as run `number`. Never waits.
    pub(super) fn say(&self, number: u64, heard: Heard) {
        if !self.is_current(number) {
            return;
        }
        if let Err(TrySendError::Full(_)) = self.sender.try_send(heard) {
            self.status.count_dropped();
            self.is_lossy();
        }
    }

    fn is_lossy(&self) {
        self.lossy.store(true, Ordering::SeqCst);
    }

    /// Whether something was lost since this was last asked.
    pub(super) fn lost_something(&self) -> bool {
        self.lossy.swap(false, Ordering::SeqCst)
    }
}

/// Takes in what is heard until `stop`.
pub(super) async fn take_in(
    house: House,
    interactions: Interactions,
    mut heard: mpsc::Receiver<Heard>,
    line: Arc<Line>,
    stop: CancellationToken,
) {
    let door = {
        let (house, line, stop) = (house.clone(), line.clone(), stop.clone());
        move |lane, fact| offer(house.clone(), line.clone(), stop.clone(), lane, fact)
    };
    let mut lanes = Lanes::new(door);
    let mut presses = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(done) = lanes.done() => lanes.next_of(done),
            Some(pressed) = presses.join_next() => {
                if let Err(error) = pressed {
                    tracing::error!(%error, "Answering an interaction failed");
                }
            }
            heard = heard.recv(), if lanes.waiting < IN_LANES => match heard {
                Some(Heard::Interaction(told)) => {
                    presses.spawn(interactions.clone().answer(told));
                }
                Some(Heard::Fact(fact)) => match *fact {
                    // At once and before all that follows: from here on threads may have gaps.
                    RemoteEvent::Connected | RemoteEvent::Disconnected => gaps(&house, *fact).await,
                    _ => lanes.add(*fact),
                },
                None => break,
            }
        }
    }
    let ending = async {
        while lanes.done().await.is_some() {}
        while presses.join_next().await.is_some() {}
    };
    if tokio::time::timeout(END_WITHIN, ending).await.is_err() {
        tracing::warn!(
            "Facts from Discord that took too long will be read again at the next start"
        );
    }
}

/// Tells the desk that threads may have gaps, which it only has to remember.
async fn gaps(house: &House, fact: RemoteEvent) {
    if let Err(error) = house.ingest(fact).await {
        tracing::error!(%error, "The desk did not hear that threads may have gaps");
    }
}

/// Offers a fact to the desk until it is taken in, or for a minute at most.
async fn offer(
    house: House,
    line: Arc<Line>,
    stop: CancellationToken,
    lane: Lane,
    fact: RemoteEvent,
) {
    for again_after in AGAIN_AFTER_MS {
        match house.ingest(fact.clone()).await {
            Ok(_) => return,
            Err(error) if !may_pass(&error) => {
                tracing::warn!(%error, "The desk refused a fact from Discord");
                return;
            }
            Err(error) => tracing::warn!(
                discord.thread_id = lane.map(|thread| thread.0),
                %error,
                "The desk could not take in a fact from Discord yet"
            ),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_millis(again_after)) => {}
        }
    }
    line.status.count_not_taken_in();
    tracing::error!(
        discord.thread_id = lane.map(|thread| thread.0),
        "The desk did not take in a fact from Discord"
    );
    if lane.is_some() {
        // What follows in this thread must not hide the gap.
        gaps(&house, RemoteEvent::Connected).await;
    } else {
        line.is_lossy();
    }
}

fn may_pass(error: &DeskError) -> bool {
    matches!(
        error,
        DeskError::Busy(_) | DeskError::Db(_) | DeskError::Internal(_)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact() -> Heard {
        Heard::Fact(Box::new(RemoteEvent::ThreadGone {
            thread: domain::ThreadId(1),
        }))
    }

    #[test]
    fn a_full_line_drops_counts_and_asks_for_a_new_session() {
        let (line, mut heard) = line(Arc::default());
        line.switch_to(7);
        for _ in 0..=ON_THE_LINE {
            line.say(7, fact());
        }
        assert_eq!(line.status.snapshot().dropped, 1);
        assert!(line.lost_something());
        assert!(!line.lost_something());
        assert!(heard.try_recv().is_ok());
    }

    #[test]
    fn an_abandoned_run_is_not_heard() {
        let (line, mut heard) = line(Arc::default());
        line.switch_to(2);
        line.say(1, fact());
        assert!(heard.try_recv().is_err());
        line.say(2, fact());
        assert!(heard.try_recv().is_ok());
    }
}
