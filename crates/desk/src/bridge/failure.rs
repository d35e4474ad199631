//! What becomes of a promise whose try failed: again later, before a person, or another way.
//!
//! Discord's word on how long to wait is obeyed whole. It knows what went wrong only as a
//! [`DeliveryError`].

use super::budget::TOO_MANY_ACTIVE;
use super::command::Command;
use super::outbox::{Kept, Step};
use super::port::{DeliveryError, ThreadShape};
use crate::store::attempts::{self, Outcome};
use crate::store::entities::outbox::{Lane, Model as Promise};
use crate::store::{links, messages, outbox, parts};
use crate::work::{Touched, Work};
use crate::{Desk, DeskError};
use domain::text::neutral_thread_name;
use domain::{Delivery, Status, Timestamp};
use std::time::Duration;

/// How long to wait when nothing says how long.
const BACKOFF_MS: [u64; 8] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// How long to wait before asking whether a refused token is accepted again.
pub(super) const TOKEN_CHECK: Duration = Duration::from_secs(30);

/// Discord's code for a thread that is archived.
pub(super) const ARCHIVED: u32 = 50083;

/// How often a thread is woken for one promise before somebody has to see who archives it.
const WAKES: u64 = 5;

/// Discord's codes for somebody who is not in a thread, and for an account that is not there.
pub(super) const NO_MEMBER: u32 = 10_007;
pub(super) const NO_USER: u32 = 10_013;

/// Discord's code for a channel that is not there.
pub(super) const UNKNOWN_CHANNEL: u32 = 10_003;

/// Discord's code for a channel or a thread that the bot does not see.
const NO_ACCESS: u32 = 50_001;

/// How long it takes at least until there is room for another active thread.
const ROOM_TAKES: Duration = Duration::from_secs(5);
/// And how long it is waited for at most before it is tried again.
const MOST_FOR_ROOM: Duration = Duration::from_secs(60);

/// Why a promise waits for room.
pub(super) const NO_ROOM: &str = "The server has as many active threads as Discord allows. Quiet tickets' \
    threads are being archived to make room; if this stays, archive others in Discord.";

/// Discord's code for a message that is not there.
pub(super) const UNKNOWN_MESSAGE: u32 = 10008;

