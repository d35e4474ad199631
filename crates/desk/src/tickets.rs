//! Use cases on a ticket's state: open, assign, prioritise, move, close, reopen.
//!
//! Each is one unit of work that changes the row, writes a line of history and promises the
//! thread's change to Discord. It asks for proof of who acts and never looks it up.

use crate::bridge::Command;
use crate::commands::REASON_MAX;
use crate::store::entities::ticket;
use crate::store::{people, tickets};
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, Holder, Staff};
use domain::{Field, MessageId, PersonId, Priority, Status, TicketId};

/// How much of a message a list shows.
pub(crate) const LAST_WORDS: usize = 140;

impl Desk {
    /// The ticket of this number becomes the staff member's own.
    pub async fn assign_to_me(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.assign(staff, id).await
    }

    pub(crate) async fn assign(&self, staff: &Staff, id: TicketId) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if row.assignee_id == Some(staff.person) {
            return Ok(());
        }
        work.take(
            &row,
            staff.person,
            &format!("{} took the ticket", staff.name),
        )
        .await?;
        work.commit().await
    }

    /// Takes a ticket that nobody has. Of two at once, one gets it, and the other learns who.
    pub(crate) async fn claim_for(
        &self,
        staff: &Staff,
        id: TicketId,
    ) -> Result<Claimed, DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        match row.assignee_id {
            Some(person) if person == staff.person => Ok(Claimed::Before),
            Some(person) => {
                let holder = people::by_id(&work.tx, person).await?;
                Ok(Claimed::By(holder.map_or_else(String::new, |row| row.name)))
            }
            None => {
                work.take(
                    &row,
                    staff.person,
                    &format!("{} took the ticket", staff.name),
                )
                .await?;
                work.commit().await?;
                Ok(Claimed::Now)
            }
        }
    }

    /// Gives a ticket to somebody else of the staff.
    pub(crate) async fn assign_to(
        &self,
        by: &Staff,
        to: &Staff,
        id: TicketId,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if row.assignee_id == Some(to.person) {
            return Ok(());
        }
        let words = format!("{} gave the ticket to {}", by.name, to.name);
        work.take(&row, to.person, &words).await?;
        work.commit().await
    }

    /// Nobody's any more.
    pub async fn unassign(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if row.assignee_id.is_none() {
            return Ok(());
        }
        let words = format!("{} released the ticket", staff.name);
        work.change(&row, &words, None, row.status, row.priority)
            .await?;
        work.commit().await
    }

    /// Sets how urgent the ticket is.
    pub async fn set_priority(
        &self,
        staff: &Staff,
        number: i64,
        priority: Priority,
    ) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.prioritise(staff, id, priority).await
    }

    /// The same, by the ticket's id.
    pub(crate) async fn prioritise(
        &self,
        staff: &Staff,
        id: TicketId,
        priority: Priority,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if priority == row.priority {
            return Ok(());
        }
        let words = format!(
            "{} set the priority to {}",
            staff.name,
            priority.words().to_lowercase()
        );
        work.change(&row, &words, row.assignee_id, row.status, priority)
            .await?;
        work.commit().await
    }

    /// Moves a ticket to another category.
    pub async fn set_category(
        &self,
        staff: &Staff,
        number: i64,
        key: &str,
    ) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        let category = tickets::category(&self.db.read, self.guild, key)
            .await?
            .ok_or(DeskError::NotFound)?;
        let known = self.known_categories();
        let name = known.open.iter().find(|c| c.key == key);
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if row.category_id == category {
            return Ok(());
        }
        let name = name.map_or(key, |c| c.name.as_str());
        work.record(id, format!("{} moved the ticket to {name}", staff.name))
            .await?;
        work.save(&row, |t| t.category_id = category, Touched::Everyone)
            .await?;
        work.promise(id, None, Command::RefreshCard);
        work.commit().await
    }

    /// Closes the ticket, for all.
    pub async fn close(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.close_as(id, &staff.name, None).await
    }

    /// The same with words for the customer to read, at most 500 characters.
    pub async fn close_with(
        &self,
        staff: &Staff,
        number: i64,
        reason: &str,
    ) -> Result<(), DeskError> {
        let reason = reason.trim();
        if reason.chars().count() > usize::from(REASON_MAX) {
            let why = format!("A reason has at most {REASON_MAX} characters.");
            return Err(DeskError::invalid(Field::Body, &why));
        }
        let id = self.ticket_id(staff, number).await?;
        let reason = Some(reason).filter(|reason| !reason.is_empty());
        self.close_as(id, &staff.name, reason).await
    }

    /// Opens a closed ticket again.
    pub async fn reopen(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.reopen_as(id, &staff.name).await
    }

    /// The customer's own closing.
    pub async fn customer_close(&self, holder: &Holder) -> Result<(), DeskError> {
        self.lets_in(holder)?;
        self.close_as(holder.ticket, "The customer", None).await
    }

    /// The customer's own reopening.
    pub async fn customer_reopen(&self, holder: &Holder) -> Result<(), DeskError> {
        self.lets_in(holder)?;
        self.reopen_as(holder.ticket, "The customer").await
    }

    /// It is said in the thread before that is put away. The reason, if one is given, is for the
    /// customer to read.
    pub(crate) async fn close_as(
        &self,
        id: TicketId,
        who: &str,
        reason: Option<&str>,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if row.status.is_closed() {
            return Ok(());
        }
        work.close(&row, who, reason).await?;
        work.commit().await
    }

    pub(crate) async fn reopen_as(&self, id: TicketId, who: &str) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        if !row.status.is_closed() {
            return Ok(());
        }
        work.promise(id, None, Command::OpenAgain);
        let told = format!("-# {} opened the ticket again.", crate::bridge::escape(who));
        work.promise(id, None, Command::Tell { words: told });
        let words = format!("{who} reopened the ticket");
        work.change(&row, &words, row.assignee_id, Status::Open, row.priority)
            .await?;
        work.commit().await
    }

    /// The ticket of this number in the guild that the staff member works for.
    pub(crate) async fn ticket_id(
        &self,
        staff: &Staff,
        number: i64,
    ) -> Result<TicketId, DeskError> {
        self.knows(staff)?;
        tickets::id_of(&self.db.read, self.guild, number)
            .await?
            .ok_or(DeskError::NotFound)
    }
}

