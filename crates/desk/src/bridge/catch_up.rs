//! Catch-up: reading what was written while nobody listened.
//!
//! A thread is read from somewhat before its high-water mark to its end, oldest first, through the
//! same door as live events; until that is done its live events wait for it. What is older than
//! the mark is known and compared: edits, and posts of ours, go through the same door; what is
//! missing from a page is asked for by its id. Threads in which somebody wrote come first. An absence alone is no evidence: a lost permission
//! looks the same.

use super::budget::COUNT_EVERY;
use super::failure::{TOKEN_CHECK, UNKNOWN_MESSAGE};
use super::port::DeliveryError;
use crate::store::entities::thread_link::Model as Link;
use crate::store::{links, parts};
use crate::{Desk, DeskError};
use domain::{DiscordMessageId, ThreadId};
use futures::StreamExt;
use std::collections::HashSet;
use std::time::Duration;
use tokio::sync::Semaphore;

/// How many threads are asked for at once: Discord's global limit leaves room for live work.
const ASKED_AT_ONCE: usize = 4;
/// How many threads are read at once: while some are asked for, what others said is taken in, and
/// those who wait for the disk wait together.
const READ_AT_ONCE: usize = 16;
/// The most that Discord gives at once.
const PAGE: u8 = 100;
/// How many known messages are read again, for they may have been edited meanwhile.
const COMPARED: u64 = 50;
/// How many threads are compared at a time.
const RECONCILED: u64 = 5;
/// How long between two such times: an open ticket's thread among a thousand is compared every
/// three hours.
const RECONCILE_EVERY: Duration = Duration::from_secs(60);

impl Desk {
    /// Runs the bridge: keeps promises, reads what was missed, fetches files and keeps the
    /// dashboard message fresh, until `stop`.
    pub async fn run_bridge(&self, stop: impl Future<Output = ()>) {
        let (ended, mut end) = tokio::sync::watch::channel(false);
        let fetching = self.fetch_files(end.clone());
        let showing = self.show_dashboards(end.clone());
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
        let mut over = ended.subscribe();
        let comparing = async {
            loop {
                tokio::select! {
                    _ = over.wait_for(|ended| *ended) => return,
                    () = tokio::time::sleep(RECONCILE_EVERY) => {}
                }
                if let Err(error) = self.reconcile_step().await {
                    tracing::error!(%error, "threads could not be chosen for comparison");
                }
            }
        };
        let mut done = ended.subscribe();
        let counting = async {
            loop {
                tokio::select! {
                    _ = done.wait_for(|ended| *ended) => return,
                    () = self.bridge.filled_up() => {}
                    () = tokio::time::sleep(COUNT_EVERY) => {}
                }
                if let Err(error) = self.budget_step().await {
                    tracing::error!(%error, "no room could be made for new threads");
                }
            }
        };
        let keeping = async {
            self.keep_promises(stop).await;
            let _ = ended.send(true);
        };
        tokio::join!(keeping, reading, comparing, counting, fetching, showing);
    }

    /// Reads the next thread that may have grown unseen. `None` when there is none; `false` when
    /// it has to be read again later.
    pub async fn catch_up_one(&self) -> Result<Option<bool>, DeskError> {
        if self.must_hold_still() {
            return Ok(None);
        }
        match self.bridge.next_to_read(&HashSet::new()) {
            Some(thread) => Ok(Some(self.read_thread(thread, &Semaphore::new(1)).await?)),
            None => Ok(None),
        }
    }

    /// Has the quietest-looked-at threads compared with Discord's, a few at a time: what was
    /// edited, deleted or missed without any event to tell of it is found so.
    pub async fn reconcile_step(&self) -> Result<(), DeskError> {
        if self.must_hold_still() {
            return Ok(());
        }
        let threads = links::compared_least(&self.db, self.guild, RECONCILED).await?;
        links::compared(&self.db, &threads, self.now()).await?;
        self.bridge.read_again(threads);
        Ok(())
    }

