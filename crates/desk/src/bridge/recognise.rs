//! Our own posts, met again in a thread: those that we know, those whose answer was lost, and those
//! that should not be there.
//!
//! A post is known by the mark in its first line. It changes nothing in Discord by itself: what has
//! to be put right there is promised.

use super::command::Command;
use super::event::RemoteMessage;
use super::file_posts::has_only_files;
use super::ingest::Ingested;
use super::words;
use crate::store::entities::thread_link::Model as Link;
use crate::store::{links, messages, outbox, parts, tickets};
use crate::work::Work;
use crate::{Desk, DeskError};
use domain::MessageId;

fn remove(post: &RemoteMessage) -> Command {
    Command::Remove {
        message: post.id.0,
        channel: None,
    }
}

impl Desk {
    /// Compares a post of ours with what it should be.
    pub(super) async fn recognise(
        &self,
        link: &Link,
        post: &RemoteMessage,
    ) -> Result<Ingested, DeskError> {
        let Some((message, chunk)) = words::read_mark(&post.content) else {
            return self.recognise_card(link, post).await;
        };
        let here = parts::post_of(&self.db.read, message, chunk).await?;
        if here == Some(post.id) && self.says_what_it_should(link, post, message, chunk).await? {
            return Ok(Ingested::Ignored);
        }
        let mut work = self.work().await?;
        let ticket = work.ticket(link.ticket_id).await?;
        let Some(row) = messages::by_id(&work.tx, message)
            .await?
            .filter(|row| row.ticket_id == ticket.id)
        else {
            return Ok(Ingested::Ignored);
        };
        if links::of_ticket(&work.tx, ticket.id).await?.thread_id != Some(post.channel) {
            // What is left of a thread that was replaced meanwhile.
            return Ok(Ingested::Ignored);
        }
        let unfinished = outbox::unfinished(&work.tx, ticket.id).await?;
        let under_way = unfinished.iter().any(|p| p.message_id == Some(message));
        match parts::post_of(&work.tx, message, chunk).await? {
            // What is still promised will put it right.
            Some(known) if known == post.id && under_way => return Ok(Ingested::Ignored),
            Some(known) if known == post.id && self.was_repaired(&work, &row, post).await? => {
                return Ok(Ingested::Ignored);
            }
            Some(known) if known == post.id => {
                parts::edited(&work.tx, post.id, work.now).await?;
                let command = match self.is_wanted(link, &row, chunk) {
                    true => Command::EditMessage { chunk },
                    false => Command::TakeBack { chunk },
                };
                work.promise(ticket.id, Some(message), command);
            }
            // The same piece twice: one of them was posted by a try whose answer never came.
            Some(_) => work.promise(ticket.id, None, remove(post)),
            None => {
                parts::add(&work.tx, post.id, message, chunk, None).await?;
                self.keep_promise_of(&mut work, link, message, chunk)
                    .await?;
                if !self.is_wanted(link, &row, chunk) {
                    work.promise(ticket.id, Some(message), Command::TakeBack { chunk });
                } else if !under_way {
                    work.promise(ticket.id, Some(message), Command::EditMessage { chunk });
                }
                self.mark_if_whole(&mut work, ticket.id, message).await?;
            }
        }
        work.commit().await?;
        Ok(Ingested::Taken)
    }

    /// A card that is not the ticket's own: posted by a try whose answer never came.
    async fn recognise_card(
        &self,
        link: &Link,
        post: &RemoteMessage,
    ) -> Result<Ingested, DeskError> {
        let known = |link: &Link| link.card_message_id.is_none_or(|card| card == post.id);
        if post.card != Some(link.ticket_id) || known(link) {
            return Ok(Ingested::Ignored);
        }
        let mut work = self.work().await?;
        let ticket = work.ticket(link.ticket_id).await?;
        if known(&links::of_ticket(&work.tx, ticket.id).await?) {
            return Ok(Ingested::Ignored);
        }
        work.promise(ticket.id, None, remove(post));
        work.commit().await?;
        Ok(Ingested::Taken)
    }

    /// Whether it was put right once since its words last changed. Discord takes some characters out
    /// of what it is given: that is not mended by saying it again.
    async fn was_repaired(
        &self,
        work: &Work<'_>,
        row: &crate::store::entities::message::Model,
        post: &RemoteMessage,
    ) -> Result<bool, DeskError> {
        let part = parts::of_post(&work.tx, post.id).await?;
        let changed = row.deleted_at.or(row.edited_at).unwrap_or(row.created_at);
        Ok(part
            .and_then(|part| part.edited_at)
            .is_some_and(|repaired| repaired >= changed))
    }

    fn is_wanted(
        &self,
        link: &Link,
        row: &crate::store::entities::message::Model,
        chunk: i64,
    ) -> bool {
        let pieces = i64::try_from(words::pieces(&row.body).len()).unwrap_or(i64::MAX);
        let is_there = row.deleted_at.is_none() && !link.withholds(row.kind);
        is_there && (chunk < pieces || has_only_files(chunk))
    }

    async fn says_what_it_should(
        &self,
        link: &Link,
        post: &RemoteMessage,
        message: MessageId,
        chunk: i64,
    ) -> Result<bool, DeskError> {
        let Some(row) = messages::by_id(&self.db.read, message).await? else {
            return Ok(true);
        };
        let ticket = tickets::of_guild(&self.db.read, self.guild, link.ticket_id).await?;
        let Some(ticket) = ticket.filter(|_| row.deleted_at.is_none()) else {
            return Ok(false);
        };
        if has_only_files(chunk) {
            // Files are never changed, only taken back with their message.
            return Ok(true);
        }
        let words = words::post(&self.public_url, ticket.number, &row, chunk);
        // Discord trims the ends of what it is given.
        let said = self.without_base(post.content.trim());
        Ok(words.is_some_and(|words| words.trim() == said))
    }

    /// The piece is there: whatever promised it is crossed off, also if it waits for a person. Not
    /// what promised it anew, for a wording after one without it: before that it is taken back.
    async fn keep_promise_of(
        &self,
        work: &mut Work<'_>,
        link: &Link,
        message: MessageId,
        chunk: i64,
    ) -> Result<(), DeskError> {
        let mut promises = outbox::unfinished(&work.tx, link.ticket_id).await?;
        promises.extend(outbox::parked(&work.tx, link.ticket_id).await?);
        promises.retain(|promise| promise.message_id == Some(message));
        promises.sort_unstable_by_key(|promise| promise.id.0);
        for promise in promises {
            match Command::from_json(&promise.command) {
                Some(Command::PostMessage { chunk: it }) if it == chunk => {
                    outbox::finish(&work.tx, promise.id).await?;
                }
                Some(Command::TakeBack { chunk: it }) if it == chunk => break,
                _ => {}
            }
        }
        Ok(())
    }
}
