//! Use cases on a ticket's state: open, assign, prioritise, close, reopen.
//!
//! Each is one unit of work that changes the row, writes a line of history and promises the
//! thread's change to Discord. It asks for proof of who acts and never looks it up.

use crate::bridge::Command;
use crate::files::{self, NewFile};
use crate::options::within_limits;
use crate::store::entities::ticket;
use crate::store::messages::{self, NewMessage};
use crate::store::{links, people, tickets};
use crate::token::Token;
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, DiscordProfile, Holder, RequestKey, Staff};
use domain::text::{self, Body, Email, Subject};
use domain::{
    ChannelId, Delivery, DiscordUserId, Field, ThreadKind, MessageId, MessageKind, Origin, PersonId, Priority,
    Side, Status, TicketId,
};

/// How much of a message a list shows.
pub(crate) const LAST_WORDS: usize = 140;

/// What a customer asks for.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// Where to answer.
    pub email: Email,
    /// What it is about.
    pub subject: Subject,
    /// The category's key.
    pub category: String,
    /// The first message.
    pub body: Body,
    /// Its files.
    pub files: Vec<NewFile>,
}

/// Who asks.
pub(crate) enum Asker<'a> {
    /// Somebody on the web.
    Address(&'a Email),
    /// Somebody in Discord, or somebody for them.
    Account {
        /// Who.
        who: &'a DiscordProfile,
        /// A staff member files it for them: no limit holds.
        by_staff: bool,
    },
}

impl Asker<'_> {
    fn identity(&self) -> String {
        match self {
            Self::Address(email) => email.as_str().to_owned(),
            Self::Account { who, .. } => format!("discord:{}", who.user),
        }
    }

    fn account(&self) -> Option<DiscordUserId> {
        match self {
            Self::Address(_) => None,
            Self::Account { who, .. } => Some(who.user),
        }
    }

    fn filed(&self) -> &'static str {
        match self {
            Self::Account { by_staff: true, .. } => "Staff filed the ticket for the customer",
            Self::Address(_) | Self::Account { .. } => "The customer filed the ticket",
        }
    }
}

/// A ticket to be filed, wherever it comes from.
pub(crate) struct Filing<'a> {
    pub(crate) asker: Asker<'a>,
    pub(crate) subject: &'a str,
    pub(crate) category: &'a str,
    pub(crate) body: &'a str,
    pub(crate) files: &'a [NewFile],
    /// The channel for its thread, where that is not the support channel.
    pub(crate) parent: Option<ChannelId>,
}

/// A ticket that was filed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The private link's token.
    pub token: String,
    /// The ticket's number.
    pub number: i64,
}

impl Desk {
    /// Files a ticket. The same form sent again leads to the same ticket.
    pub async fn open_ticket(
        &self,
        new: NewTicket,
        key: Option<RequestKey>,
    ) -> Result<Opened, DeskError> {
        self.file(
            Filing {
                asker: Asker::Address(&new.email),
                subject: new.subject.as_str(),
                category: &new.category,
                body: new.body.as_str(),
                files: &new.files,
                parent: None,
            },
            key,
        )
        .await
    }

