//! One try of a promise: what is asked of Discord, and what need not be asked (any more).
//!
//! A try that may have succeeded before looks first. It changes nothing of ours: what a try came
//! to is recorded by [`super::outbox`].

use super::command::Command;
use super::event::RemoteMessage;
use super::failure::{ARCHIVED, NO_MEMBER, NO_USER, UNKNOWN_MESSAGE};
use super::file_posts;
use super::outbox::Kept;
use super::port::{DeliveryError, Nonce, Post, PostFile, ThreadShape};
use super::words;
use crate::files::whole;
use crate::store::entities::attachment::Model as File;
use crate::store::entities::outbox::Model as Promise;
use crate::store::entities::thread_link::Model as Link;
use crate::store::{files, links, messages, outbox, parts, tickets};
use crate::{Desk, DeskError};
use domain::{DiscordMessageId, DiscordUserId, ThreadId};
use std::time::Duration;

/// Longer than posting with files may take.
pub(super) const UPLOAD: Duration = Duration::from_secs(180);

/// How long a nonce surely protects from doubling. Discord says "a few minutes".
const NONCE_WINDOW: Duration = Duration::from_secs(100);

/// The most that Discord gives at once.
pub(super) const PAGE: u8 = 100;

/// Which messages of a channel are read back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Page {
    /// Those after this one, the oldest first.
    After(DiscordMessageId),
    /// The last ones.
    Newest,
}

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
            return self.open_thread(promise, &link, &ticket).await;
        }
        if let Command::Remove {
            message,
            channel: Some(channel),
        } = command
        {
            let post = DiscordMessageId(*message);
            let deleted = self.port.delete(ThreadId(*channel), post).await;
            return Ok(deleted.map(|()| Kept::Done));
        }
        if let Command::Log { milestone, words } = command {
            return self.post_log(promise, &ticket, *milestone, words).await;
        }
        let Some(thread) = link.thread_id else {
            return Ok(Err(DeliveryError::Permanent {
                code: None,
                reason: "The ticket has no thread.".to_owned(),
            }));
        };
        let done = || Ok(Ok(Kept::Done));
        match command {
            Command::OpenThread | Command::Log { .. } => done(),
            Command::PostCard { calls_staff } => {
                let ping = calls_staff.then_some(self.home().staff_role);
                Ok(self.post_card(promise, &link, thread, &ticket, ping).await)
            }
            Command::RefreshCard => {
                let Some(card) = link.card_message_id else {
                    return done();
                };
                if outbox::is_superseded(&self.db.read, promise).await? {
                    return done();
                }
                Ok(self.refresh_card(&link, thread, card, &ticket).await)
            }
            Command::PostMessage { chunk } => {
                self.post_piece(promise, &link, thread, &ticket, *chunk)
                    .await
            }
            Command::EditMessage { chunk } => {
                self.edit_piece(promise, thread, &ticket, *chunk).await
            }
            Command::TakeBack { chunk } => {
                self.take_piece_back(promise, &link, thread, &ticket, *chunk)
                    .await
            }
            Command::Remove { message, .. } => {
                let post = DiscordMessageId(*message);
                Ok(self.port.delete(thread, post).await.map(|()| Kept::Done))
            }
            Command::AddMember { user } => {
                let added = self.port.add_member(thread, DiscordUserId(*user)).await;
                Ok(added.map(|()| Kept::Done))
            }
            Command::RemoveMember { user } => {
                match self.port.remove_member(thread, DiscordUserId(*user)).await {
                    // Not in it any more: that is what was wanted.
                    Err(DeliveryError::Gone {
                        code: Some(NO_MEMBER | NO_USER),
                        ..
                    }) => done(),
                    removed => Ok(removed.map(|()| Kept::Done)),
                }
            }
            Command::Close => Ok(self.put_away(thread).await),
            Command::OpenAgain => Ok(self.shape(thread, ThreadShape::Open).await),
            Command::Rest => self.rest(promise, thread).await,
            Command::Look => Ok(self.port.thread_state(thread).await.map(Kept::Seen)),
            Command::React { message, emoji } => Ok(self
                .port
                .react(thread, DiscordMessageId(*message), emoji)
                .await
                .map(|()| Kept::Done)),
            // It carries no mark to find it by, and saying it twice is worse than not at all.
            Command::Tell { .. } if self.must_look_first(promise) => done(),
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

    async fn post_piece(
        &self,
        promise: &Promise,
        link: &Link,
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
        if parts::post_of(&self.db.read, id, chunk).await?.is_some() {
            return Ok(Ok(Kept::Done));
        }
        let files = files::of_message(&self.db.read, id).await?;
        let plan = file_posts::plan(files.iter().map(|file| file.size.unsigned_abs()));
        // Whoever promised it: no note goes where a customer reads.
        let content = if link.withholds(message.kind) {
            None
        } else if file_posts::has_only_files(chunk) {
            let mark = words::mark(ticket.number, id, chunk);
            plan.words(&self.staff_base(), chunk, &mark, &files)
                .filter(|_| message.deleted_at.is_none())
        } else {
            self.content(ticket, &message, chunk)
        };
        // Needless by now; but an earlier try may have posted it, and then it has to be found, to
        // be taken back.
        if content.is_none() && promise.attempts <= 1 {
            return Ok(Ok(Kept::Done));
        }
        if content.is_none() || self.must_look_first(promise) {
            let mark = Some((id, chunk));
            let ours = |m: &&RemoteMessage| m.author.is_us && words::read_mark(&m.content) == mark;
            match self.search(promise, thread, ours).await? {
                Ok(Some(found)) => return Ok(Ok(Kept::Piece(found, id, chunk))),
                Ok(None) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        let Some(content) = content else {
            return Ok(Ok(Kept::Done));
        };
        if !plan.files(chunk).is_empty() {
            // Uploading takes longer than a lease lasts.
            outbox::extend(&self.db, promise.id, self.now().after(UPLOAD)).await?;
        }
        let posted = async {
            let nonce = Nonce(promise.nonce.clone());
            // Held until the post is made: files take much memory on their way.
            let (post, _room) = match plan.files(chunk) {
                [] => (Post::Words(content), None),
                carried => {
                    let room =
                        self.bridge
                            .room_for_files()
                            .ok_or_else(|| DeliveryError::Retry {
                                after: Duration::from_secs(1),
                                global: false,
                                reason: "Other files go up first.".to_owned(),
                            })?;
                    let files = self
                        .load(carried.iter().filter_map(|at| files.get(*at)))
                        .await?;
                    let words = content;
                    (Post::Files { words, files }, Some(room))
                }
            };
            let post = self.port.post(thread, &nonce, &post).await?;
            Ok(Kept::Piece(post, id, chunk))
        }
        .await;
        Ok(posted)
    }

    async fn edit_piece(
        &self,
        promise: &Promise,
        thread: ThreadId,
        ticket: &tickets::Named,
        chunk: i64,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let done = || Ok(Ok(Kept::Done));
        let Some(id) = promise.message_id else {
            return done();
        };
        let Some(message) = messages::by_id(&self.db.read, id).await? else {
            return done();
        };
        let Some(post) = parts::post_of(&self.db.read, id, chunk).await? else {
            return done();
        };
        let Some(content) = self.content(ticket, &message, chunk) else {
            return done();
        };
        if outbox::is_superseded(&self.db.read, promise).await? {
            return done();
        }
        let edited = self.port.edit(thread, post, &Post::Words(content)).await;
        Ok(edited.map(|()| Kept::Done))
    }

    /// What was to be taken back may be wanted again by now, while this waited, perhaps for a person:
    /// then it is brought up to date instead.
    async fn take_piece_back(
        &self,
        promise: &Promise,
        link: &Link,
        thread: ThreadId,
        ticket: &tickets::Named,
        chunk: i64,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let done = || Ok(Ok(Kept::Done));
        let Some(id) = promise.message_id else {
            return done();
        };
        let Some(post) = parts::post_of(&self.db.read, id, chunk).await? else {
            return done();
        };
        let message = messages::by_id(&self.db.read, id).await?;
        if let Some(message) = message.filter(|message| !link.withholds(message.kind)) {
            if file_posts::has_only_files(chunk) && message.deleted_at.is_none() {
                return done();
            }
            if let Some(content) = self.content(ticket, &message, chunk) {
                let edited = self.port.edit(thread, post, &Post::Words(content)).await;
                return Ok(edited.map(|()| Kept::Done));
            }
        }
        let deleted = self.port.delete(thread, post).await;
        Ok(deleted.map(|()| Kept::TakenBack(post)))
    }

    /// What the piece's post says, if there is to be one.
    fn content(
        &self,
        ticket: &tickets::Named,
        message: &crate::store::entities::message::Model,
        chunk: i64,
    ) -> Option<String> {
        if message.deleted_at.is_some() {
            return None;
        }
        words::post(&self.staff_base(), ticket.number, message, chunk)
    }

    /// Archives and locks. Discord refuses to change the lock of a thread that is archived already;
    /// one that is both already needs nothing more.
    async fn put_away(&self, thread: ThreadId) -> Result<Kept, DeliveryError> {
        let closed = self.shape(thread, ThreadShape::Closed).await;
        if let Err(DeliveryError::Permanent {
            code: Some(ARCHIVED),
            ..
        }) = &closed
        {
            let state = self.port.thread_state(thread).await?;
            if state.archived && state.locked {
                return Ok(Kept::Shaped(ThreadShape::Closed));
            }
        }
        closed
    }

    /// Reads files whole, for a post.
    async fn load<'f>(
        &self,
        files: impl Iterator<Item = &'f File>,
    ) -> Result<Vec<PostFile>, DeliveryError> {
        let later = |reason: String| DeliveryError::Retry {
            after: Duration::from_secs(5),
            global: false,
            reason,
        };
        let mut loaded = Vec::new();
        for file in files {
            let hash = file.hash.as_deref().unwrap_or_default();
            let bytes = self
                .stored_bytes(hash)
                .await
                .map_err(|error| later(error.to_string()))?
                .ok_or_else(|| DeliveryError::Permanent {
                    code: None,
                    reason: "A file of this message is not in the file store.".to_owned(),
                })?;
            let bytes = whole(bytes)
                .await
                .map_err(|error| later(error.to_string()))?;
            loaded.push(PostFile {
                name: file.name.clone(),
                bytes: bytes.into(),
            });
        }
        Ok(loaded)
    }

    pub(super) async fn shape(
        &self,
        thread: ThreadId,
        shape: ThreadShape,
    ) -> Result<Kept, DeliveryError> {
        let shaped = self.port.shape(thread, shape).await;
        shaped.map(|()| Kept::Shaped(shape))
    }

    /// Reads a page on which something of ours may be.
    ///
    /// A page with anything on it was readable. An empty one is no evidence: without the permission
    /// to read history every page is empty. Asked for one message, Discord says which it is; and
    /// then the page is read again, for the permission may have come back between the two.
    pub(super) async fn read_back(
        &self,
        channel: ThreadId,
        page: Page,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        let read = self.read_page(channel, page).await?;
        if !read.is_empty() {
            return Ok(read);
        }
        match self
            .port
            .message(channel, DiscordMessageId(channel.0))
            .await
        {
            Ok(_)
            | Err(DeliveryError::Gone {
                code: Some(UNKNOWN_MESSAGE),
                ..
            }) => self.read_page(channel, page).await,
            Err(error) => Err(error),
        }
    }

    async fn read_page(
        &self,
        channel: ThreadId,
        page: Page,
    ) -> Result<Vec<RemoteMessage>, DeliveryError> {
        match page {
            Page::After(message) => self.port.page_after(channel, message, PAGE).await,
            Page::Newest => self.port.newest(channel, PAGE).await,
        }
    }

    /// Whether an earlier try may have succeeded so long ago that its nonce is forgotten.
    pub(super) fn must_look_first(&self, promise: &Promise) -> bool {
        promise.attempts > 1
            && promise
                .first_tried_at
                .is_some_and(|at| self.now().since(at) > NONCE_WINDOW)
    }
}
