//! What people do inside Discord: commands, buttons, menus and forms, from what was asked to what
//! is answered.
//!
//! [`Desk::interact`] is the one way through: it makes the proof that the deed asks for, and calls
//! the same use cases as the web. It knows neither which door somebody came through nor how an
//! answer is sent.

mod admin;
mod admission;
mod answer;
mod asked;
mod blocking;
mod command;
mod deeds;
mod everyone;
mod forms;
mod from_message;
mod listing;
mod records;
mod registering;
mod setup;
mod staff;
mod suggest;
mod table;
mod ticket;

pub use answer::{Answer, Board, Control, Field, Form, Line, Menu, Pick, Reply, Row, Say, Step};
pub use asked::{Act, Asked, Value, Values, Written};
pub use command::{Command, Kind, Opt, Takes};
pub use deeds::{Does, ForAdmin, ForEveryone, ForOwner, ForStaff, Who};
pub use listing::matrix;
pub use suggest::Suggestion;
pub use table::{COMMANDS, GROUPS, find};
pub(crate) use table::{QUICK_NAME_MAX, REASON_MAX, REPLY_MAX, TAG_MAX};

use crate::store::{links, ticket_lines, tickets};
use crate::{Desk, DeskError, Holder, Staff};
use asked::profile;
use domain::DiscordUserId;

/// Who acts on a ticket that staff and its customer may act on.
enum Actor {
    Staff(Staff),
    Customer(Holder),
}

impl Desk {
    /// Does what somebody asks for, if they may.
    pub async fn interact(&self, asked: &Asked) -> Result<Answer, DeskError> {
        if asked.guild != self.discord_id {
            return Err(DeskError::NotFound);
        }
        match self.carry_out(asked).await {
            // A command has no field beside which a refusal could stand.
            Err(DeskError::Invalid(fields)) => conflict(in_words(&fields)),
            done => done,
        }
    }

    async fn carry_out(&self, asked: &Asked) -> Result<Answer, DeskError> {
        asked.act.check()?;
        match asked.act.does {
            Does::Everyone(what) => self.for_everyone(what, asked).await,
            Does::Owner(what) => {
                let (actor, ticket) = self.actor(what, asked).await?;
                self.for_owner(what, asked, actor, ticket).await
            }
            Does::Staff(what) => {
                let staff = self.asking_staff(asked).await?;
                self.for_staff(what, asked, &staff).await
            }
            Does::Admin(what) => {
                let admin = self.admin(&asked.member, asked.manages_guild)?;
                self.for_admin(what, asked, &admin).await
            }
        }
    }

    async fn asking_staff(&self, asked: &Asked) -> Result<Staff, DeskError> {
        self.staff_by_roles(profile(&asked.member), &asked.member.roles)
            .await
    }

    /// Staff, or the customer whose ticket it is; to all others every ticket is the same.
    async fn actor(
        &self,
        what: ForOwner,
        asked: &Asked,
    ) -> Result<(Actor, tickets::Named), DeskError> {
        match self.asking_staff(asked).await {
            Ok(staff) => {
                let ticket = self.asked_ticket(asked).await?;
                Ok((Actor::Staff(staff), ticket))
            }
            Err(DeskError::NotAllowed) => {
                let user = asked.member.user;
                let ticket = match self.named_ticket(asked).await {
                    Err(DeskError::NotFound) => return Err(DeskError::NotAllowed),
                    ticket => match ticket? {
                        Some(ticket) => ticket,
                        None => self.only_ticket(user, what).await?,
                    },
                };
                let holder = self.holder_by_account(user, ticket.id).await?;
                Ok((Actor::Customer(holder), ticket))
            }
            Err(error) => Err(error),
        }
    }

    /// The ticket that is meant.
    async fn asked_ticket(&self, asked: &Asked) -> Result<tickets::Named, DeskError> {
        match self.named_ticket(asked).await? {
            Some(ticket) => Ok(ticket),
            None => conflict(WHICH),
        }
    }

    /// The ticket that a button names, the one of the number, or the one whose thread this is.
    async fn named_ticket(&self, asked: &Asked) -> Result<Option<tickets::Named>, DeskError> {
        let id = match (asked.act.ticket, asked.act.values.integer("ticket")) {
            (Some(id), _) => Some(id),
            (None, Some(number)) => tickets::id_of(&self.db.read, self.guild, number).await?,
            (None, None) => {
                match links::of_thread(&self.db.read, self.guild, asked.channel).await? {
                    Some(link) => Some(link.ticket_id),
                    None => return Ok(None),
                }
            }
        };
        let id = id.ok_or(DeskError::NotFound)?;
        let ticket = tickets::of_guild(&self.db.read, self.guild, id).await?;
        ticket.map(Some).ok_or(DeskError::NotFound)
    }

    /// Whoever has only one ticket that this can be done to means that one.
    async fn only_ticket(
        &self,
        user: DiscordUserId,
        what: ForOwner,
    ) -> Result<tickets::Named, DeskError> {
        let whose = ticket_lines::Whose::Account(user);
        let mut lines = ticket_lines::tickets_of(&self.db, self.guild, whose).await?;
        lines.retain(|line| line.status.is_closed() == (what == ForOwner::Reopen));
        let [line] = lines.as_slice() else {
            return conflict(WHICH);
        };
        let id = tickets::id_of(&self.db.read, self.guild, line.number).await?;
        let ticket = tickets::of_guild(&self.db.read, self.guild, id.ok_or(DeskError::NotFound)?);
        ticket.await?.ok_or(DeskError::NotFound)
    }
}

const WHICH: &str = "Say which ticket: this is no ticket's thread.";

/// Why what was typed is refused.
fn in_words(refused: &[domain::Invalid]) -> String {
    let words: Vec<_> = refused.iter().map(|one| one.why.as_str()).collect();
    words.join(" ")
}

/// What was asked contradicts what is.
fn conflict<T>(why: impl Into<String>) -> Result<T, DeskError> {
    Err(DeskError::Conflict { why: why.into() })
}

/// A value that the table says is always there. An interaction that lacks it was not made by a
/// client that knows our commands.
fn given<T>(value: Option<T>) -> Result<T, DeskError> {
    value.ok_or_else(|| DeskError::Conflict {
        why: "Something is missing in this command. Try it again.".to_owned(),
    })
}
