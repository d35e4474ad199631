//! What people do to a ticket's thread in Discord: archive it, lock it, rename it, delete it, or its
//! channel with it.
//!
//! An event only says that something changed, and events come late and swapped: what became of the
//! thread is looked at by a promise of the ticket's lane, after all that we promised ourselves. Each
//! deed has one decided outcome, which staff read in the ticket's history; nothing is undone that a
//! person did.

use super::command::Command;
use super::failure::NO_ROOM;
use super::ingest::Ingested;
use super::port::{ThreadShape, ThreadState};
use crate::store::entities::outbox::Model as Promise;
use crate::store::entities::thread_link::Model as Link;
use crate::store::entities::ticket::Model as Ticket;
use crate::store::{links, outbox};
use crate::work::{Touched, Work};
use crate::{Desk, DeskError};
use domain::text::thread_name;
use domain::{ChannelId, Status, ThreadId};

const LOCKED: &str = "The thread was locked in Discord: only moderators and the bot write there";

/// What staff should know of a thread before they write there.
pub(crate) fn notice(link: &Link, status: Status) -> Option<&'static str> {
    let open = link.thread_id.is_some() && !status.is_closed();
    match (open, link.locked, link.archived) {
        (true, true, _) => Some(
            "The thread is locked in Discord: only moderators and the bot write there. Unlock it \
             in Discord, or close and reopen the ticket.",
        ),
        (true, false, true) => Some("The thread is archived in Discord; a message opens it."),
        _ => None,
    }
}

/// What is told of a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) name: String,
    pub(super) archived: bool,
    pub(super) locked: bool,
}

impl From<ThreadState> for Heard {
    fn from(state: ThreadState) -> Self {
        Self {
            name: state.name,
            archived: state.archived,
            locked: state.locked,
        }
    }
}

impl Heard {
    /// What we know of a ticket's thread.
    fn known(ticket: &Ticket, link: &Link) -> Self {
        let name = link.name.clone();
        Self {
            name: name.unwrap_or_else(|| thread_name(ticket.number, &ticket.subject)),
            archived: link.archived,
            locked: link.locked,
        }
    }

    /// What is known once this promise is kept.
    fn after(&self, command: &Command) -> Self {
        let (archived, locked) = match command {
            Command::Close => (true, true),
            Command::OpenAgain => (false, false),
            Command::Rest => (true, self.locked),
            _ => (self.archived, self.locked),
        };
        Self {
            name: self.name.clone(),
            archived,
            locked,
        }
    }
}

impl Desk {
    /// Something about a thread changed; perhaps by our own doing.
    pub(super) async fn thread_changed(
        &self,
        thread: ThreadId,
        heard: Heard,
    ) -> Result<Ingested, DeskError> {
        if !heard.archived && self.bridge.is_behind(thread) {
            self.bridge.read_again([thread]);
        }
        let Some(link) = links::of_thread(&self.db.read, self.guild, thread).await? else {
            return Ok(Ingested::Ignored);
        };
        let mut work = self.work().await?;
        let ticket = work.ticket(link.ticket_id).await?;
        let link = links::of_ticket(&work.tx, ticket.id).await?;
        let known = Heard::known(&ticket, &link);
        if link.thread_id != Some(thread) || heard == known {
            return Ok(Ingested::Ignored);
        }
        let awake = Heard {
            archived: false,
            ..known.clone()
        };
        if heard == awake {
            // A message does that; there is nothing to tell.
            links::set_shape(&work.tx, ticket.id, false, None).await?;
            work.commit().await?;
            return Ok(Ingested::Taken);
        }
        let promised: Vec<Command> = outbox::unfinished(&work.tx, ticket.id)
            .await?
            .iter()
            .filter_map(|promise| Command::from_json(&promise.command))
            .collect();
        let is_ours = |command: &Command| heard == known.after(command);
        if promised.contains(&Command::Look) || promised.iter().any(is_ours) {
            return Ok(Ingested::Ignored);
        }
        work.promise(ticket.id, None, Command::Look);
        work.commit().await?;
        Ok(Ingested::Taken)
    }

