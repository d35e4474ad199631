//! Use cases on messages written on the web: reply, note, edit, delete, try again.
//!
//! A message is stored together with the promise to carry it to Discord. What was written in
//! Discord comes in through [`crate::bridge`] instead.

use crate::bridge::{Command, has_only_files, pieces, plan_files};
use crate::files::{self, Said};
use crate::store::entities::{message, ticket};
use crate::store::messages::{self, NewMessage};
use crate::store::{self, links, outbox, parts, people};
use crate::tickets::LAST_WORDS;
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, Holder, RequestKey, Staff};
use domain::text::{Body, excerpt};
use domain::{Delivery, GuildId, MessageId, MessageKind, Origin, Side, Status, TicketId};
use std::collections::HashMap;

impl Desk {
    /// The customer writes. A closed ticket is reopened by it.
    pub async fn customer_reply(
        &self,
        holder: &Holder,
        said: impl Into<Said>,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        self.lets_in(holder)?;
        let said = said.into();
        self.keep_files(&said.files).await?;
        let author = people::called(&self.db.read, holder.customer).await?;
        let mut work = self.work().await?;
        work.write(Writing {
            ticket: holder.ticket,
            key,
            side: Side::Customer,
            kind: MessageKind::Reply,
            person: None,
            author: &author,
            said: &said,
        })
        .await?;
        work.commit().await
    }

    /// Staff answer from the dashboard.
    pub async fn staff_reply(
        &self,
        staff: &Staff,
        number: i64,
        said: impl Into<Said>,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        self.write_as(staff, number, MessageKind::Reply, said.into(), key)
            .await
    }

    /// Staff write for each other.
    pub async fn add_note(
        &self,
        staff: &Staff,
        number: i64,
        said: impl Into<Said>,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        self.write_as(staff, number, MessageKind::Note, said.into(), key)
            .await
    }

    async fn write_as(
        &self,
        staff: &Staff,
        number: i64,
        kind: MessageKind,
        said: Said,
        key: Option<RequestKey>,
    ) -> Result<(), DeskError> {
        let ticket = self.ticket_id(staff, number).await?;
        self.keep_files(&said.files).await?;
        let mut work = self.work().await?;
        work.write(Writing {
            ticket,
            key,
            side: Side::Staff,
            kind,
            person: Some(staff.person),
            author: &staff.name,
            said: &said,
        })
        .await?;
        work.commit().await
    }

    /// The customer changes what they wrote on the web.
    pub async fn customer_edit(
        &self,
        holder: &Holder,
        message: MessageId,
        body: Body,
    ) -> Result<(), DeskError> {
        self.lets_in(holder)?;
        self.edit_own(message, |row| holder.wrote(row), body).await
    }

    /// The customer takes back what they wrote on the web.
    pub async fn customer_delete(
        &self,
        holder: &Holder,
        message: MessageId,
    ) -> Result<(), DeskError> {
        self.lets_in(holder)?;
        self.delete_own(message, |row| holder.wrote(row), "The customer")
            .await
    }

    /// A staff member changes what they wrote on the dashboard.
    pub async fn staff_edit(
        &self,
        staff: &Staff,
        message: MessageId,
        body: Body,
    ) -> Result<(), DeskError> {
        self.knows(staff)?;
        self.edit_own(message, |row| staff.wrote(row), body).await
    }

    /// A staff member takes back what they wrote on the dashboard.
    pub async fn staff_delete(&self, staff: &Staff, message: MessageId) -> Result<(), DeskError> {
        self.knows(staff)?;
        self.delete_own(message, |row| staff.wrote(row), &staff.name)
            .await
    }

    async fn edit_own(
        &self,
        message: MessageId,
        is_own: impl Fn(&message::Model) -> bool,
        body: Body,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let Some((ticket, old)) = work.own(self.guild, message, is_own).await? else {
            return Err(DeskError::NotFound);
        };
        if old.deleted_at.is_some() {
            return Err(DeskError::Conflict {
                why: "This message was deleted.".to_owned(),
            });
        }
        if old.body == body.as_str() {
            return Ok(());
        }
        messages::rewrite(&work.tx, &old, body.as_str(), work.now, work.now).await?;
        work.promise_change(&ticket, &old, body.as_str()).await?;
        work.spoke_last(&ticket, &old, body.as_str()).await?;
        work.commit().await
    }

    async fn delete_own(
        &self,
        message: MessageId,
        is_own: impl Fn(&message::Model) -> bool,
        who: &str,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let Some((ticket, old)) = work.own(self.guild, message, is_own).await? else {
            return Err(DeskError::NotFound);
        };
        if old.deleted_at.is_some() {
            return Ok(());
        }
        messages::take_back(&work.tx, &old, work.now).await?;
        work.record(ticket.id, format!("{who} deleted a message"))
            .await?;
        work.promise_change(&ticket, &old, "").await?;
        work.spoke_last(&ticket, &old, "Message deleted").await?;
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
            work.try_again(&job).await?;
        }
        work.record(id, format!("{} asked Discord once more", staff.name))
            .await?;
        work.save(&row, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        self.bridge.wake();
        Ok(())
    }
}

impl Holder {
    fn wrote(&self, row: &message::Model) -> bool {
        row.ticket_id == self.ticket && row.side == Side::Customer && row.origin == Origin::Web
    }
}