/// What came of claiming a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Claimed {
    /// It is theirs now.
    Now,
    /// It was theirs.
    Before,
    /// It is another's: whose.
    By(String),
}

impl Work<'_> {
    async fn take(
        &mut self,
        row: &ticket::Model,
        person: PersonId,
        words: &str,
    ) -> Result<(), DeskError> {
        let status = match row.status {
            Status::Open => Status::InProgress,
            other => other,
        };
        self.change(row, words, Some(person), status, row.priority)
            .await
    }

    /// A change of state: the row, the history, the card in the thread.
    async fn change(
        &mut self,
        row: &ticket::Model,
        words: &str,
        assignee: Option<PersonId>,
        status: Status,
        priority: Priority,
    ) -> Result<(), DeskError> {
        self.record(row.id, words).await?;
        let now = self.now;
        self.save(
            row,
            |t| {
                t.assignee_id = assignee;
                t.priority = priority;
                t.status = status;
                if row.status.is_closed() && !status.is_closed() {
                    t.closed_at = None;
                    t.closed_because = None;
                    t.waiting_since = Some(now);
                }
            },
            Touched::Everyone,
        )
        .await?;
        self.promise(row.id, None, Command::RefreshCard);
        Ok(())
    }

    async fn close(
        &mut self,
        row: &ticket::Model,
        who: &str,
        reason: Option<&str>,
    ) -> Result<(), DeskError> {
        let words = match reason {
            Some(reason) => format!("{who} closed the ticket: {reason}"),
            None => format!("{who} closed the ticket"),
        };
        self.record(row.id, words).await?;
        // Where it is locked, no button can be pressed any more.
        let mut told = format!(
            "-# {} closed the ticket. To open it again: `/reopen ticket:{}` in any channel, or its \
             page on the web.",
            crate::bridge::escape(who),
            row.number
        );
        if let Some(reason) = reason {
            told = format!("{told}\n{reason}");
        }
        self.promise(row.id, None, Command::Tell { words: told });
        let now = self.now;
        self.save(
            row,
            |t| {
                t.status = Status::Closed;
                t.closed_at = Some(now);
                t.closed_because = reason.map(str::to_owned);
                t.waiting_since = None;
            },
            Touched::Everyone,
        )
        .await?;
        // The card first: an archived thread takes no edit.
        self.promise(row.id, None, Command::RefreshCard);
        self.promise(row.id, None, Command::Close);
        Ok(())
    }

    /// Promises every piece of a message.
    pub(crate) fn promise_message(&mut self, ticket: TicketId, message: MessageId, body: &str) {
        for chunk in 0..crate::bridge::pieces(body).len() {
            self.promise(
                ticket,
                Some(message),
                Command::PostMessage {
                    chunk: chunk as i64,
                },
            );
        }
    }
}