    /// Records what became of a thread, and tells staff what is news to them.
    pub(super) async fn see_thread(
        &self,
        work: &mut Work<'_>,
        promise: &Promise,
        state: ThreadState,
    ) -> Result<(), DeskError> {
        let ticket = work.ticket(promise.ticket_id).await?;
        let link = links::of_ticket(&work.tx, ticket.id).await?;
        let known = Heard::known(&ticket, &link);
        let seen = Heard::from(state);
        if seen == known {
            return Ok(());
        }
        let mut news = Vec::new();
        if seen.name != known.name {
            links::set_name(&work.tx, ticket.id, &seen.name).await?;
            news.push("The thread was renamed in Discord; the ticket keeps its subject");
        }
        // A closed ticket's thread is archived and locked; opening it changes nothing of the ticket.
        if !ticket.status.is_closed() {
            if seen.archived && !known.archived {
                news.push(
                    "The thread was archived in Discord, by time or by a person; the next message \
                     opens it",
                );
            }
            match (seen.locked, known.locked) {
                (true, false) => news.push(LOCKED),
                (false, true) => news.push("The thread was unlocked in Discord"),
                _ => {}
            }
        }
        links::set_shape(&work.tx, ticket.id, seen.archived, Some(seen.locked)).await?;
        for words in &news {
            work.record(ticket.id, *words).await?;
        }
        if !news.is_empty() {
            let before = ticket.updated_at;
            work.save(&ticket, |t| t.updated_at = before, Touched::StaffOnly)
                .await?;
        }
        Ok(())
    }

    /// Records what we made of a thread ourselves.
    pub(super) async fn shaped(
        &self,
        work: &Work<'_>,
        promise: &Promise,
        shape: ThreadShape,
    ) -> Result<(), DeskError> {
        let (archived, locked) = match shape {
            ThreadShape::Open => (false, Some(false)),
            ThreadShape::Closed => (true, Some(true)),
            ThreadShape::Awake => (false, None),
            ThreadShape::Resting => (true, None),
        };
        links::set_shape(&work.tx, promise.ticket_id, archived, locked).await?;
        if archived {
            // Whoever waits for room need not wait longer.
            outbox::go_on_because(&work.tx, self.guild, NO_ROOM, work.now).await?;
        }
        Ok(())
    }

    pub(super) async fn thread_gone(&self, thread: ThreadId) -> Result<Ingested, DeskError> {
        match links::of_thread(&self.db.read, self.guild, thread).await? {
            Some(link) if link.trouble.is_none() => {
                self.thread_in_trouble(link.ticket_id, "The thread was deleted in Discord.")
                    .await?;
                Ok(Ingested::Taken)
            }
            _ => Ok(Ingested::Ignored),
        }
    }

    /// A channel was deleted, and the threads under it with it.
    pub(super) async fn channel_gone(&self, channel: ChannelId) -> Result<Ingested, DeskError> {
        let links = links::under(&self.db, self.guild, channel).await?;
        for link in &links {
            self.thread_in_trouble(
                link.ticket_id,
                "The support channel was deleted in Discord.",
            )
            .await?;
        }
        Ok(match links.is_empty() {
            true => Ingested::Ignored,
            false => Ingested::Taken,
        })
    }

    /// The thread of a ticket in trouble could be read to its end: nothing is wrong with it (any
    /// more), and what waited for a person goes on.
    pub(super) async fn within_reach_again(&self, thread: ThreadId) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let Some(link) = links::of_thread(&work.tx, self.guild, thread).await? else {
            return Ok(());
        };
        let ticket = work.ticket(link.ticket_id).await?;
        let Some(trouble) = links::of_ticket(&work.tx, ticket.id).await?.trouble else {
            return Ok(());
        };
        links::set_trouble(&work.tx, ticket.id, None).await?;
        for promise in outbox::parked(&work.tx, ticket.id).await? {
            if promise.reason.as_deref() == Some(trouble.as_str()) {
                work.try_again(&promise).await?;
            }
        }
        work.record(ticket.id, "The thread is within reach again")
            .await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        self.bridge.wake();
        Ok(())
    }
}
