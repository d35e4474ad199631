//! What is stuck between the two sides, and what a person can do about it: try again, give up, make
//! a new thread.
//!
//! It changes promises, never what somebody wrote. Why something is stuck was decided by
//! [`crate::bridge`].

use crate::bridge::{Command, pieces, plan_files};
use crate::store::entities::outbox::{Lane, WorkState};
use crate::store::{files, links, messages, outbox, parts, stuck};
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, Staff};
use domain::view::{StuckView, SyncView};
use domain::{Delivery, MessageKind, OutboxId, Status, TicketId};

/// The most that a page lists.
const LISTED: u64 = 200;

impl Desk {
    /// How the two sides stand with each other.
    pub async fn sync(&self, staff: &Staff) -> Result<SyncView, DeskError> {
        self.knows(staff)?;
        let rows = stuck::oldest(&self.db, self.guild, LISTED).await?;
        let stuck = rows
            .into_iter()
            .map(|row| StuckView {
                what: Command::from_json(&row.command)
                    .map_or("Something that this version does not know", |c| c.words())
                    .to_owned(),
                next_try: (row.state != WorkState::Parked).then_some(row.not_before),
                needs_thread: row.lane == Lane::Thread && row.trouble.is_some(),
                id: row.id,
                number: row.number,
                subject: row.subject,
                since: row.created_at,
                attempts: row.attempts,
                reason: row.reason,
            })
            .collect();
        let depth = outbox::depth(&self.db, self.guild).await?;
        Ok(SyncView {
            stuck,
            waiting: depth.waiting,
            waiting_since: depth.oldest,
            to_read: self.bridge.left_to_read() as u64,
            compared_since: links::compared_since(&self.db, self.guild).await?,
            trouble: self.standing_trouble(),
            now: self.now(),
        })
    }

    /// Tries all that is stuck again, now: what was in the way of one was often in the way of all.
    /// Says how many there were.
    pub async fn retry_all_stuck(&self, staff: &Staff) -> Result<u64, DeskError> {
        self.knows(staff)?;
        let mut tried = 0;
        // A ticket at a time: nobody waits for a lock on all of them.
        for id in stuck::tickets(&self.db, self.guild).await? {
            let mut work = self.work().await?;
            let ticket = work.ticket(id).await?;
            let mut again = 0;
            for row in stuck::of_ticket(&work.tx, id).await? {
                again += u64::from(work.try_stuck_again(&row).await?);
            }
            if again > 0 {
                let words = format!("{} asked Discord once more", staff.name);
                work.record(id, words).await?;
                work.save(&ticket, |_| (), Touched::Everyone).await?;
                work.commit().await?;
                tried += again;
            }
        }
        self.bridge.wake();
        Ok(tried)
    }

    /// Tries a stuck promise again, now.
    pub async fn retry_stuck(&self, staff: &Staff, id: OutboxId) -> Result<(), DeskError> {
        self.knows(staff)?;
        let mut work = self.work().await?;
        let row = work.stuck(self, id).await?;
        let ticket = work.ticket(row.ticket_id).await?;
        if !work.try_stuck_again(&row).await? {
            return Ok(());
        }
        let words = format!("{} asked Discord once more", staff.name);
        work.record(ticket.id, words).await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        self.bridge.wake();
        Ok(())
    }

    /// Gives a stuck promise up: it stays undone, and says who decided so.
    pub async fn give_up(&self, staff: &Staff, id: OutboxId) -> Result<(), DeskError> {
        self.knows(staff)?;
        let mut work = self.work().await?;
        let row = work.stuck(self, id).await?;
        let ticket = work.ticket(row.ticket_id).await?;
        outbox::finish(&work.tx, id).await?;
        if let Some(message) = row.message_id {
            let why = format!("{} gave up sending it to Discord.", staff.name);
            messages::mark(&work.tx, message, Delivery::Failed, Some(&why)).await?;
        }
        let words = format!("{} gave up on a delivery to Discord", staff.name);
        work.record(ticket.id, words).await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await
    }