impl Desk {
    /// Decides what becomes of a promise whose try failed.
    pub(super) async fn failed(
        &self,
        promise: &Promise,
        command: &Command,
        error: DeliveryError,
    ) -> Result<Step, DeskError> {
        let now = self.now();
        tracing::info!(
            outbox.id = promise.id.0,
            ticket.id = promise.ticket_id.0,
            outbox.attempts = promise.attempts,
            %error,
            "a promise to Discord was not kept yet"
        );
        let backoff = {
            let tries = usize::try_from(promise.attempts - 1).unwrap_or(0);
            Duration::from_millis(BACKOFF_MS[tries.min(BACKOFF_MS.len() - 1)])
        };
        match self.is_shut_out(&error).await {
            // Not this promise is refused: nothing can be asked of the guild. It waits, untried.
            Ok(true) => {
                let work = self.work().await?;
                outbox::wait(&work.tx, promise, self.until_back()).await?;
                work.commit().await?;
                return Ok(Step::PutOff);
            }
            Ok(false) => {}
            // Whether it is the guild or the thread is to be known before anything is parked.
            Err(unknown) => {
                let reason = unknown.to_string();
                let again = now.after(backoff.max(Duration::from_secs(1)));
                return self.put_off(promise, again, &reason, true).await;
            }
        }
        match error {
            // What is left of a former thread is gone with its channel, or stays: not worth a person.
            DeliveryError::Gone { .. } | DeliveryError::Permanent { .. }
                if matches!(
                    command,
                    Command::Remove {
                        channel: Some(_),
                        ..
                    }
                ) =>
            {
                self.record(promise, Kept::Done).await?;
                Ok(Step::Kept)
            }
            DeliveryError::Unauthorised => {
                self.bridge.unauthorised(now.after(TOKEN_CHECK));
                let again = now.after(TOKEN_CHECK);
                self.put_off(
                    promise,
                    again,
                    "Discord does not accept the bot's token.",
                    false,
                )
                .await
            }
            DeliveryError::Retry {
                after,
                global,
                reason,
            } => {
                if global {
                    self.bridge.hold_until(now.after(after));
                }
                self.put_off(promise, now.after(after), &reason, true).await
            }
            DeliveryError::Uncertain { reason } => {
                self.put_off(promise, now.after(backoff), &reason, true)
                    .await
            }
            DeliveryError::Gone { reason, .. } | DeliveryError::Permanent { reason, .. }
                if promise.lane == Lane::Log =>
            {
                // The ticket's thread has nothing to do with it, and goes on.
                self.park(promise, &super::log::trouble(&reason)).await
            }
            DeliveryError::Permanent {
                code: Some(ARCHIVED),
                reason,
            } => {
                self.unarchive_for(promise, command, &reason, now.after(backoff))
                    .await
            }
            DeliveryError::Permanent {
                code: Some(TOO_MANY_ACTIVE),
                ..
            } => self.no_room(promise).await,
            DeliveryError::NameRefused { reason } => self.rename(promise, &reason).await,
            // It is this person who cannot be let in or put out; the thread has nothing to do with it.
            DeliveryError::Gone { code, reason } | DeliveryError::Permanent { code, reason }
                if matches!(
                    command,
                    Command::AddMember { .. } | Command::RemoveMember { .. }
                ) && code != Some(UNKNOWN_CHANNEL) =>
            {
                self.park(promise, &reason).await
            }
            DeliveryError::Gone { code, reason } => match command {
                Command::OpenThread if code == Some(UNKNOWN_MESSAGE) => {
                    let reason =
                        "The card was deleted in Discord before the thread was made from it.";
                    self.tried_in_vain(promise, reason).await
                }
                // Somebody deleted the card, not the thread: the buttons are put back, quietly.
                Command::RefreshCard if code == Some(UNKNOWN_MESSAGE) => {
                    let mut work = self.work().await?;
                    if !still_held(&work, promise).await? {
                        return Ok(Step::Kept);
                    }
                    links::set_card(&work.tx, promise.ticket_id, None).await?;
                    outbox::finish(&work.tx, promise.id).await?;
                    let card = Command::PostCard { calls_staff: false };
                    work.promise(promise.ticket_id, None, card);
                    work.commit().await?;
                    Ok(Step::Kept)
                }
                // The message that it was about is not there any more: nothing is left to do.
                Command::TakeBack { chunk } if code == Some(UNKNOWN_MESSAGE) => {
                    let post = match promise.message_id {
                        Some(message) => parts::post_of(&self.db.read, message, *chunk).await?,
                        None => None,
                    };
                    let kept = post.map_or(Kept::Done, Kept::TakenBack);
                    self.record(promise, kept).await?;
                    Ok(Step::Kept)
                }
                Command::React { .. } | Command::EditMessage { .. } | Command::Remove { .. }
                    if code == Some(UNKNOWN_MESSAGE) =>
                {
                    self.record(promise, Kept::Done).await?;
                    Ok(Step::Kept)
                }
                _ => self.tried_in_vain(promise, &reason).await,
            },
            DeliveryError::Permanent { code, reason } => match (command, code) {
                // Without a thread, or without sight of it, nothing else of the ticket gets through.
                (Command::OpenThread, _) | (_, Some(NO_ACCESS)) => {
                    self.tried_in_vain(promise, &reason).await
                }
                _ => self.park(promise, &reason).await,
            },
        }
    }

    async fn put_off(
        &self,
        promise: &Promise,
        until: Timestamp,
        reason: &str,
        counted: bool,
    ) -> Result<Step, DeskError> {
        let work = self.work().await?;
        outbox::put_off(&work.tx, promise, until, reason, counted).await?;
        attempts::record(&work.tx, promise.id, work.now, Outcome::PutOff, reason).await?;
        work.commit().await?;
        Ok(Step::PutOff)
    }

    /// An archived thread is not a closed ticket: it is brought back, the promise is kept, and a
    /// closed ticket's thread is put away again. Only how often that was tried counts: in a crowded
    /// guild threads are archived all the time, and other tries may have failed for other reasons.
    async fn unarchive_for(
        &self,
        promise: &Promise,
        command: &Command,
        reason: &str,
        again: Timestamp,
    ) -> Result<Step, DeskError> {
        if attempts::came_to(&self.db.read, promise.id, Outcome::Woken).await? >= WAKES {
            return self.park(promise, reason).await;
        }
        let link = links::of_ticket(&self.db.read, promise.ticket_id).await?;
        let Some(thread) = link.thread_id else {
            return self.park(promise, "The ticket has no thread.").await;
        };
        // A lock is a person's, and stays.
        match self.port.shape(thread, ThreadShape::Awake).await {
            Ok(()) => {}
            Err(DeliveryError::Permanent {
                code: Some(TOO_MANY_ACTIVE),
                ..
            }) => return self.no_room(promise).await,
            Err(error) => return self.put_off(promise, again, &error.to_string(), true).await,
        }
        let mut work = self.work().await?;
        // The ticket first, as everywhere: two that lock in different orders wait for each other.
        let ticket = work.ticket(promise.ticket_id).await?;
        links::set_shape(&work.tx, promise.ticket_id, false, None).await?;
        let now = work.now;
        let why = "The thread was archived.";
        outbox::put_off(&work.tx, promise, now, why, true).await?;
        attempts::record(&work.tx, promise.id, now, Outcome::Woken, why).await?;
        let closes = *command == Command::Close;
        if !closes && ticket.status == Status::Closed {
            work.promise(promise.ticket_id, None, Command::Close);
        }
        work.commit().await?;
        self.bridge.wake();
        Ok(Step::PutOff)
    }

