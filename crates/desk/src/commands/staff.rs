//! What staff do inside Discord: the same use cases as on the dashboard.

use super::answer::{Answer, Control, Line, Menu, Say};
use super::asked::{Asked, profile};
use super::deeds::ForStaff;
use super::everyone::body_of;
use super::{conflict, given, listing};
use crate::bridge::escape;
use crate::store::ticket_lines::{self, Whose};
use crate::store::tickets::Named;
use crate::store::{commands, links};
use crate::tags::Tagging;
use crate::tickets::Claimed;
use crate::{Desk, DeskError, Staff};
use domain::{DiscordGuildId, Priority};

impl Desk {
    pub(super) async fn for_staff(
        &self,
        what: ForStaff,
        asked: &Asked,
        staff: &Staff,
    ) -> Result<Answer, DeskError> {
        match what {
            ForStaff::TicketsOf => return self.tickets_of_member(asked).await,
            ForStaff::FromMessage => return self.file_from_message(asked, staff).await,
            ForStaff::Block => return self.block(asked, staff).await,
            ForStaff::Unblock => return self.unblock(asked).await,
            ForStaff::Blocked => return self.list_blocked(staff).await,
            ForStaff::ClockIn => return self.clock(staff, false).await,
            ForStaff::ClockOut => return self.clock(staff, true).await,
            ForStaff::Hours => return self.hours_in_words(staff).await,
            _ => {}
        }
        let ticket = self.asked_ticket(asked).await?;
        match what {
            ForStaff::View => self.view(staff, &ticket).await,
            ForStaff::Claim => self.claim(staff, &ticket).await,
            ForStaff::Assign => self.assign_somebody(asked, staff, &ticket).await,
            ForStaff::Release => {
                if ticket.assignee_id.is_none() {
                    return Ok(format!("Nobody has ticket #{}.", ticket.number).into());
                }
                self.unassign(staff, ticket.number).await?;
                Ok(format!("Ticket #{} is nobody's now.", ticket.number).into())
            }
            ForStaff::AskPriority => Ok(priorities(&ticket, ticket.priority)),
            ForStaff::SetPriority => {
                let key = given(asked.act.values.text("priority"))?;
                let priority = given(Priority::from_key(key))?;
                self.prioritise(staff, ticket.id, priority).await?;
                Ok(priorities(&ticket, priority))
            }
            ForStaff::Category => {
                let typed = given(asked.act.values.text("category"))?;
                let category = self.category_named(typed)?;
                self.set_category(staff, ticket.number, &category.key)
                    .await?;
                let name = &category.name;
                Ok(format!("Ticket #{} is in {name} now.", ticket.number).into())
            }
            ForStaff::Tag => self.tag(asked, staff, &ticket).await,
            ForStaff::Note => {
                let text = body_of(given(asked.act.values.text("text"))?)?;
                let key = Some(asked.key());
                self.add_note(staff, ticket.number, text, key).await?;
                Ok(format!("The note is on ticket #{}.", ticket.number).into())
            }
            ForStaff::Reply => self.reply_by_command(asked, staff, &ticket).await,
            ForStaff::Customer => {
                let name = escape(&ticket.customer);
                let account = match ticket.account {
                    Some(account) => format!(" (<@{account}>)"),
                    None => String::new(),
                };
                let words = format!("{name}{account} filed ticket #{}.", ticket.number);
                let whose = Whose::Customer {
                    customer: ticket.customer_id,
                    account: ticket.account,
                };
                let lines = ticket_lines::tickets_of(&self.db, self.guild, whose).await?;
                let card = self.card_of(staff, &ticket).await?;
                Ok(Answer::Say(Say {
                    words,
                    detail: listing::customer(self.discord_id, &card, &lines),
                    menu: None,
                }))
            }
            ForStaff::AddUser => self.add_user(asked, staff, &ticket).await,
            ForStaff::RemoveUser => self.remove_user(asked, staff, &ticket).await,
            ForStaff::Transcript => Ok(self.transcript_link(staff, &ticket)),
            ForStaff::TicketsOf
            | ForStaff::FromMessage
            | ForStaff::Block
            | ForStaff::Unblock
            | ForStaff::Blocked
            | ForStaff::ClockIn
            | ForStaff::ClockOut
            | ForStaff::Hours => Err(DeskError::Internal("a command without a ticket".into())),
        }
    }

    async fn view(&self, _staff: &Staff, ticket: &Named) -> Result<Answer, DeskError> {
        let tags = commands::tags(&self.db.read, ticket.id).await?;
        let link = links::of_ticket(&self.db.read, ticket.id).await?;
        let mut lines = vec![
            format!("**Customer** {}", escape(&ticket.customer)),
            format!("**Category** {}", escape(&ticket.category)),
            format!("**Priority** {}", ticket.priority.words()),
            format!("**Status** {}", ticket.status.words()),
            format!(
                "**Assigned to** {}",
                ticket
                    .assignee
                    .as_deref()
                    .map_or("nobody yet".to_owned(), escape)
            ),
        ];
        if !tags.is_empty() {
            lines.push(format!("**Tags** {}", escape(&tags.join(", "))));
        }
        if let Some(thread) = link.thread_id {
            lines.push(format!("**Thread** <#{thread}>"));
        }
        if let Some(trouble) = link.trouble {
            lines.push(format!("**Trouble** {trouble}"));
        }
        lines.push(format!(
            "[On the dashboard](<{}/staff/tickets/{}>)",
            self.staff_base(),
            ticket.number
        ));
        Ok(Answer::Say(Say {
            words: format!("**#{} {}**", ticket.number, escape(&ticket.subject)),
            detail: Some(lines.join("\n")),
            menu: None,
        }))
    }

