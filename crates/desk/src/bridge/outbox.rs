//! Keeping the promises to Discord: lease one, try it once, record what came of it.
//!
//! The lease is committed before the try, and the result after it; no transaction is open while
//! Discord is asked. A send is a promise written down before it is tried; whoever hears of the
//! result first, the answer or the gateway's echo, may cross it off, and crossing off twice is
//! harmless. It knows neither
//! what is asked of Discord ([`super::attempt`]) nor what a failure means ([`super::failure`]).

use super::command::Command;
use super::port::{DeliveryError, ThreadShape, ThreadState};
use crate::store::entities::outbox::{Model as Promise, WorkState};
use crate::store::{links, messages, outbox, parts};
use crate::work::Touched;
use crate::{Desk, DeskError};
use domain::{Delivery, DiscordMessageId, MessageId, ThreadId, TicketId};
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};

/// How many promises are being kept at once, over all lanes.
const AT_ONCE: usize = 16;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is due.
    Idle,
    /// A promise was kept.
    Kept,
    /// A promise was put off.
    PutOff,
    /// A promise needs a person now.
    Parked,
}

/// What trying a promise came to, when nothing failed.
pub(super) enum Kept {
    /// Done, with nothing to remember.
    Done,
    /// The thread is there, and the card that it began with.
    Thread {
        thread: ThreadId,
        card: Option<DiscordMessageId>,
    },
    /// The card is there on which the thread is to hang.
    Root(DiscordMessageId),
    /// The card is there.
    Card(DiscordMessageId),
    /// A piece of a message is there.
    Piece(DiscordMessageId, MessageId, i64),
    /// A piece of a message is not there any more.
    TakenBack(DiscordMessageId),
    /// The thread is archived or locked, or not, as it was to be.
    Shaped(ThreadShape),
    /// This is what the thread is now.
    Seen(ThreadState),
}

impl Desk {
    /// Leases one promise, tries it once, records the result.
    pub async fn outbox_step(&self) -> Result<Step, DeskError> {
        match self.lease(1).await?.pop() {
            Some(promise) => self.keep(promise).await,
            None => Ok(Step::Idle),
        }
    }

    /// Keeps promises until `stop`, then ends what is under way.
    pub(crate) async fn keep_promises(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        // Tasks of their own: a delivery that holds the writing connection must go on while the
        // loop waits for that connection.
        let mut under_way = JoinSet::new();
        loop {
            // Armed before looking, so that a promise made meanwhile is not missed.
            let woken = self.bridge.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let mut failed = false;
            let room = AT_ONCE - under_way.len();
            if room > 0 {
                match self.lease(room).await {
                    Ok(promises) => {
                        for promise in promises {
                            let desk = self.clone();
                            under_way.spawn(async move { desk.keep(promise).await });
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "the outbox could not be read");
                        failed = true;
                    }
                }
            }
            let idle_for = if failed {
                Duration::from_secs(1)
            } else {
                self.until_next_due().await
            };
            tokio::select! {
                () = &mut stop => break,
                Some(result) = under_way.join_next() => {
                    report(result);
                    // Who ended together makes room together.
                    while let Some(result) = under_way.try_join_next() {
                        report(result);
                    }
                }
                () = woken => {}
                () = tokio::time::sleep(idle_for) => {}
            }
        }
        while let Some(result) = under_way.join_next().await {
            report(result);
        }
    }

