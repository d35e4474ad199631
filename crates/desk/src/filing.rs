//! How a ticket begins, wherever it comes from: a form on the web, a form in Discord, a message that
//! staff make a ticket of.
//!
//! One unit of work takes the number, stores ticket, link and message, and promises the thread. The
//! same form sent again leads to the same ticket. It knows no form's shape.

use crate::bridge::Command;
use crate::files::{self, NewFile};
use crate::milestones::Milestone;
use crate::store::entities::ticket;
use crate::store::messages::{self, NewMessage};
use crate::store::{links, people, ticket_lines, tickets};
use crate::tickets::LAST_WORDS;
use crate::token::Token;
use crate::work::Touched;
use crate::{Desk, DeskError, DiscordProfile, RequestKey};
use domain::text::{self, Body, Email, Subject};
use domain::{
    ChannelId, Delivery, DiscordMessageId, DiscordUserId, Field, MessageKind, Origin, Priority,
    Side, Status, TicketId,
};

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
        /// The staff member who files it for them: no limit holds.
        by_staff: Option<&'a str>,
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

    fn filed(&self) -> String {
        match self {
            Self::Account {
                by_staff: Some(name),
                ..
            } => format!("{name} filed the ticket for the customer"),
            Self::Address(_) | Self::Account { .. } => "The customer filed the ticket".to_owned(),
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
    /// The message at Discord of which it is made. Of each at most one ticket is.
    pub(crate) made_of: Option<DiscordMessageId>,
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
                made_of: None,
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
        if let Some(why) = self.maintenance() {
            return Err(DeskError::Conflict { why });
        }
        let options = self.options();
        let key = key
            .or_else(|| RequestKey::parse(&RequestKey::fresh()))
            .ok_or_else(|| DeskError::Internal("a fresh key is no key".into()))?;
        let prints = files::fingerprints(new.files);
        let asker = new.asker.identity();
        // The same form given to two guilds is two tickets.
        let guild = self.guild.to_string();
        let mut content = vec![&*guild, &*asker, new.subject, new.category, new.body];
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
        let shared_under = match (&new.asker, new.parent) {
            (Asker::Address(_), _) => None,
            (Asker::Account { .. }, Some(parent)) => Some(parent),
            // Nobody can be let into a thread under a channel that only staff see.
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
        let (customer, author, person) = match &new.asker {
            Asker::Address(email) => {
                let (customer, called) =
                    people::customer(&work.tx, self.guild, email.as_str(), work.now).await?;
                (customer, called, None)
            }
            Asker::Account { who, by_staff } => {
                // The same form again is no second ticket, and so against no rule and past no limit.
                let known = tickets::by_request_key(&work.tx, &stored).await?;
                if let Some(message) = new.made_of.filter(|_| known.is_none())
                    && let Some(number) = tickets::made_of(&work.tx, self.guild, message).await?
                {
                    return Err(DeskError::Conflict {
                        why: format!("Ticket #{number} was made of this message."),
                    });
                }
                if known.is_none() && by_staff.is_none() {
                    let standing = ticket_lines::standing(&work.tx, self.guild, who.user).await?;
                    options.admit(&standing, work.now)?;
                }
                let customer = people::customer_by_account(
                    &work.tx, self.guild, who.user, &who.name, work.now,
                )
                .await?;
                let person = people::upsert(&work.tx, who).await?;
                (customer, who.name.clone(), Some(person))
            }
        };
        let row = ticket::Model {
            // Given by the database.
            id: TicketId(0),
            guild_id: self.guild,
            number,
            request_key: Some(stored.clone()),
            customer_id: customer,
            discord_id: new.asker.account(),
            category_id: category,
            assignee_id: None,
            subject: new.subject.to_owned(),
            status: Status::Open,
            priority: Priority::Medium,
            rev: 1,
            created_at: work.now,
            updated_at: work.now,
            closed_at: None,
            closed_because: None,
            waiting_since: Some(work.now),
            last_side: Side::Customer,
            last_words: text::excerpt(&shown, LAST_WORDS),
        };
        let Some(id) = tickets::insert(&work.tx, row).await? else {
            drop(work);
            return self.filed_before(token, &stored).await;
        };
        tickets::add_link(&work.tx, &token_hash, id, work.now).await?;
        if let Some(message) = new.made_of {
            tickets::is_made_of(&work.tx, self.guild, message, id).await?;
        }
        let account = new.asker.account();
        let name = self.options().name_of_thread(number, new.subject);
        links::insert(&work.tx, id, &self.home(), shared_under, name).await?;
        work.record(id, new.asker.filed()).await?;
        work.log(id, Milestone::Filed);
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
}
