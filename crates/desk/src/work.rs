//! A unit of work: one transaction, what it promises to Discord, and whom it tells.
//!
//! [`Work::commit`] is the only way out that keeps anything: it commits, then tells live viewers
//! and wakes the outbox. Dropping it rolls all back. No network call is made while one lives.

use crate::bridge::Command;
use crate::live::Hint;
use crate::milestones::Milestone;
use crate::store::entities::outbox::{self, Lane, WorkState};
use crate::store::entities::{event, ticket};
use crate::store::turns::Turn;
use crate::store::{milestones, tickets};
use crate::{Desk, DeskError, token};
use domain::{MessageId, TicketId, Timestamp};
use sea_orm::{ActiveValue::NotSet, DatabaseTransaction, EntityTrait, QuerySelect, Set};

pub(crate) struct Work<'d> {
    // Before the turn, so that it is undone before another's begins.
    pub(crate) tx: DatabaseTransaction,
    turn: Turn,
    pub(crate) now: Timestamp,
    desk: &'d Desk,
    hints: Vec<Hint>,
    promises: Vec<outbox::ActiveModel>,
    /// The newest line of history, which says who does what.
    recorded: Option<(TicketId, String)>,
}

impl Desk {
    pub(crate) async fn work(&self) -> Result<Work<'_>, DeskError> {
        let (turn, tx) = self.db.begin().await?;
        let now = self.now();
        Ok(Work {
            tx,
            turn,
            now,
            desk: self,
            hints: Vec::new(),
            promises: Vec::new(),
            recorded: None,
        })
    }
}

impl Work<'_> {
    /// A ticket's row, locked until the end: changes of one ticket come one after the other. Whoever
    /// changes anything of a ticket locks it first.
    pub(crate) async fn ticket(&self, id: TicketId) -> Result<ticket::Model, DeskError> {
        ticket::Entity::find_by_id(id)
            .lock_exclusive()
            .one(&self.tx)
            .await?
            .ok_or(DeskError::NotFound)
    }

    /// Stores a changed ticket under its next revision, and tells those who watch it.
    pub(crate) async fn save(
        &mut self,
        before: &ticket::Model,
        change: impl FnOnce(&mut ticket::Model),
        audience: Touched,
    ) -> Result<(), DeskError> {
        let mut after = before.clone();
        after.rev += 1;
        after.updated_at = self.now;
        change(&mut after);
        for milestone in Milestone::between(before, &after) {
            let (id, person) = (before.id, after.assignee_id);
            milestones::add(&self.tx, id, milestone.key(), person, self.now).await?;
            self.log(before.id, milestone);
        }
        tickets::update(&self.tx, after).await?;
        self.announce(before.id, before.number, before.rev + 1, audience);
        Ok(())
    }

    /// Tells those who watch the ticket, once this is committed.
    pub(crate) fn announce(&mut self, id: TicketId, number: i64, rev: i64, audience: Touched) {
        self.hints.push(Hint {
            guild: self.desk.guild,
            ticket: id,
            number,
            rev,
            staff_only: audience == Touched::StaffOnly,
        });
    }

    /// Promises a change to Discord. Kept in the order of promising, per ticket.
    pub(crate) fn promise(
        &mut self,
        ticket: TicketId,
        message: Option<MessageId>,
        command: Command,
    ) {
        self.promise_in(Lane::Thread, ticket, message, command);
    }

    /// Promises a line in the log channel, if there is one. It says what the history says last.
    pub(crate) fn log(&mut self, ticket: TicketId, milestone: Milestone) {
        if self.desk.home().log_channel.is_none() {
            return;
        }
        let recorded = self.recorded.as_ref().filter(|(of, _)| *of == ticket);
        let words = recorded.map_or_else(|| milestone.words().to_owned(), |(_, line)| line.clone());
        self.promise_in(Lane::Log, ticket, None, Command::Log { milestone, words });
    }

    fn promise_in(
        &mut self,
        lane: Lane,
        ticket: TicketId,
        message: Option<MessageId>,
        command: Command,
    ) {
        self.promises.push(outbox::ActiveModel {
            id: NotSet,
            guild_id: Set(self.desk.guild),
            ticket_id: Set(ticket),
            message_id: Set(message),
            command: Set(command.to_json()),
            nonce: Set(token::nonce()),
            state: Set(WorkState::Waiting),
            attempts: Set(0),
            not_before: Set(self.now),
            first_tried_at: Set(None),
            created_at: Set(self.now),
            reason: Set(None),
            lane: Set(lane),
        });
    }

    /// Adds a line to the ticket's history.
    pub(crate) async fn record(
        &mut self,
        ticket: TicketId,
        words: impl Into<String>,
    ) -> Result<(), DeskError> {
        let words = words.into();
        self.recorded = Some((ticket, words.clone()));
        let line = event::ActiveModel {
            id: NotSet,
            ticket_id: Set(ticket),
            at: Set(self.now),
            words: Set(words),
        };
        event::Entity::insert(line)
            .exec_without_returning(&self.tx)
            .await?;
        Ok(())
    }

    /// Makes it so.
    pub(crate) async fn commit(self) -> Result<(), DeskError> {
        let wake = !self.promises.is_empty();
        if wake {
            outbox::Entity::insert_many(self.promises)
                .exec_without_returning(&self.tx)
                .await?;
        }
        self.turn.keep(self.tx).await?;
        for hint in self.hints {
            self.desk.hub.announce(hint);
        }
        if wake {
            self.desk.bridge.wake();
        }
        Ok(())
    }
}

/// Who can see what changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    /// The customer as well.
    Everyone,
    /// Staff alone.
    StaffOnly,
}