    /// Reads every thread that may have grown unseen. `false` when some have to be read again.
    pub async fn catch_up_step(&self) -> bool {
        let left = self.bridge.left_to_read();
        if left == 0 {
            return true;
        }
        if self.must_hold_still() {
            return self.bridge.is_away(self.now());
        }
        tracing::info!(threads = left, "reading what was missed");
        let asking = &Semaphore::new(ASKED_AT_ONCE);
        // Chosen when there is room to read another, for somebody may write in one meanwhile; each
        // once, for those that have to wait would be chosen again and again.
        let mut begun = HashSet::new();
        let in_turn = std::iter::from_fn(|| {
            let next = self.bridge.next_to_read(&begun)?;
            begun.insert(next);
            Some(next)
        });
        let all = futures::stream::iter(in_turn)
            .map(|thread| async move {
                match self.read_thread(thread, asking).await {
                    Ok(done) => done,
                    Err(error) => {
                        tracing::error!(discord.thread_id = thread.0, %error, "a thread could not be read");
                        false
                    }
                }
            })
            .buffer_unordered(READ_AT_ONCE)
            // Not `all`: that ends at the first that has to wait, and the others would go unread.
            .fold(true, |all, done| async move { all && done });
        all.await
    }

    /// Whether nothing may be asked of Discord now: it told us to wait, or it does not know us.
    fn must_hold_still(&self) -> bool {
        let now = self.now();
        self.bridge.is_away(now) || self.bridge.held_until().is_some_and(|until| until > now)
    }

    /// Reads one thread to its end. `false` when Discord would not let us now.
    async fn read_thread(&self, thread: ThreadId, asking: &Semaphore) -> Result<bool, DeskError> {
        let lane = self.bridge.lane(thread);
        let _one_at_a_time = lane.lock().await;
        let session = self.bridge.session();
        let Some(link) = links::of_thread(&self.db.read, self.guild, thread).await? else {
            self.bridge.not_to_be_read(thread);
            return Ok(true);
        };
        let start = match parts::known_before(&self.db.read, link.ticket_id, COMPARED).await? {
            Some(oldest) => DiscordMessageId(oldest.0 - 1),
            None => DiscordMessageId(thread.0),
        };
        let known = parts::known_after(&self.db.read, link.ticket_id, start).await?;
        let mut there = HashSet::new();
        let mut after = start;
        loop {
            let page = {
                let _turn = asking.acquire().await;
                // Another thread may have been told to wait, for all.
                if self.must_hold_still() {
                    return Ok(false);
                }
                self.port.page_after(thread, after, PAGE).await
            };
            let page = match page {
                Ok(page) => page,
                Err(error) => return self.unreadable(thread, error).await,
            };
            for message in &page {
                there.insert(message.id);
                self.take_message(&link, message).await?;
            }
            let Some(last) = page.last() else { break };
            after = last.id;
            if page.len() < usize::from(PAGE) {
                break;
            }
        }
        for missing in known.into_iter().filter(|id| !there.contains(id)) {
            if !self.look_for(&link, thread, missing, asking).await? {
                return Ok(false);
            }
        }
        self.bridge.authorised();
        self.bridge.read_to_end(thread, session);
        if link.trouble.is_some() {
            self.within_reach_again(thread).await?;
        }
        Ok(true)
    }

    /// Asks for a message that was not where it should be. `false` when there was no clear answer.
    async fn look_for(
        &self,
        link: &Link,
        thread: ThreadId,
        missing: DiscordMessageId,
        asking: &Semaphore,
    ) -> Result<bool, DeskError> {
        let told = {
            let _turn = asking.acquire().await;
            self.port.message(thread, missing).await
        };
        match told {
            Ok(message) => {
                self.take_message(link, &message).await?;
                Ok(true)
            }
            Err(DeliveryError::Gone {
                code: Some(UNKNOWN_MESSAGE),
                ..
            }) => {
                self.take_back(missing).await?;
                Ok(true)
            }
            Err(error) => self.unreadable(thread, error).await,
        }
    }

    async fn unreadable(&self, thread: ThreadId, error: DeliveryError) -> Result<bool, DeskError> {
        match self.is_shut_out(&error).await {
            // It is read again when the guild is there.
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "it is not known whether the bot is in the guild");
                return Ok(false);
            }
        }
        match error {
            // Asking again changes nothing until a person does something.
            DeliveryError::Gone { reason, .. } | DeliveryError::Permanent { reason, .. } => {
                self.bridge.not_to_be_read(thread);
                if let Some(link) = links::of_thread(&self.db.read, self.guild, thread).await? {
                    self.thread_in_trouble(link.ticket_id, &reason).await?;
                }
                Ok(true)
            }
            error => {
                let now = self.now();
                match error {
                    DeliveryError::Unauthorised => self.bridge.unauthorised(now.after(TOKEN_CHECK)),
                    DeliveryError::Retry {
                        after,
                        global: true,
                        ..
                    } => {
                        self.bridge.hold_until(now.after(after));
                    }
                    _ => {}
                }
                tracing::warn!(discord.thread_id = thread.0, %error, "a thread could not be read yet");
                Ok(false)
            }
        }
    }
}
