//! Queues of facts: one after the other within a thread, side by side between threads.
//!
//! So a slow thread keeps its order and holds up no other. What taking in a fact means is the
//! door's affair; a door that panics costs its one fact.

use desk::bridge::RemoteEvent;
use domain::ThreadId;
use futures::FutureExt;
use std::collections::{HashMap, VecDeque};
use std::panic::AssertUnwindSafe;
use tokio::task::JoinSet;

/// A thread, or the guild as a whole.
pub(super) type Lane = Option<ThreadId>;

/// The facts that wait, in one queue per lane. `door` takes one in.
pub(super) struct Lanes<D> {
    door: D,
    /// A lane is here while it has work under way; its queue is what follows.
    queues: HashMap<Lane, VecDeque<RemoteEvent>>,
    working: JoinSet<Lane>,
    /// How many facts wait in all queues.
    pub(super) waiting: usize,
}

fn lane_of(fact: &RemoteEvent) -> Lane {
    match fact {
        RemoteEvent::Posted(message) | RemoteEvent::Edited(message) => Some(message.channel),
        RemoteEvent::Deleted { channel, .. } => Some(*channel),
        RemoteEvent::ThreadChanged { thread, .. } | RemoteEvent::ThreadGone { thread } => {
            Some(*thread)
        }
        RemoteEvent::Connected
        | RemoteEvent::Disconnected
        | RemoteEvent::GuildReady { .. }
        | RemoteEvent::GuildAway { .. }
        | RemoteEvent::MemberOf(_)
        | RemoteEvent::ChannelGone { .. } => None,
    }
}

impl<D, F> Lanes<D>
where
    D: Fn(Lane, RemoteEvent) -> F,
    F: Future<Output = ()> + Send + 'static,
{
    pub(super) fn new(door: D) -> Self {
        Self {
            door,
            queues: HashMap::new(),
            working: JoinSet::new(),
            waiting: 0,
        }
    }

    pub(super) fn add(&mut self, fact: RemoteEvent) {
        let lane = lane_of(&fact);
        if let Some(queue) = self.queues.get_mut(&lane) {
            queue.push_back(fact);
            self.waiting += 1;
        } else {
            self.queues.insert(lane, VecDeque::new());
            self.begin(lane, fact);
        }
    }

    fn begin(&mut self, lane: Lane, fact: RemoteEvent) {
        let work = AssertUnwindSafe((self.door)(lane, fact)).catch_unwind();
        self.working.spawn(async move {
            if work.await.is_err() {
                tracing::error!("Taking in a fact from Discord panicked");
            }
            lane
        });
    }

    /// Resolves when a lane is done with a fact; at once with `None` when none is under way.
    pub(super) async fn done(&mut self) -> Option<Lane> {
        // A panic is caught within, and nobody aborts these tasks.
        self.working.join_next().await?.ok()
    }

    pub(super) fn next_of(&mut self, lane: Lane) {
        match self.queues.get_mut(&lane).and_then(VecDeque::pop_front) {
            Some(fact) => {
                self.waiting -= 1;
                self.begin(lane, fact);
            }
            None => {
                self.queues.remove(&lane);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::DiscordMessageId;
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    fn fact(thread: i64, id: i64) -> RemoteEvent {
        RemoteEvent::Deleted {
            channel: ThreadId(thread),
            messages: vec![DiscordMessageId(id)],
        }
    }

    fn id_of(fact: &RemoteEvent) -> (i64, i64) {
        match fact {
            RemoteEvent::Deleted { channel, messages } => (channel.0, messages[0].0),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_slow_thread_keeps_its_order_and_holds_up_no_other() {
        let taken: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
        let door = {
            let taken = taken.clone();
            move |_, fact: RemoteEvent| {
                let taken = taken.clone();
                async move {
                    let (thread, id) = id_of(&fact);
                    let slow = Duration::from_millis(if thread == 1 { 50 } else { 0 });
                    // house-rule: this is the door that takes its time, not the test.
                    tokio::time::sleep(slow).await;
                    assert_ne!(id, 2, "one fact that panics");
                    taken.lock().unwrap().push((thread, id));
                }
            }
        };
        let mut lanes = Lanes::new(door);
        for id in 0..5 {
            lanes.add(fact(1, id));
            lanes.add(fact(2, 100 + id));
        }
        assert_eq!(lanes.waiting, 8);
        while let Some(lane) = lanes.done().await {
            lanes.next_of(lane);
        }
        assert_eq!((lanes.waiting, lanes.queues.len()), (0, 0));
        let taken = taken.lock().unwrap();
        let of = |thread| taken.iter().filter(move |t| t.0 == thread).map(|t| t.1);
        assert!(of(1).eq([0, 1, 3, 4]));
        assert!(of(2).eq(100..105));
        assert!(taken[..5].iter().all(|t| t.0 == 2));
    }
}