    async fn until_next_due(&self) -> Duration {
        let now = self.now();
        let due = match outbox::next_due(&self.db, self.guild, now).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                None
            }
        };
        let held = self.bridge.held_until().filter(|at| *at > now);
        due.into_iter()
            .chain(held)
            .min()
            .map_or(Duration::from_secs(5), |at| at.since(now))
            .clamp(Duration::from_millis(5), Duration::from_secs(5))
    }

    async fn lease(&self, most: usize) -> Result<Vec<Promise>, DeskError> {
        let now = self.now();
        let held = self.bridge.held_until().is_some_and(|at| at > now);
        if held || self.bridge.is_away(now) {
            return Ok(Vec::new());
        }
        outbox::lease(&self.db, self.guild, now, most).await
    }

    async fn keep(&self, promise: Promise) -> Result<Step, DeskError> {
        let Some(command) = Command::from_json(&promise.command) else {
            return self
                .park(&promise, "This version does not know what was promised.")
                .await;
        };
        let result = self.attempt(&promise, &command).await?;
        if !matches!(result, Err(DeliveryError::Unauthorised)) {
            self.bridge.authorised();
        }
        match result {
            Ok(kept) => {
                self.came_through().await?;
                self.record(&promise, kept).await?;
                Ok(Step::Kept)
            }
            Err(error) => self.failed(&promise, &command, error).await,
        }
    }

    /// Crosses a promise off, with what it brought.
    pub(super) async fn record(&self, promise: &Promise, kept: Kept) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let changes_the_ticket = promise.message_id.is_some() || !matches!(kept, Kept::Done);
        if changes_the_ticket {
            // The ticket first, as everywhere: two that lock in different orders wait for each other.
            work.ticket(promise.ticket_id).await?;
        }
        if let Kept::Root(card) = kept {
            // Half of it: the thread is still to be made.
            links::set_card(&work.tx, promise.ticket_id, Some(card)).await?;
            outbox::go_on(&work.tx, promise, work.now).await?;
            work.commit().await?;
            self.bridge.wake();
            return Ok(());
        }
        if !outbox::finish(&work.tx, promise.id).await? {
            // Somebody recorded it first, or gave it up, or asked for a new thread.
            return Ok(());
        }
        let mut fresh = None;
        match kept {
            Kept::Done | Kept::Root(_) => {}
            Kept::Shaped(shape) => self.shaped(&work, promise, shape).await?,
            Kept::Seen(state) => self.see_thread(&mut work, promise, state).await?,
            Kept::Thread { thread, card } => {
                links::set_thread(&work.tx, promise.ticket_id, thread).await?;
                if card.is_some() {
                    links::set_card(&work.tx, promise.ticket_id, card).await?;
                }
                fresh = Some(thread);
                let row = work.ticket(promise.ticket_id).await?;
                work.save(&row, |_| (), Touched::StaffOnly).await?;
            }
            Kept::Card(card) => {
                links::set_card(&work.tx, promise.ticket_id, Some(card)).await?;
            }
            Kept::Piece(discord, message, chunk) => {
                parts::add(&work.tx, discord, message, chunk, None).await?;
                let link = links::of_ticket(&work.tx, promise.ticket_id).await?;
                let row = messages::by_id(&work.tx, message).await?;
                if row.is_some_and(|row| link.withholds(row.kind) && row.deleted_at.is_none()) {
                    // An earlier try posted it before somebody came to read along.
                    let command = Command::TakeBack { chunk };
                    work.promise(promise.ticket_id, Some(message), command);
                }
            }
            Kept::TakenBack(discord) => parts::forget(&work.tx, discord).await?,
        }
        if let Some(message) = promise.message_id {
            self.mark_if_whole(&mut work, promise.ticket_id, message)
                .await?;
        }
        work.commit().await?;
        // Somebody may have written in it before we knew whose thread it is.
        self.bridge.read_again(fresh);
        Ok(())
    }

    /// Sets a message's mark to delivered when Discord has it as it is, and tells its readers.
    pub(super) async fn mark_if_whole(
        &self,
        work: &mut crate::work::Work<'_>,
        ticket: TicketId,
        message: MessageId,
    ) -> Result<(), DeskError> {
        let Some(row) = messages::by_id(&work.tx, message).await? else {
            return Ok(());
        };
        let is_marked = matches!(row.delivery, Delivery::Delivered | Delivery::Kept);
        if is_marked || outbox::owes(&work.tx, ticket, message).await? {
            return Ok(());
        }
        let link = links::of_ticket(&work.tx, ticket).await?;
        let mark = match link.withholds(row.kind) {
            true => Delivery::Kept,
            false => Delivery::Delivered,
        };
        messages::mark(&work.tx, message, mark, None).await?;
        let ticket = work.ticket(ticket).await?;
        let audience = match row.kind {
            domain::MessageKind::Reply => Touched::Everyone,
            domain::MessageKind::Note => Touched::StaffOnly,
        };
        work.save(&ticket, |_| (), audience).await
    }

    /// The gateway showed one of our own messages: its promise is kept, even if its answer was
    /// lost.
    pub(crate) async fn confirm(
        &self,
        nonce: &str,
        discord: DiscordMessageId,
    ) -> Result<bool, DeskError> {
        let Some(promise) = outbox::by_nonce(&self.db.read, self.guild, nonce).await? else {
            return Ok(false);
        };
        if promise.state == WorkState::Done {
            return Ok(false);
        }
        let kept = match (Command::from_json(&promise.command), promise.message_id) {
            (Some(Command::OpenThread), _) => return self.confirm_root(&promise, discord).await,
            (Some(Command::PostCard { .. }), _) => Kept::Card(discord),
            (Some(Command::PostMessage { chunk }), Some(message)) => {
                Kept::Piece(discord, message, chunk)
            }
            _ => Kept::Done,
        };
        self.record(&promise, kept).await?;
        Ok(true)
    }
}

impl Desk {
    /// The gateway showed the card on which a thread is to hang. Whoever makes the thread goes on;
    /// it is only not posted again.
    async fn confirm_root(
        &self,
        promise: &Promise,
        card: DiscordMessageId,
    ) -> Result<bool, DeskError> {
        let work = self.work().await?;
        let ticket = work.ticket(promise.ticket_id).await?;
        let link = links::of_ticket(&work.tx, ticket.id).await?;
        if link.thread_id.is_some() || link.card_message_id.is_some() {
            return Ok(false);
        }
        links::set_card(&work.tx, ticket.id, Some(card)).await?;
        work.commit().await?;
        Ok(true)
    }
}

fn report(result: Result<Result<Step, DeskError>, JoinError>) {
    // In both cases the lease ends by itself, and the promise is tried again.
    match result {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "a promise to Discord could not be recorded"),
        Err(error) => tracing::error!(%error, "keeping a promise to Discord panicked"),
    }
}
