//! Use cases on messages written on the web: reply, note, try again.
//!
//! A message is stored together with the promise to carry it to Discord. What was written in
//! Discord comes in through [`crate::bridge`] instead.

use crate::bridge::Command;
use crate::store::messages::{self, NewMessage};
use crate::store::{links, outbox, people};
use crate::tickets::LAST_WORDS;
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, Holder, RequestKey, Staff};
use domain::text::{Body, excerpt};
use domain::{Delivery, MessageKind, Origin, Side, Status, TicketId};

impl Desk {
    /// The customer writes. A closed ticket is reopened by it.
    pub async fn customer_reply(
        &self,
        holder: &Holder,
        body: Body,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        let author = people::email(&self.db.read, holder.customer).await?;
        let mut work = self.work().await?;
        work.write(Writing {
            ticket: holder.ticket,
            key,
            side: Side::Customer,
            kind: MessageKind::Reply,
            person: None,
            author: &author,
            body: &body,
        })
        .await?;
        work.commit().await
    }

    /// Staff answer from the dashboard.
    pub async fn staff_reply(
        &self,
        staff: &Staff,
        number: i64,
        body: Body,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        self.write_as(staff, number, MessageKind::Reply, body, key)
            .await
    }

    /// Staff write for each other.
    pub async fn add_note(
        &self,
        staff: &Staff,
        number: i64,
        body: Body,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        self.write_as(staff, number, MessageKind::Note, body, key)
            .await
    }

    async fn write_as(
        &self,
        staff: &Staff,
        number: i64,
        kind: MessageKind,
        body: Body,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        let ticket = self.ticket_id(staff, number).await?;
        let mut work = self.work().await?;
        work.write(Writing {
            ticket,
            key,
            side: Side::Staff,
            kind,
            person: Some(staff.person),
            author: &staff.name,
            body: &body,
        })
        .await?;
        work.commit().await
    }

    /// Everything of the ticket that Discord refused gets another chance.
    pub async fn retry_delivery(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        let parked = outbox::parked(&work.tx, id).await?;
        if parked.is_empty() {
            return Ok(());
        }
        let link = links::of_ticket(&work.tx, id).await?;
        if link.trouble.is_some() {
            links::set_trouble(&work.tx, id, None).await?;
        }
        for job in parked {
            outbox::unpark(&work.tx, job.id, work.now).await?;
            if let Some(message) = job.message_id {
                messages::mark(&work.tx, message, Delivery::Queued, None).await?;
            }
        }
        work.record(id, format!("{} asked Discord once more", staff.name))
            .await?;
        work.save(&row, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        self.bridge.wake();
        Ok(())
    }
}

/// A message being written on the web.
struct Writing<'a> {
    ticket: TicketId,
    key: Option<RequestKey>,
    side: Side,
    kind: MessageKind,
    person: Option<domain::PersonId>,
    author: &'a str,
    body: &'a Body,
}

impl Work<'_> {
    async fn write(&mut self, w: Writing<'_>) -> Result<(), DeskError> {
        let row = self.ticket(w.ticket).await?;
        let body = w.body.as_str();
        let request_key = w.key.map(|key| {
            let ticket = w.ticket.to_string();
            let kind = match w.kind {
                MessageKind::Reply => "reply",
                MessageKind::Note => "note",
            };
            key.stored(kind, &[&ticket, body])
        });
        if let Some(key) = &request_key
            && messages::request_key_known(&self.tx, key).await?
        {
            return Ok(());
        }
        let message = messages::insert(
            &self.tx,
            NewMessage {
                ticket: w.ticket,
                request_key,
                side: w.side,
                kind: w.kind,
                origin: Origin::Web,
                person: w.person,
                author: w.author,
                body,
                at: self.now,
                delivery: Delivery::Queued,
                written_as: None,
            },
        )
        .await?;
        let status = match (w.kind, w.side) {
            (MessageKind::Note, _) => row.status,
            (MessageKind::Reply, Side::Customer) => row.status.after_customer_reply(),
            (MessageKind::Reply, Side::Staff) => row.status.after_staff_reply(),
        };
        if row.status.is_closed() && !status.is_closed() {
            self.record(w.ticket, "The customer reopened the ticket by writing")
                .await?;
            self.promise(w.ticket, None, Command::OpenAgain);
        }
        self.promise_message(w.ticket, message, body);
        self.spoken(&row, w.side, w.kind, body, status).await
    }

    /// Brings a ticket's row up to date with a new message, and its card where that shows.
    pub(crate) async fn spoken(
        &mut self,
        row: &crate::store::entities::ticket::Model,
        side: Side,
        kind: MessageKind,
        body: &str,
        status: Status,
    ) -> Result<(), DeskError> {
        let now = self.now;
        let audience = match kind {
            MessageKind::Reply => Touched::Everyone,
            MessageKind::Note => Touched::StaffOnly,
        };
        self.save(
            row,
            |t| {
                if kind == MessageKind::Note {
                    return;
                }
                t.last_side = side;
                t.last_words = excerpt(body, LAST_WORDS);
                t.status = status;
                if !status.is_closed() {
                    t.closed_at = None;
                }
                t.waiting_since = match side {
                    Side::Customer => row.waiting_since.or(Some(now)),
                    Side::Staff => None,
                };
            },
            audience,
        )
        .await?;
        if status != row.status {
            self.promise(row.id, None, Command::RefreshCard);
        }
        Ok(())
    }
}