    /// Gives the ticket a new thread, with the whole conversation in it.
    pub async fn new_thread(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        let options = self.options();
        let mut work = self.work().await?;
        let ticket = work.ticket(id).await?;
        let link = links::of_ticket(&work.tx, id).await?;
        if link.thread_id.is_some() && link.trouble.is_none() {
            return Err(DeskError::Conflict {
                why: "The ticket has a thread that works.".to_owned(),
            });
        }
        // What was promised to the old thread is promised anew, as far as it still matters.
        let mut old = outbox::unfinished(&work.tx, id).await?;
        if link.thread_id.is_none() && link.trouble.is_none() && !old.is_empty() {
            return Err(DeskError::Conflict {
                why: "The ticket's thread is being made already.".to_owned(),
            });
        }
        old.extend(outbox::parked(&work.tx, id).await?);
        for promise in old {
            outbox::finish(&work.tx, promise.id).await?;
        }
        if let (Some(thread), Some(card)) = (link.thread_id, link.card_message_id) {
            let channel = link.card_channel(thread);
            if channel != thread {
                // The former card does not go with the former thread.
                let former = Command::Remove {
                    message: card.0,
                    channel: Some(channel.0),
                };
                work.promise(id, None, former);
            }
        }
        let name = options.name_of_thread(ticket.number, &ticket.subject);
        links::forget_thread(&work.tx, &link, &self.home(), options.panel_channel(), name).await?;
        work.promise(id, None, Command::OpenThread);
        if let Some(user) = ticket.discord_id.filter(|_| link.is_shared()) {
            work.promise(id, None, Command::AddMember { user: user.0 });
        }
        work.promise(id, None, Command::PostCard { calls_staff: true });
        work.promise_conversation(id, link.is_shared()).await?;
        if ticket.status == Status::Closed {
            work.promise(id, None, Command::Close);
        }
        work.record(id, format!("{} asked for a new thread", staff.name))
            .await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await
    }
}

impl Work<'_> {
    /// Gives a stuck promise another chance, now. `false`: it is being tried at this moment, and a
    /// second try beside the first could double it.
    async fn try_stuck_again(&self, row: &outbox::Model) -> Result<bool, DeskError> {
        if row.state == WorkState::Leased {
            return Ok(false);
        }
        if row.state == WorkState::Parked && row.lane == Lane::Thread {
            links::set_trouble(&self.tx, row.ticket_id, None).await?;
        }
        self.try_again(row).await?;
        Ok(true)
    }

    /// A promise that waits for a person gets another chance, now.
    pub(crate) async fn try_again(&self, promise: &outbox::Model) -> Result<(), DeskError> {
        outbox::unpark(&self.tx, promise.id, self.now).await?;
        if let Some(message) = promise.message_id {
            messages::mark(&self.tx, message, Delivery::Queued, None).await?;
        }
        Ok(())
    }

    /// A promise that is not kept, of the desk's guild.
    async fn stuck(&self, desk: &Desk, id: OutboxId) -> Result<outbox::Model, DeskError> {
        let row = stuck::of_guild(&self.tx, desk.guild, id).await?;
        row.filter(|row| row.state != WorkState::Done)
            .ok_or(DeskError::NotFound)
    }

    /// Promises every message that is not taken back, in its order.
    /// Where a customer reads along, notes stay here.
    async fn promise_conversation(
        &mut self,
        ticket: TicketId,
        shared: bool,
    ) -> Result<(), DeskError> {
        for message in messages::of_ticket(&self.tx, ticket).await? {
            parts::forget_all(&self.tx, message.id).await?;
            if message.deleted_at.is_some() {
                // Nothing is left to be carried, whatever became of its deletion in the old thread.
                messages::mark(&self.tx, message.id, Delivery::Delivered, None).await?;
                continue;
            }
            if shared && message.kind == MessageKind::Note {
                messages::mark(&self.tx, message.id, Delivery::Kept, None).await?;
                continue;
            }
            messages::mark(&self.tx, message.id, Delivery::Queued, None).await?;
            let files = files::of_message(&self.tx, message.id).await?;
            let plan = plan_files(files.iter().map(|file| file.size.unsigned_abs()));
            let texts = (0_i64..).zip(pieces(&message.body)).map(|(chunk, _)| chunk);
            for chunk in texts.chain(plan.further_chunks()) {
                self.promise(ticket, Some(message.id), Command::PostMessage { chunk });
            }
        }
        Ok(())
    }
}
