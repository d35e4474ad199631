//! Keeping the promises to Discord: lease one, try it once, record what came of it.
//!
//! The lease is committed before the try, and the result after it; no transaction is open while
//! Discord is asked. A send is a promise written down before it is tried; whoever hears of the
//! result first, the answer or the gateway's echo, may cross it off, and crossing off twice is
//! harmless. It knows Discord only as the port.

use super::command::Command;
use super::event::RemoteMessage;
use super::port::{DeliveryError, Nonce, Post, ThreadShape, ThreadSpec, TicketCard};
use super::words;
use crate::store::entities::outbox::{Model as Promise, WorkState};
use crate::store::entities::thread_link::Model as Link;
use crate::store::{links, messages, outbox, tickets};
use crate::work::Touched;
use crate::{Desk, DeskError};
use domain::{Delivery, DiscordMessageId, MessageId, RoleId, Status, ThreadId, Timestamp};
use std::time::Duration;
use tokio::task::{JoinError, JoinSet};

/// How many promises are being kept at once, over all lanes.
const AT_ONCE: usize = 16;

/// How long a nonce surely protects from doubling. Discord says "a few minutes".
const NONCE_WINDOW: Duration = Duration::from_secs(100);

/// How long to wait when nothing says how long.
const BACKOFF_MS: [u64; 8] = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// How long to wait before asking whether a refused token is accepted again.
const TOKEN_CHECK: Duration = Duration::from_secs(30);

/// Discord's code for a thread that is archived.
const ARCHIVED: u32 = 50083;

/// Discord's code for a message that is not there.
const UNKNOWN_MESSAGE: u32 = 10008;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing is due.
    Idle,
    /// A promise was kept.
    Kept,
    /// A promise was put off.
    PutOff,
    /// A promise needs a person now.
    Parked,
}

/// What trying a promise came to, when nothing failed.
enum Kept {
    /// Done, with nothing to remember.
    Done,
    /// The thread is there.
    Thread(ThreadId),
    /// The card is there.
    Card(DiscordMessageId),
    /// A piece of a message is there.
    Piece(DiscordMessageId, MessageId, i64),
}

impl Desk {
    /// Leases one promise, tries it once, records the result.
    pub async fn outbox_step(&self) -> Result<Step, DeskError> {
        match self.lease().await? {
            Some(promise) => self.keep(promise).await,
            None => Ok(Step::Idle),
        }
    }

    /// Keeps promises until `stop`, then ends what is under way.
    pub(crate) async fn keep_promises(&self, stop: impl Future<Output = ()>) {
        tokio::pin!(stop);
        // Tasks of their own: a delivery that holds the writing connection must go on while the
        // loop waits for that connection.
        let mut under_way = JoinSet::new();
        loop {
            // Armed before looking, so that a promise made meanwhile is not missed.
            let woken = self.bridge.woken();
            tokio::pin!(woken);
            woken.as_mut().enable();
            let mut failed = false;
            while under_way.len() < AT_ONCE {
                match self.lease().await {
                    Ok(Some(promise)) => {
                        let desk = self.clone();
                        under_way.spawn(async move { desk.keep(promise).await });
                    }
                    Ok(None) => break,
                    Err(error) => {
                        tracing::error!(%error, "the outbox could not be read");
                        failed = true;
                        break;
                    }
                }
            }
            let idle_for = if failed {
                Duration::from_secs(1)
            } else {
                self.until_next_due().await
            };
            tokio::select! {
                () = &mut stop => break,
                Some(result) = under_way.join_next() => report(result),
                () = woken => {}
                () = tokio::time::sleep(idle_for) => {}
            }
        }
        while let Some(result) = under_way.join_next().await {
            report(result);
        }
    }

