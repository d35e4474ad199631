//! One try of a promise: what is asked of Discord, and what need not be asked (any more).
//!
//! A try that may have succeeded before looks first. It changes nothing of ours: what a try came
//! to is recorded by [`super::outbox`].

use super::command::Command;
use super::event::RemoteMessage;
use super::outbox::Kept;
use super::port::{DeliveryError, Nonce, Post, ThreadShape, ThreadSpec, TicketCard};
use super::words;
use crate::store::entities::outbox::Model as Promise;
use crate::store::entities::thread_link::Model as Link;
use crate::store::{links, messages, outbox, tickets};
use crate::{Desk, DeskError};
use domain::{DiscordMessageId, RoleId, ThreadId, Timestamp};
use std::time::Duration;

/// How long a nonce surely protects from doubling. Discord says "a few minutes".
const NONCE_WINDOW: Duration = Duration::from_secs(100);

impl Desk {
    /// One try. What was done before, or has become needless, is not done again.
    pub(super) async fn attempt(
        &self,
        promise: &Promise,
        command: &Command,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let link = links::of_ticket(&self.db.read, promise.ticket_id).await?;
        let Some(ticket) = tickets::of_guild(&self.db.read, self.guild, promise.ticket_id).await?
        else {
            return Ok(Ok(Kept::Done));
        };
        if let Command::OpenThread = command {
            return Ok(self.open_thread(promise, &link, &ticket).await);
        }
        let Some(thread) = link.thread_id else {
            return Ok(Err(DeliveryError::Permanent {
                code: None,
                reason: "The ticket has no thread.".to_owned(),
            }));
        };
        let done = || Ok(Ok(Kept::Done));
        match command {
            Command::OpenThread => done(),
            Command::PostCard { calls_staff } => {
                let ping = calls_staff.then_some(self.settings.guild.staff_role);
                Ok(self.post_card(promise, &link, thread, &ticket, ping).await)
            }
            Command::RefreshCard => {
                let Some(card) = link.card_message_id else {
                    return done();
                };
                if outbox::is_superseded(&self.db.read, promise).await? {
                    return done();
                }
                let post = Post::Card(Box::new(self.card(&ticket)));
                Ok(self
                    .port
                    .edit(thread, card, &post)
                    .await
                    .map(|()| Kept::Done))
            }
            Command::PostMessage { chunk } => {
                self.post_piece(promise, thread, &ticket, *chunk).await
            }
            Command::Close => Ok(self.shape(thread, ThreadShape::Closed).await),
            Command::OpenAgain => Ok(self.shape(thread, ThreadShape::Open).await),
            Command::React { message, emoji } => Ok(self
                .port
                .react(thread, DiscordMessageId(*message), emoji)
                .await
                .map(|()| Kept::Done)),
            Command::Tell { words } => Ok(self
                .port
                .post(
                    thread,
                    &Nonce(promise.nonce.clone()),
                    &Post::Words(words.clone()),
                )
                .await
                .map(|_| Kept::Done)),
        }
    }

    async fn open_thread(
        &self,
        promise: &Promise,
        link: &Link,
        ticket: &tickets::Named,
    ) -> Result<Kept, DeliveryError> {
        if link.thread_id.is_some() {
            return Ok(Kept::Done);
        }
        let spec = ThreadSpec {
            guild: self.settings.guild.discord_id,
            parent: self.settings.guild.support_channel,
            name: domain::text::thread_name(ticket.number, &ticket.subject),
        };
        if promise.attempts > 1 {
            // An earlier try may have made it. A minute's grace: Discord's clock is not ours.
            let since = Timestamp(ticket.created_at.0 - 60_000_000);
            let mark = domain::text::thread_mark(ticket.number);
            if let Some(thread) = self.port.find_thread(&spec, &mark, since).await? {
                return Ok(Kept::Thread(thread));
            }
        }
        Ok(Kept::Thread(self.port.open_thread(&spec).await?))
    }

    async fn post_card(
        &self,
        promise: &Promise,
        link: &Link,
        thread: ThreadId,
        ticket: &tickets::Named,
        ping: Option<RoleId>,
    ) -> Result<Kept, DeliveryError> {
        if link.card_message_id.is_some() {
            return Ok(Kept::Done);
        }
        if self.must_look_first(promise) {
            let first = DiscordMessageId(thread.0);
            let page = self.port.page_after(thread, first, 10).await?;
            // The card that calls the staff is the first thing that we ever say in a thread.
            let ours = |m: &&RemoteMessage| m.author.is_us && m.is_speech;
            if let Some(card) = page.iter().find(ours).filter(|_| ping.is_some()) {
                return Ok(Kept::Card(card.id));
            }
        }
        let mut card = self.card(ticket);
        card.ping = ping;
        let nonce = Nonce(promise.nonce.clone());
        let post = Post::Card(Box::new(card));
        Ok(Kept::Card(self.port.post(thread, &nonce, &post).await?))
    }

    async fn post_piece(
        &self,
        promise: &Promise,
        thread: ThreadId,
        ticket: &tickets::Named,
        chunk: i64,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let Some(id) = promise.message_id else {
            return Ok(Ok(Kept::Done));
        };
        let Some(message) = messages::by_id(&self.db.read, id).await? else {
            return Ok(Ok(Kept::Done));
        };
        let there = messages::chunk_is_there(&self.db.read, id, chunk).await?;
        let Some(content) = words::post(&self.settings.public_url, ticket.number, &message, chunk)
            .filter(|_| !there && message.deleted_at.is_none())
        else {
            return Ok(Ok(Kept::Done));
        };
        let posted = async {
            if self.must_look_first(promise) {
                let mark = words::mark(ticket.number, id, chunk);
                let page = self.port.newest(thread, 100).await?;
                if let Some(found) = page
                    .iter()
                    .find(|m| m.author.is_us && m.content.contains(&mark))
                {
                    return Ok(found.id);
                }
            }
            let nonce = Nonce(promise.nonce.clone());
            self.port.post(thread, &nonce, &Post::Words(content)).await
        }
        .await;
        Ok(posted.map(|discord| Kept::Piece(discord, id, chunk)))
    }

    async fn shape(&self, thread: ThreadId, shape: ThreadShape) -> Result<Kept, DeliveryError> {
        self.port.shape(thread, shape).await.map(|()| Kept::Done)
    }

    /// Whether an earlier try may have succeeded so long ago that its nonce is forgotten.
    fn must_look_first(&self, promise: &Promise) -> bool {
        promise.attempts > 1
            && promise
                .first_tried_at
                .is_some_and(|at| self.now().since(at) > NONCE_WINDOW)
    }

    fn card(&self, ticket: &tickets::Named) -> TicketCard {
        TicketCard {
            ticket: ticket.id,
            number: ticket.number,
            subject: ticket.subject.clone(),
            customer: ticket.customer.clone(),
            category: ticket.category.clone(),
            priority: ticket.priority,
            status: ticket.status,
            assignee: ticket.assignee.clone(),
            link: format!(
                "{}/staff/tickets/{}",
                self.settings.public_url, ticket.number
            ),
            ping: None,
        }
    }
}
