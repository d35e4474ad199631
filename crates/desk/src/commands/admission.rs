//! Who is let into a ticket's thread and who is put out of it, so that nobody reads there what is not
//! for them. The letting in itself is promised; the bridge does it.

use super::answer::Answer;
use super::asked::Asked;
use super::{conflict, given};
use crate::bridge::{Command, RemoteMember, escape};
use crate::store::entities::ticket;
use crate::store::tickets::Named;
use crate::store::{links, parts};
use crate::work::{Touched, Work};
use crate::{Desk, DeskError, Staff};

impl Desk {
    /// Whoever is not staff reads all that is in the thread: past notes keep them out, and later
    /// ones stay on the web.
    pub(super) async fn add_user(
        &self,
        asked: &Asked,
        staff: &Staff,
        ticket: &Named,
    ) -> Result<Answer, DeskError> {
        let member = self.changed_member(asked, ticket)?;
        let name = escape(&member.name);
        let is_staff = self.counts_as_staff(member.user, &member.roles).await?;
        let work = self.work().await?;
        let row = work.ticket(ticket.id).await?;
        let link = links::of_ticket(&work.tx, row.id).await?;
        if link.thread_id.is_none() {
            return conflict("The ticket's thread is not there yet.");
        }
        let mut warning = "";
        if !is_staff && !link.is_shared() {
            if parts::has_notes_there(&work.tx, row.id).await? {
                return conflict(format!(
                    "There are notes in this thread, which {name} may not read."
                ));
            }
            links::share(&work.tx, row.id).await?;
            warning = " They read all that is written in it; notes from the dashboard stay there.";
        }
        let user = member.user.0;
        let words = format!("{} let {} into the thread", staff.name, member.name);
        promise_recorded(work, &row, Command::AddMember { user }, words).await?;
        Ok(format!(
            "{name} is being let into the thread of #{}.{warning}",
            row.number
        )
        .into())
    }

    pub(super) async fn remove_user(
        &self,
        asked: &Asked,
        staff: &Staff,
        ticket: &Named,
    ) -> Result<Answer, DeskError> {
        let member = self.changed_member(asked, ticket)?;
        let name = escape(&member.name);
        if ticket.account == Some(member.user) {
            return conflict(format!("It is {name}'s own ticket."));
        }
        let work = self.work().await?;
        let row = work.ticket(ticket.id).await?;
        let user = member.user.0;
        let words = format!("{} took {} out of the thread", staff.name, member.name);
        promise_recorded(work, &row, Command::RemoveMember { user }, words).await?;
        Ok(format!(
            "{name} is being taken out of the thread of #{}.",
            row.number
        )
        .into())
    }

    fn changed_member<'a>(
        &self,
        asked: &'a Asked,
        ticket: &Named,
    ) -> Result<&'a RemoteMember, DeskError> {
        let member = given(asked.act.values.user("user"))?;
        if member.bot {
            return conflict("Bots stay as they are.");
        }
        if ticket.status.is_closed() {
            return conflict("The ticket is closed. Reopen it first.");
        }
        Ok(member)
    }
}

/// A change of who is in the thread: promised, and in the ticket's history.
async fn promise_recorded(
    mut work: Work<'_>,
    row: &ticket::Model,
    command: Command,
    words: String,
) -> Result<(), DeskError> {
    work.promise(row.id, None, command);
    work.record(row.id, words).await?;
    work.save(row, |_| (), Touched::StaffOnly).await?;
    work.commit().await
}