impl Staff {
    fn wrote(&self, row: &message::Model) -> bool {
        row.side == Side::Staff && row.origin == Origin::Web && row.person_id == Some(self.person)
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
    said: &'a Said,
}

impl Work<'_> {
    /// A message of the guild's that `is_own` admits, and its ticket, locked.
    async fn own(
        &self,
        guild: GuildId,
        message: MessageId,
        is_own: impl Fn(&message::Model) -> bool,
    ) -> Result<Option<(ticket::Model, message::Model)>, DeskError> {
        let Some(seen) = messages::by_id(&self.tx, message).await?.filter(&is_own) else {
            return Ok(None);
        };
        let ticket = self.ticket(seen.ticket_id).await?;
        // Read again behind the lock: somebody may have changed it meanwhile.
        let row = messages::by_id(&self.tx, message).await?;
        Ok(row
            .filter(|_| ticket.guild_id == guild)
            .map(|row| (ticket, row)))
    }

    /// Promises that the posts of a message will say `body`; nothing, when it is empty.
    async fn promise_change(
        &mut self,
        ticket: &ticket::Model,
        old: &message::Model,
        body: &str,
    ) -> Result<(), DeskError> {
        if old.delivery == Delivery::Kept {
            return Ok(());
        }
        let before = pieces(&old.body).len();
        let after = if body.is_empty() {
            0
        } else {
            pieces(body).len()
        };
        // A piece of a longer, earlier wording may still be there.
        let there = parts::chunks_there(&self.tx, old.id).await?;
        let texts = there.into_iter().filter(|chunk| !has_only_files(*chunk));
        let last = texts.max().map_or(0, |chunk| chunk + 1);
        let last = last.max(count(before)).max(count(after));
        let refused = self.refused_pieces(ticket, old).await?;
        for chunk in 0..last {
            if let Some(promise) = refused.get(&chunk) {
                // It was never posted, so that there is nothing to change: it is tried again as it
                // is now. Should it be there after all, or not be wanted any more, the try sees to it.
                self.try_again(promise).await?;
                continue;
            }
            let command = match (chunk < count(before), chunk < count(after)) {
                (true, true) => Command::EditMessage { chunk },
                (false, true) => Command::PostMessage { chunk },
                (_, false) => Command::TakeBack { chunk },
            };
            self.promise(ticket.id, Some(old.id), command);
        }
        if body.is_empty() {
            let files = store::files::of_message(&self.tx, old.id).await?;
            let plan = plan_files(files.iter().map(|file| file.size.unsigned_abs()));
            for chunk in plan.further_chunks() {
                self.promise(ticket.id, Some(old.id), Command::TakeBack { chunk });
            }
        }
        messages::mark(&self.tx, old.id, Delivery::Queued, None).await
    }

    /// The pieces of a message that wait for a person because Discord refused them.
    async fn refused_pieces(
        &self,
        ticket: &ticket::Model,
        message: &message::Model,
    ) -> Result<HashMap<i64, outbox::Model>, DeskError> {
        let parked = outbox::parked(&self.tx, ticket.id).await?;
        let of_it = parked
            .into_iter()
            .filter(|p| p.message_id == Some(message.id));
        let pieces = of_it.filter_map(|p| match Command::from_json(&p.command) {
            Some(Command::PostMessage { chunk }) => Some((chunk, p)),
            _ => None,
        });
        Ok(pieces.collect())
    }

    /// Brings the ticket's row up to date after a change of a message: lists show the last words.
    async fn spoke_last(
        &mut self,
        ticket: &ticket::Model,
        old: &message::Model,
        words: &str,
    ) -> Result<(), DeskError> {
        let files = store::files::of_message(&self.tx, old.id).await?;
        let shown = files::shown(&old.body, files.iter().map(|file| &file.name));
        let is_last = ticket.last_words == excerpt(&shown, LAST_WORDS);
        let audience = match old.kind {
            MessageKind::Reply => Touched::Everyone,
            MessageKind::Note => Touched::StaffOnly,
        };
        self.save(
            ticket,
            |t| {
                if is_last {
                    t.last_words = excerpt(words, LAST_WORDS);
                }
            },
            audience,
        )
        .await
    }

    async fn write(&mut self, w: Writing<'_>) -> Result<(), DeskError> {
        let row = self.ticket(w.ticket).await?;
        let body = w.said.body.as_str();
        let request_key = w.key.map(|key| {
            let ticket = w.ticket.to_string();
            let kind = match w.kind {
                MessageKind::Reply => "reply",
                MessageKind::Note => "note",
            };
            let files = files::fingerprints(&w.said.files);
            let content = [ticket.as_str(), body];
            let content = content.into_iter().chain(files.iter().map(String::as_str));
            key.stored(kind, &content.collect::<Vec<_>>())
        });
        if let Some(key) = &request_key
            && messages::request_key_known(&self.tx, key).await?
        {
            return Ok(());
        }
        // Where a customer reads along, a note is not carried to the thread.
        let stays =
            w.kind == MessageKind::Note && links::of_ticket(&self.tx, w.ticket).await?.is_shared();
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
                delivery: if stays {
                    Delivery::Kept
                } else {
                    Delivery::Queued
                },
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
        if !stays {
            self.promise_message(w.ticket, message, body);
        }
        self.attach(w.ticket, message, &w.said.files).await?;
        let shown = files::shown(body, w.said.files.iter().map(|file| file.name()));
        self.spoken(&row, w.side, w.kind, &shown, status).await
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
                    t.closed_because = None;
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

fn count(pieces: usize) -> i64 {
    i64::try_from(pieces).unwrap_or(i64::MAX)
}
