//! Catch-up: reading what was written while nobody listened.
//!
//! A thread is read from somewhat before its high-water mark to its end, oldest first, through the
//! same door as live events; until that is done its live events wait for it. What is older than
//! the mark is known and compared for edits. It never concludes a deletion from an absence.

use super::port::DeliveryError;
use crate::store::{links, messages};
use crate::{Desk, DeskError};
use domain::{DiscordMessageId, ThreadId};
use futures::StreamExt;
use std::time::Duration;

/// How many threads are read at once: Discord's global limit leaves room for live work.
const AT_ONCE: usize = 4;
/// The most that Discord gives at once.
const PAGE: u8 = 100;
/// How many known messages are read again, for they may have been edited meanwhile.
const COMPARED: u64 = 50;

impl Desk {
    /// Runs the bridge: keeps promises and reads what was missed, until `stop`.
    pub async fn run_bridge(&self, stop: impl Future<Output = ()>) {
        let (ended, mut end) = tokio::sync::watch::channel(false);
        let reading = async {
            loop {
                let gaps = self.bridge.has_gaps();
                let wait = if self.catch_up_step().await {
                    Duration::from_secs(60)
                } else {
                    Duration::from_secs(1)
                };
                tokio::select! {
                    _ = end.wait_for(|ended| *ended) => return,
                    () = gaps => {}
                    () = tokio::time::sleep(wait) => {}
                }
            }
        };
        let keeping = async {
            self.keep_promises(stop).await;
            let _ = ended.send(true);
        };
        tokio::join!(keeping, reading);
    }

    /// Reads every thread that may have grown unseen. `false` when some have to be read again.
    pub async fn catch_up_step(&self) -> bool {
        let threads = self.bridge.to_read();
        if threads.is_empty() {
            return true;
        }
        tracing::info!(threads = threads.len(), "reading what was missed");
        let all = futures::stream::iter(threads)
            .map(|thread| async move {
                match self.read_thread(thread).await {
                    Ok(done) => done,
                    Err(error) => {
                        tracing::error!(discord.thread_id = thread.0, %error, "a thread could not be read");
                        false
                    }
                }
            })
            .buffer_unordered(AT_ONCE)
            .all(|done| async move { done });
        all.await
    }

    /// Reads one thread to its end. `false` when Discord would not let us now.
    async fn read_thread(&self, thread: ThreadId) -> Result<bool, DeskError> {
        let lane = self.bridge.lane(thread);
        let _one_at_a_time = lane.lock().await;
        let session = self.bridge.session();
        let Some(link) = links::of_thread(&self.db.read, thread).await? else {
            self.bridge.not_to_be_read(thread);
            return Ok(true);
        };
        let mut after =
            match messages::known_before(&self.db.read, link.ticket_id, COMPARED).await? {
                Some(oldest) => DiscordMessageId(oldest.0 - 1),
                None => DiscordMessageId(thread.0),
            };
        loop {
            let page = match self.port.page_after(thread, after, PAGE).await {
                Ok(page) => page,
                Err(error) => return self.unreadable(thread, error).await,
            };
            for message in &page {
                self.take_message(&link, message).await?;
            }
            let Some(last) = page.last() else { break };
            after = last.id;
            if page.len() < usize::from(PAGE) {
                break;
            }
        }
        self.bridge.read_to_end(thread, session);
        Ok(true)
    }

    async fn unreadable(&self, thread: ThreadId, error: DeliveryError) -> Result<bool, DeskError> {
        match error {
            // Asking again changes nothing until a person does something.
            DeliveryError::Gone { reason, .. } | DeliveryError::Permanent { reason, .. } => {
                self.bridge.not_to_be_read(thread);
                if let Some(link) = links::of_thread(&self.db.read, thread).await? {
                    self.thread_in_trouble(link.ticket_id, &reason).await?;
                }
                Ok(true)
            }
            error => {
                tracing::warn!(discord.thread_id = thread.0, %error, "a thread could not be read yet");
                Ok(false)
            }
        }
    }
}