    /// Files a ticket, wherever it comes from.
    pub(crate) async fn file(
        &self,
        new: Filing<'_>,
        key: Option<RequestKey>,
    ) -> Result<Opened, DeskError> {
        let options = self.options().await?;
        if let Some(why) = options.maintenance() {
            return Err(DeskError::Conflict {
                why: why.to_owned(),
            });
        }
        let key = key
            .or_else(|| RequestKey::parse(&RequestKey::fresh()))
            .ok_or_else(|| DeskError::Internal("a fresh key is no key".into()))?;
        let prints = files::fingerprints(new.files);
        let asker = new.asker.identity();
        let mut content = vec![&*asker, new.subject, new.category, new.body];
        content.extend(prints.iter().map(String::as_str));
        let stored = key.stored("open", &content);
        let shown = files::shown(new.body, new.files.iter().map(NewFile::name));
        self.keep_files(new.files).await?;
        let token = Token::derive(&key, &stored);
        let token_hash = Token::hash(&token.0)
            .ok_or_else(|| DeskError::Internal("a derived token is no token".into()))?;

        // Before the transaction: filing holds the only writing connection as briefly as it can.
        let category = tickets::category(&self.db.read, self.guild, new.category)
            .await?
            .ok_or_else(|| {
                DeskError::invalid(Field::Category, "Choose what your ticket is about.")
            })?;
        // Where a customer is to be in the thread, it is private, in a channel that they see.
        let home = &self.settings.guild;
        let shared_under = match (&new.asker, new.parent) {
            (Asker::Address(_), _) => None,
            (Asker::Account { .. }, Some(parent)) => Some(parent),
            (Asker::Account { .. }, None) if home.thread_kind == ThreadKind::Private => {
                Some(home.support_channel)
            }
            (Asker::Account { .. }, None) => {
                return Err(DeskError::Conflict {
                    why: "Tickets cannot be filed from Discord yet: an admin posts the panel with \
                          /setup first."
                        .to_owned(),
                });
            }
        };
        let mut work = self.work().await?;
        // Taking the number locks the guild's row, so that two sendings of one form come one
        // after the other, and the second sees the first.
        let number = tickets::take_number(&work.tx, self.guild).await?;
        let (customer, person) = match &new.asker {
            Asker::Address(email) => {
                let customer =
                    people::customer(&work.tx, self.guild, email.as_str(), work.now).await?;
                (customer, None)
            }
            Asker::Account { who, by_staff } => {
                // The same form again is no second ticket, and so past no limit.
                let known = tickets::by_request_key(&work.tx, &stored).await?;
                if known.is_none() && !by_staff {
                    within_limits(&work.tx, work.now, &options, self.guild, who.user).await?;
                }
                let customer = people::customer_by_account(
                    &work.tx, self.guild, who.user, &who.name, work.now,
                )
                .await?;
                (customer, Some(people::upsert(&work.tx, who).await?))
            }
        };
        let author = people::called(&work.tx, customer).await?;
        let row = ticket::Model {
            // Given by the database.
            id: TicketId(0),
            guild_id: self.guild,
            number,
            request_key: Some(stored.clone()),
            customer_id: customer,
            category_id: category,
            assignee_id: None,
            subject: new.subject.to_owned(),
            status: Status::Open,
            priority: Priority::Medium,
            rev: 1,
            created_at: work.now,
            updated_at: work.now,
            closed_at: None,
            waiting_since: Some(work.now),
            last_side: Side::Customer,
            last_words: text::excerpt(&shown, LAST_WORDS),
        };
        let Some(id) = tickets::insert(&work.tx, row).await? else {
            drop(work);
            return self.filed_before(token, &stored).await;
        };
        tickets::add_link(&work.tx, &token_hash, id, work.now).await?;
        let account = new.asker.account();
        links::insert(&work.tx, id, &self.settings.guild, shared_under).await?;
        work.record(id, new.asker.filed()).await?;
        let message = messages::insert_first(
            &work.tx,
            NewMessage {
                ticket: id,
                request_key: None,
                side: Side::Customer,
                kind: MessageKind::Reply,
                origin: Origin::Web,
                person,
                author: &author,
                body: new.body,
                at: work.now,
                delivery: Delivery::Queued,
                written_as: None,
            },
        )
        .await?;
        work.promise(id, None, Command::OpenThread);
        if let Some(user) = account {
            work.promise(id, None, Command::AddMember { user: user.0 });
        }
        work.promise(id, None, Command::PostCard { calls_staff: true });
        work.promise_message(id, message, new.body);
        work.attach(id, message, new.files).await?;
        work.announce(id, number, 1, Touched::Everyone);
        work.commit().await?;
        Ok(Opened {
            token: token.0,
            number,
        })
    }

    /// The ticket that the same form led to.
    async fn filed_before(&self, token: Token, stored: &str) -> Result<Opened, DeskError> {
        let number = tickets::by_request_key(&self.db.write, stored)
            .await?
            .ok_or_else(|| DeskError::Internal("a known form has no ticket".into()))?;
        Ok(Opened {
            token: token.0,
            number,
        })
    }

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
        self.prioritise(staff, id, |_| priority).await?;
        Ok(())
    }

    /// Changes the priority by a rule, and says what it is then.
    pub(crate) async fn prioritise(
        &self,
        staff: &Staff,
        id: TicketId,
        rule: impl FnOnce(Priority) -> Priority,
    ) -> Result<Priority, DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(id).await?;
        let priority = rule(row.priority);
        if priority == row.priority {
            return Ok(priority);
        }
        let words = format!(
            "{} set the priority to {}",
            staff.name,
            priority.words().to_lowercase()
        );
        work.change(&row, &words, row.assignee_id, row.status, priority)
            .await?;
        work.commit().await?;
        Ok(priority)
    }

    /// Closes the ticket, for all.
    pub async fn close(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.close_as(id, &staff.name, None).await
    }

    /// Opens a closed ticket again.
    pub async fn reopen(&self, staff: &Staff, number: i64) -> Result<(), DeskError> {
        let id = self.ticket_id(staff, number).await?;
        self.reopen_as(id, &staff.name).await
    }

    /// The customer's own closing.
    pub async fn customer_close(&self, holder: &Holder) -> Result<(), DeskError> {
        self.close_as(holder.ticket, "The customer", None).await
    }

    /// The customer's own reopening.
    pub async fn customer_reopen(&self, holder: &Holder) -> Result<(), DeskError> {
        self.reopen_as(holder.ticket, "The customer").await
    }

    /// The reason, if one is given, is said in the thread before it is put away.
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
        let words = format!("{who} reopened the ticket");
        work.change(&row, &words, row.assignee_id, Status::Open, row.priority)
            .await?;
        work.commit().await
    }

    /// The ticket of this number in the guild that the staff member works for.
    pub(crate) async fn ticket_id(&self, _for: &Staff, number: i64) -> Result<TicketId, DeskError> {
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
        if let Some(reason) = reason {
            let who = crate::bridge::escape(who);
            let words = format!("-# {who} closed the ticket.\n{reason}");
            self.promise(row.id, None, Command::Tell { words });
        }
        let now = self.now;
        self.save(
            row,
            |t| {
                t.status = Status::Closed;
                t.closed_at = Some(now);
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
