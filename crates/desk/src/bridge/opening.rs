//! How a ticket's thread begins, for each of the three kinds, and the card that belongs to it.
//!
//! A private thread is made, then the card is posted in it. A public thread hangs on the card, which
//! is posted in the channel with a nonce; there is one thread per message, so that asking again is
//! harmless. A forum's post begins with the card. Neither a private thread nor a forum's post takes
//! a nonce: after a try that may have succeeded, they are looked for. The first card calls the staff,
//! whichever promise posts it.

use super::attempt::{PAGE, Page, UPLOAD as LONG};
use super::event::RemoteMessage;
use super::failure::UNKNOWN_MESSAGE;
use super::outbox::Kept;
use super::port::{DeliveryError, Nonce, Post, PostTags, ThreadSpec, ThreadStart, TicketCard};
use crate::store::entities::outbox::Model as Promise;
use crate::store::entities::thread_link::Model as Link;
use crate::store::{outbox, tickets};
use crate::{Desk, DeskError};
use domain::text::{neutral_thread_name, thread_mark, thread_name};
use domain::{
    DiscordMessageId, Priority, RoleId, Status, ThreadId, ThreadKind, TicketId, Timestamp,
};

/// A minute's grace: Discord's clock is not ours.
fn shortly_before(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - 60_000_000)
}

fn is_card_of(ticket: TicketId) -> impl Fn(&&RemoteMessage) -> bool {
    move |m| m.author.is_us && m.card == Some(ticket)
}

impl Desk {
    pub(super) async fn open_thread(
        &self,
        promise: &Promise,
        link: &Link,
        ticket: &tickets::Named,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        if link.thread_id.is_some() {
            return Ok(Ok(Kept::Done));
        }
        let start = match link.kind {
            ThreadKind::Private => ThreadStart::Empty,
            ThreadKind::Public => match link.card_message_id {
                Some(card) => ThreadStart::On(card),
                None => return self.post_root(promise, link, ticket).await,
            },
            ThreadKind::Forum => ThreadStart::Post {
                card: Box::new(self.first_post(link, ticket)),
                tags: self.tags(ticket),
            },
        };
        let name = link.name.clone();
        let spec = ThreadSpec {
            guild: self.discord_id,
            parent: link.parent_id,
            name: name.unwrap_or_else(|| thread_name(ticket.number, &ticket.subject)),
            start,
        };
        Ok(self.make_thread(promise, ticket, &spec).await)
    }

    async fn make_thread(
        &self,
        promise: &Promise,
        ticket: &tickets::Named,
        spec: &ThreadSpec,
    ) -> Result<Kept, DeliveryError> {
        let opened = |thread: ThreadId| Kept::Thread {
            thread,
            card: match spec.start {
                ThreadStart::Empty => None,
                ThreadStart::On(card) => Some(card),
                ThreadStart::Post { .. } => Some(DiscordMessageId(thread.0)),
            },
        };
        if let ThreadStart::On(card) = spec.start {
            let opening = self.port.open_thread(spec).await;
            if let Err(DeliveryError::Gone {
                code: Some(UNKNOWN_MESSAGE),
                ..
            }) = opening
            {
                // Somebody deleted the card. An earlier try may have hung a thread on it before.
                let thread = ThreadId(card.0);
                return match self.port.thread_state(thread).await {
                    Ok(_) => Ok(opened(thread)),
                    Err(DeliveryError::Gone { .. }) => opening.map(opened),
                    Err(error) => Err(error),
                };
            }
            return opening.map(opened);
        }
        if promise.attempts > 1 {
            // An earlier try may have made it; what is older than the promise is a thread that this
            // one replaces.
            let since = shortly_before(promise.created_at);
            let mark = thread_mark(ticket.number);
            if let Some(thread) = self.port.find_thread(spec, &mark, since).await? {
                return Ok(opened(thread));
            }
        }
        self.port.open_thread(spec).await.map(opened)
    }

    /// Looks for what an earlier try of this promise may have posted: from the first try on, to the
    /// end, however much was written meanwhile.
    pub(super) async fn search(
        &self,
        promise: &Promise,
        channel: ThreadId,
        is_it: impl Fn(&&RemoteMessage) -> bool,
    ) -> Result<Result<Option<DiscordMessageId>, DeliveryError>, DeskError> {
        let since = promise.first_tried_at.unwrap_or(promise.created_at);
        let mut after = DiscordMessageId::first_at(shortly_before(since));
        loop {
            outbox::extend(&self.db, promise.id, self.now().after(LONG)).await?;
            let page = match self.read_back(channel, Page::After(after)).await {
                Ok(page) => page,
                Err(error) => return Ok(Err(error)),
            };
            if let Some(found) = page.iter().find(&is_it) {
                return Ok(Ok(Some(found.id)));
            }
            match page.last() {
                Some(last) if page.len() == usize::from(PAGE) => after = last.id,
                _ => return Ok(Ok(None)),
            }
        }
    }