    /// The guild is full: room is made, and the promise waits for it, the longer the longer that
    /// takes. It was surely not kept, so that the try does not count.
    async fn no_room(&self, promise: &Promise) -> Result<Step, DeskError> {
        self.bridge.fill_up();
        let now = self.now();
        let waited = promise
            .first_tried_at
            .map_or(Duration::ZERO, |at| now.since(at));
        let wait = (waited / 4).clamp(ROOM_TAKES, MOST_FOR_ROOM);
        self.put_off(promise, now.after(wait), NO_ROOM, false).await
    }

    /// The name holds what Discord does not let pass: the thread gets one that nobody typed, and
    /// staff are told.
    async fn rename(&self, promise: &Promise, reason: &str) -> Result<Step, DeskError> {
        let mut work = self.work().await?;
        let ticket = work.ticket(promise.ticket_id).await?;
        let neutral = neutral_thread_name(ticket.number);
        let link = links::of_ticket(&work.tx, ticket.id).await?;
        if link.name.as_ref() == Some(&neutral) {
            drop(work);
            return self.tried_in_vain(promise, reason).await;
        }
        links::set_name(&work.tx, ticket.id, &neutral).await?;
        outbox::go_on(&work.tx, promise, work.now).await?;
        attempts::record(&work.tx, promise.id, work.now, Outcome::Renamed, reason).await?;
        let words = format!("The thread is called “{neutral}”: {reason}");
        work.record(ticket.id, words).await?;
        work.save(&ticket, |_| (), Touched::StaffOnly).await?;
        work.commit().await?;
        self.bridge.wake();
        Ok(Step::PutOff)
    }

    /// Puts one promise before a person; what was promised later goes on.
    pub(super) async fn park(&self, promise: &Promise, reason: &str) -> Result<Step, DeskError> {
        let mut work = self.work().await?;
        if !still_held(&work, promise).await? {
            return Ok(Step::Kept);
        }
        outbox::park(&work.tx, promise.id, reason).await?;
        attempts::record(&work.tx, promise.id, work.now, Outcome::Parked, reason).await?;
        if let Some(message) = promise.message_id {
            messages::mark(&work.tx, message, Delivery::Failed, Some(reason)).await?;
        }
        let ticket = work.ticket(promise.ticket_id).await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        Ok(Step::Parked)
    }

    /// A try found that the thread itself is what is wrong.
    async fn tried_in_vain(&self, promise: &Promise, reason: &str) -> Result<Step, DeskError> {
        let work = self.work().await?;
        if !still_held(&work, promise).await? {
            // It was a thread that has been replaced meanwhile.
            return Ok(Step::Kept);
        }
        trouble(work, promise.ticket_id, reason).await?;
        Ok(Step::Parked)
    }

    /// Discord says that the thread itself is what is wrong.
    pub(crate) async fn thread_in_trouble(
        &self,
        ticket: domain::TicketId,
        reason: &str,
    ) -> Result<(), DeskError> {
        trouble(self.work().await?, ticket, reason).await
    }
}

/// Whether this try still counts. The ticket is locked first: whoever gives it a new thread at this
/// moment is either before us, and then the promise is crossed off, or waits until we are done.
async fn still_held(work: &Work<'_>, promise: &Promise) -> Result<bool, DeskError> {
    work.ticket(promise.ticket_id).await?;
    outbox::is_held(&work.tx, promise).await
}

/// Everything promised to a ticket's thread waits for a person.
async fn trouble(
    mut work: Work<'_>,
    ticket: domain::TicketId,
    reason: &str,
) -> Result<(), DeskError> {
    let row = work.ticket(ticket).await?;
    links::set_trouble(&work.tx, ticket, Some(reason)).await?;
    for promise in outbox::unfinished(&work.tx, ticket).await? {
        outbox::park(&work.tx, promise.id, reason).await?;
        if let Some(message) = promise.message_id {
            messages::mark(&work.tx, message, Delivery::Failed, Some(reason)).await?;
        }
    }
    work.record(ticket, format!("The thread needs a look: {reason}"))
        .await?;
    work.save(&row, |_| (), Touched::Everyone).await?;
    work.commit().await
}