    async fn until_next_due(&self) -> Duration {
        let now = self.now();
        let due = match outbox::next_due(&self.db, now).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                None
            }
        };
        let held = self.bridge.held_until().filter(|at| *at > now);
        due.into_iter()
            .chain(held)
            .min()
            .map_or(Duration::from_secs(5), |at| at.since(now))
            .clamp(Duration::from_millis(5), Duration::from_secs(5))
    }

    async fn lease(&self) -> Result<Option<Promise>, DeskError> {
        let now = self.now();
        if self.bridge.held_until().is_some_and(|at| at > now) {
            return Ok(None);
        }
        outbox::lease(&self.db, now).await
    }

    async fn keep(&self, promise: Promise) -> Result<Step, DeskError> {
        let Some(command) = Command::from_json(&promise.command) else {
            return self
                .park(&promise, "This version does not know what was promised.")
                .await;
        };
        let result = self.attempt(&promise, &command).await?;
        if !matches!(result, Err(DeliveryError::Unauthorised)) {
            self.bridge.authorised();
        }
        match result {
            Ok(kept) => {
                self.record(&promise, kept).await?;
                Ok(Step::Kept)
            }
            Err(error) => self.failed(&promise, &command, error).await,
        }
    }

    /// One try. What was done before, or has become needless, is not done again.
    async fn attempt(
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

    /// Crosses a promise off, with what it brought.
    async fn record(&self, promise: &Promise, kept: Kept) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        outbox::finish(&work.tx, promise.id).await?;
        match kept {
            Kept::Done => {}
            Kept::Thread(thread) => {
                links::set_thread(&work.tx, promise.ticket_id, thread).await?;
                self.bridge.is_caught_up(thread);
                let row = work.ticket(promise.ticket_id).await?;
                work.save(&row, |_| (), Touched::StaffOnly).await?;
            }
            Kept::Card(card) => {
                links::set_card(&work.tx, promise.ticket_id, Some(card)).await?;
            }
            Kept::Piece(discord, message, chunk) => {
                messages::add_part(&work.tx, discord, message, chunk, None).await?;
                self.mark_if_whole(&mut work, promise, message).await?;
            }
        }
        work.commit().await
    }

    /// Sets a message's mark to delivered when its last piece is there, and tells its readers.
    async fn mark_if_whole(
        &self,
        work: &mut crate::work::Work<'_>,
        promise: &Promise,
        message: MessageId,
    ) -> Result<(), DeskError> {
        let Some(row) = messages::by_id(&work.tx, message).await? else {
            return Ok(());
        };
        let missing = outbox::unfinished(&work.tx, promise.ticket_id)
            .await?
            .iter()
            .any(|p| p.message_id == Some(message));
        if missing || row.delivery == Delivery::Delivered {
            return Ok(());
        }
        messages::mark(&work.tx, message, Delivery::Delivered, None).await?;
        let ticket = work.ticket(promise.ticket_id).await?;
        let audience = match row.kind {
            domain::MessageKind::Reply => Touched::Everyone,
            domain::MessageKind::Note => Touched::StaffOnly,
        };
        work.save(&ticket, |_| (), audience).await
    }

    /// The gateway showed one of our own messages: its promise is kept, even if its answer was
    /// lost.
    pub(crate) async fn confirm(
        &self,
        nonce: &str,
        discord: DiscordMessageId,
    ) -> Result<bool, DeskError> {
        let Some(promise) = outbox::by_nonce(&self.db.read, nonce).await? else {
            return Ok(false);
        };
        if promise.state == WorkState::Done {
            return Ok(false);
        }
        let kept = match (Command::from_json(&promise.command), promise.message_id) {
            (Some(Command::PostCard { .. }), _) => Kept::Card(discord),
            (Some(Command::PostMessage { chunk }), Some(message)) => {
                Kept::Piece(discord, message, chunk)
            }
            _ => Kept::Done,
        };
        self.record(&promise, kept).await?;
        Ok(true)
    }

    /// Decides what becomes of a promise whose try failed.
    async fn failed(
        &self,
        promise: &Promise,
        command: &Command,
        error: DeliveryError,
    ) -> Result<Step, DeskError> {
        let now = self.now();
        tracing::info!(
            outbox.id = promise.id.0,
            ticket.id = promise.ticket_id.0,
            outbox.attempts = promise.attempts,
            %error,
            "a promise to Discord was not kept yet"
        );
        let backoff = {
            let tries = usize::try_from(promise.attempts - 1).unwrap_or(0);
            Duration::from_millis(BACKOFF_MS[tries.min(BACKOFF_MS.len() - 1)])
        };
        match error {
            DeliveryError::Unauthorised => {
                self.bridge.unauthorised(now.after(TOKEN_CHECK));
                let again = now.after(TOKEN_CHECK);
                self.put_off(
                    promise,
                    again,
                    "Discord does not accept the bot's token.",
                    false,
                )
                .await
            }
            DeliveryError::Retry {
                after,
                global,
                reason,
            } => {
                if global {
                    self.bridge.hold_until(now.after(after));
                }
                self.put_off(promise, now.after(after), &reason, true).await
            }
            DeliveryError::Uncertain { reason } => {
                self.put_off(promise, now.after(backoff), &reason, true)
                    .await
            }
            DeliveryError::Permanent {
                code: Some(ARCHIVED),
                ..
            } if promise.attempts < 5 => self.unarchive_for(promise, now.after(backoff)).await,
            DeliveryError::Gone { code, reason } => match command {
                // Somebody deleted the card, not the thread: the buttons are put back, quietly.
                Command::RefreshCard if code == Some(UNKNOWN_MESSAGE) => {
                    let mut work = self.work().await?;
                    links::set_card(&work.tx, promise.ticket_id, None).await?;
                    outbox::finish(&work.tx, promise.id).await?;
                    let card = Command::PostCard { calls_staff: false };
                    work.promise(promise.ticket_id, None, card);
                    work.commit().await?;
                    Ok(Step::Kept)
                }
                // The message that it was about is not there any more: nothing is left to do.
                Command::React { .. } => {
                    self.record(promise, Kept::Done).await?;
                    Ok(Step::Kept)
                }
                _ => {
                    self.thread_in_trouble(promise.ticket_id, &reason).await?;
                    Ok(Step::Parked)
                }
            },
            DeliveryError::Permanent { reason, .. } => match command {
                Command::OpenThread => {
                    self.thread_in_trouble(promise.ticket_id, &reason).await?;
                    Ok(Step::Parked)
                }
                _ => self.park(promise, &reason).await,
            },
        }
    }

    async fn put_off(
        &self,
        promise: &Promise,
        until: Timestamp,
        reason: &str,
        counted: bool,
    ) -> Result<Step, DeskError> {
        let work = self.work().await?;
        outbox::put_off(&work.tx, promise, until, reason, counted).await?;
        outbox::record_attempt(&work.tx, promise.id, work.now, "put off", reason).await?;
        work.commit().await?;
        Ok(Step::PutOff)
    }

    /// An archived thread is not a closed ticket: it is brought back, the promise is kept, and a
    /// closed ticket's thread is put away again.
    async fn unarchive_for(&self, promise: &Promise, again: Timestamp) -> Result<Step, DeskError> {
        let link = links::of_ticket(&self.db.read, promise.ticket_id).await?;
        let Some(thread) = link.thread_id else {
            return self.park(promise, "The ticket has no thread.").await;
        };
        if let Err(error) = self.port.shape(thread, ThreadShape::Open).await {
            return self.put_off(promise, again, &error.to_string(), true).await;
        }
        let mut work = self.work().await?;
        let now = work.now;
        outbox::put_off(&work.tx, promise, now, "The thread was archived.", true).await?;
        if work.ticket(promise.ticket_id).await?.status == Status::Closed {
            work.promise(promise.ticket_id, None, Command::Close);
        }
        work.commit().await?;
        self.bridge.wake();
        Ok(Step::PutOff)
    }

    /// Puts one promise before a person; what was promised later goes on.
    async fn park(&self, promise: &Promise, reason: &str) -> Result<Step, DeskError> {
        let mut work = self.work().await?;
        outbox::park(&work.tx, promise.id, reason).await?;
        outbox::record_attempt(&work.tx, promise.id, work.now, "parked", reason).await?;
        if let Some(message) = promise.message_id {
            messages::mark(&work.tx, message, Delivery::Failed, Some(reason)).await?;
        }
        let ticket = work.ticket(promise.ticket_id).await?;
        work.save(&ticket, |_| (), Touched::Everyone).await?;
        work.commit().await?;
        Ok(Step::Parked)
    }

    /// The thread itself is what is wrong: everything promised to it waits for a person.
    pub(crate) async fn thread_in_trouble(
        &self,
        ticket: domain::TicketId,
        reason: &str,
    ) -> Result<(), DeskError> {
        let mut work = self.work().await?;
        let row = work.ticket(ticket).await?;
        links::set_trouble(&work.tx, ticket, Some(reason)).await?;
        for promise in outbox::unfinished(&work.tx, ticket).await? {
            outbox::park(&work.tx, promise.id, reason).await?;
            if let Some(message) = promise.message_id {
                messages::mark(&work.tx, message, Delivery::Failed, Some(reason)).await?;
            }
        }
        work.record(ticket, format!("The thread needs a look: {reason}"))
            .await?;
        work.save(&row, |_| (), Touched::Everyone).await?;
        work.commit().await
    }
}

fn report(result: Result<Result<Step, DeskError>, JoinError>) {
    // In both cases the lease ends by itself, and the promise is tried again.
    match result {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "a promise to Discord could not be recorded"),
        Err(error) => tracing::error!(%error, "keeping a promise to Discord panicked"),
    }
}