    /// Posts the card on which a public thread is to hang.
    async fn post_root(
        &self,
        promise: &Promise,
        link: &Link,
        ticket: &tickets::Named,
    ) -> Result<Result<Kept, DeliveryError>, DeskError> {
        let parent = ThreadId(link.parent_id.0);
        if self.must_look_first(promise) {
            // Other people and other tickets are in that channel too.
            match self.search(promise, parent, is_card_of(ticket.id)).await? {
                Ok(Some(card)) => return Ok(Ok(Kept::Root(card))),
                Ok(None) => {}
                Err(error) => return Ok(Err(error)),
            }
        }
        let post = Post::Card(Box::new(TicketCard {
            ping: Some(self.home().staff_role),
            ..self.card(link, ticket)
        }));
        let nonce = Nonce(promise.nonce.clone());
        Ok(self.port.post(parent, &nonce, &post).await.map(Kept::Root))
    }

    /// The card that begins a forum's post. If the ticket's words were refused in the name, they are
    /// left out here too: Discord judges both at once.
    fn first_post(&self, link: &Link, ticket: &tickets::Named) -> TicketCard {
        let mut card = self.card(link, ticket);
        card.ping = Some(self.home().staff_role);
        let name = neutral_thread_name(ticket.number);
        if link.name.as_ref() == Some(&name) {
            card.subject = name.replacen(&thread_mark(ticket.number), "", 1);
        }
        card
    }

    pub(super) async fn post_card(
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
            // The first card is the first thing that we ever say in a thread; a later one is at
            // its end, for nothing of its lane is posted before it.
            let page = match ping {
                Some(_) => Page::After(DiscordMessageId(thread.0)),
                None => Page::Newest,
            };
            let page = self.read_back(thread, page).await?;
            if let Some(card) = page.iter().find(is_card_of(ticket.id)) {
                return Ok(Kept::Card(card.id));
            }
        }
        let mut card = self.card(link, ticket);
        card.ping = ping;
        let nonce = Nonce(promise.nonce.clone());
        let post = Post::Card(Box::new(card));
        Ok(Kept::Card(self.port.post(thread, &nonce, &post).await?))
    }

    /// Brings the card up to date, and a forum's tags with it.
    pub(super) async fn refresh_card(
        &self,
        link: &Link,
        thread: ThreadId,
        card: DiscordMessageId,
        ticket: &tickets::Named,
    ) -> Result<Kept, DeliveryError> {
        if link.kind == ThreadKind::Forum {
            let tags = self.tags(ticket);
            self.port.retag(link.parent_id, thread, &tags).await?;
        }
        let post = Post::Card(Box::new(self.card(link, ticket)));
        let channel = link.card_channel(thread);
        let edited = self.port.edit(channel, card, &post).await;
        edited.map(|()| Kept::Done)
    }

    /// What a forum's post is filed under, where the forum has tags of these names.
    fn tags(&self, ticket: &tickets::Named) -> PostTags {
        let known = self.known_categories();
        let open = known.open.iter().map(|category| category.name.clone());
        let categories = open.chain(known.retired.iter().cloned());
        let statuses = Status::ALL.map(|status| status.words().to_owned());
        let priorities = Priority::ALL.map(|priority| priority.words().to_owned());
        PostTags {
            wanted: vec![
                ticket.status.words().to_owned(),
                ticket.priority.words().to_owned(),
                ticket.category.clone(),
            ],
            ours: categories.chain(statuses).chain(priorities).collect(),
        }
    }

    fn card(&self, link: &Link, ticket: &tickets::Named) -> TicketCard {
        TicketCard {
            ticket: ticket.id,
            number: ticket.number,
            subject: ticket.subject.clone(),
            customer: ticket.customer.clone(),
            category: ticket.category.clone(),
            priority: ticket.priority,
            status: ticket.status,
            assignee: ticket.assignee.clone(),
            link: format!("{}/staff/tickets/{}", self.staff_base(), ticket.number),
            shared: link.is_shared(),
            ping: None,
        }
    }
}
