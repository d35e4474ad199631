//! Room for new threads: Discord lets a guild have a thousand active ones. Before that, and whenever
//! Discord says that it is so far, the threads of the quietest tickets are archived.
//!
//! Archived for room is not closed: the next message opens the thread again. It counts what Discord
//! counts, with everybody else's threads, and archives none but tickets'.

use super::command::Command;
use super::event::ActiveThread;
use super::failure::ARCHIVED;
use super::outbox::Kept;
use super::port::{DeliveryError, ThreadShape};
use crate::store::entities::outbox::Model as Promise;
use crate::store::links::AtRest;
use crate::store::{links, outbox};
use crate::work::Touched;
use crate::{Desk, DeskError};
use domain::{DiscordMessageId, ThreadId};
use std::collections::HashMap;
use std::time::Duration;

/// Discord's code for a guild that has as many active threads as it may.
pub(super) const TOO_MANY_ACTIVE: u32 = 160_006;
/// How much room is made at least when Discord says that there is none: it may count threads that
/// the bot does not see.
const ROOM: usize = 10;
/// How often the threads are counted when nothing calls for it.
pub(super) const COUNT_EVERY: Duration = Duration::from_secs(300);

impl Desk {
    /// Counts the guild's active threads and promises to archive the quietest tickets' if there are
    /// too many. Says how many.
    pub async fn budget_step(&self) -> Result<usize, DeskError> {
        if self.bridge.is_away(self.now()) {
            return Ok(0);
        }
        let full = self.bridge.is_full();
        let active = match self.port.active_threads(self.discord_id).await {
            Ok(active) => active,
            Err(error) => {
                tracing::warn!(%error, "the active threads could not be counted");
                return Ok(0);
            }
        };
        self.bridge.made_room();
        let budget = self.home().thread_budget;
        let least = if full { ROOM } else { 0 };
        // Room that is promised already is as good as made.
        let making = [Command::Rest.to_json(), Command::Close.to_json()];
        let promised = outbox::promised(&self.db, self.guild, &making).await?;
        let wanted = active.len().saturating_sub(budget).max(least);
        let wanted = wanted.saturating_sub(promised);
        if wanted == 0 {
            return Ok(0);
        }
        let mut made = 0;
        for thread in self.quietest(&active).await? {
            if made == wanted {
                break;
            }
            if self.promise_rest(thread).await? {
                made += 1;
            }
        }
        tracing::info!(
            threads.active = active.len(),
            threads.wanted = wanted,
            threads.archived = made,
            "quiet threads make room"
        );
        Ok(made)
    }

    /// The tickets' threads among these, those of closed tickets first, then by the last message.
    async fn quietest(&self, active: &[ActiveThread]) -> Result<Vec<AtRest>, DeskError> {
        let spoken: HashMap<ThreadId, DiscordMessageId> = active
            .iter()
            .map(|a| {
                let first = DiscordMessageId(a.thread.0);
                (a.thread, a.last_message.unwrap_or(first))
            })
            .collect();
        let ids: Vec<ThreadId> = active.iter().map(|a| a.thread).collect();
        let mut rows = links::at_rest(&self.db, self.guild, &ids).await?;
        rows.sort_by_key(|row| {
            let last = spoken.get(&row.thread_id).copied();
            (!row.status.is_closed(), last, row.thread_id)
        });
        Ok(rows)
    }

    /// `false` when something is about to happen in the thread by now.
    async fn promise_rest(&self, thread: AtRest) -> Result<bool, DeskError> {
        let mut work = self.work().await?;
        let ticket = work.ticket(thread.ticket_id).await?;
        let unfinished = outbox::unfinished(&work.tx, ticket.id).await?;
        if !unfinished.is_empty() {
            return Ok(false);
        }
        if ticket.status.is_closed() {
            // Somebody opened it in Discord: it is put away again.
            work.promise(ticket.id, None, Command::Close);
        } else {
            work.promise(ticket.id, None, Command::Rest);
            work.record(
                ticket.id,
                "The quiet thread was archived to make room in Discord; the next message opens it",
            )
            .await?;
            let before = ticket.updated_at;
            work.save(&ticket, |t| t.updated_at = before, Touched::StaffOnly)
                .await?;
        }
        work.commit().await?;
        Ok(true)
    }

    /// Archives a quiet thread, if it is still quiet.
    pub(super) async fn rest(
        &self,
        promise: &Promise,
        thread: ThreadId,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let unfinished = outbox::unfinished(&self.db.read, promise.ticket_id).await?;
        if unfinished.iter().any(|other| other.id != promise.id) {
            return Ok(Ok(Kept::Done));
        }
        Ok(match self.shape(thread, ThreadShape::Resting).await {
            // It is archived already.
            Err(DeliveryError::Permanent {
                code: Some(ARCHIVED),
                ..
            }) => Ok(Kept::Shaped(ThreadShape::Resting)),
            other => other,
        })
    }
}