    async fn claim(&self, staff: &Staff, ticket: &Named) -> Result<Answer, DeskError> {
        let number = ticket.number;
        Ok(match self.claim_for(staff, ticket.id).await? {
            Claimed::Now => format!("Ticket #{number} is yours."),
            Claimed::Before => format!("Ticket #{number} is yours already."),
            Claimed::By(name) => format!(
                "Ticket #{number} is {}'s. Release it first, or take it over with /ticket assign.",
                escape(&name)
            ),
        }
        .into())
    }

    async fn assign_somebody(
        &self,
        asked: &Asked,
        staff: &Staff,
        ticket: &Named,
    ) -> Result<Answer, DeskError> {
        let number = ticket.number;
        let Some(to) = asked
            .act
            .values
            .user("to")
            .filter(|to| to.user != asked.member.user)
        else {
            self.assign(staff, ticket.id).await?;
            return Ok(format!("Ticket #{number} is yours.").into());
        };
        let name = escape(&to.name);
        let to = match self.staff_by_roles(profile(to), &to.roles).await {
            Err(DeskError::NotAllowed) => return conflict(format!("{name} is not staff.")),
            to => to?,
        };
        self.assign_to(staff, &to, ticket.id).await?;
        Ok(format!("Ticket #{number} is {name}'s now.").into())
    }

    async fn tag(&self, asked: &Asked, staff: &Staff, ticket: &Named) -> Result<Answer, DeskError> {
        let tag = given(asked.act.values.text("tag"))?;
        let tagging = match asked.act.values.flag("remove") {
            true => Tagging::Off,
            false => Tagging::On,
        };
        let done = self.tag_ticket(staff, ticket.id, tag, tagging).await?;
        let (number, said) = (done.number, escape(&done.tag));
        Ok(match (tagging, done.changed) {
            (Tagging::On, true) => format!("Ticket #{number} has the tag {said}."),
            (Tagging::On, false) => format!("Ticket #{number} has the tag {said} already."),
            (Tagging::Off, true) => format!("Ticket #{number} has the tag {said} no more."),
            (Tagging::Off, false) => format!("Ticket #{number} has no tag {said}."),
        }
        .into())
    }

    async fn reply_by_command(
        &self,
        asked: &Asked,
        staff: &Staff,
        ticket: &Named,
    ) -> Result<Answer, DeskError> {
        let values = &asked.act.values;
        let text = match (values.text("text"), values.text("quick")) {
            (Some(text), None) => text.to_owned(),
            (None, Some(name)) => {
                let name = name.to_lowercase();
                match commands::quick_reply(&self.db.read, self.guild, &name).await? {
                    Some(text) => text,
                    None => return conflict("There is no such quick reply."),
                }
            }
            _ => return conflict("Give a text or a quick reply, one of the two."),
        };
        let key = Some(asked.key());
        self.staff_reply(staff, ticket.number, body_of(&text)?, key)
            .await?;
        Ok(format!(
            "The answer is on its way to the customer of ticket #{}.",
            ticket.number
        )
        .into())
    }

    async fn tickets_of_member(&self, asked: &Asked) -> Result<Answer, DeskError> {
        let member = given(asked.act.values.user("user"))?;
        let name = escape(&member.name);
        let whose = Whose::Account(member.user);
        let lines = ticket_lines::tickets_of(&self.db, self.guild, whose).await?;
        Ok(match lines.is_empty() {
            true => format!("{name} has no tickets.").into(),
            false => listed(self.discord_id, format!("The tickets of {name}:"), &lines),
        })
    }
}

fn listed(guild: DiscordGuildId, words: String, lines: &[ticket_lines::Line]) -> Answer {
    Answer::Say(Say {
        words,
        detail: Some(listing::tickets(guild, lines)).filter(|list| !list.is_empty()),
        menu: None,
    })
}

/// What a ticket's priority is, and the others that it may have.
fn priorities(ticket: &Named, now: Priority) -> Answer {
    let line = |priority: Priority| Line {
        label: priority.words().to_owned(),
        about: None,
        value: priority.key().to_owned(),
        now: priority == now,
    };
    Answer::Say(Say {
        words: format!(
            "The priority of ticket #{} is {}.",
            ticket.number,
            now.words().to_lowercase()
        ),
        detail: None,
        menu: Some(Menu {
            control: Control::SetPriority(ticket.id),
            hint: "Priority".to_owned(),
            lines: Priority::ALL.into_iter().map(line).collect(),
        }),
    })
}
