//! Queries of the two sides: a customer's ticket by its link, the staff's list and conversations.
//!
//! What a viewer may not see is left in the database, not filtered later. Nothing is changed here.

use crate::store::{commands, files, inbox, links, messages, stuck, tickets};
use crate::token::Token;
use crate::{Desk, DeskError, Holder, Staff};
use domain::view::{ConversationView, GuildView, InboxFilter, InboxView};
use markup::Names;

impl Desk {
    /// A customer's ticket and conversation.
    pub async fn held_ticket(
        &self,
        token: &str,
    ) -> Result<(Holder, GuildView, ConversationView), DeskError> {
        let hash = Token::hash(token).ok_or(DeskError::NotFound)?;
        let ticket = tickets::by_link(&self.db, self.guild, &hash)
            .await?
            .ok_or(DeskError::NotFound)?;
        let holder = Holder {
            guild: self.guild,
            ticket: ticket.id,
            customer: ticket.customer_id,
        };
        let conversation = self.customers_conversation(ticket).await?;
        Ok((holder, self.guild_name(), conversation))
    }

    /// A ticket as its customer may see it: nothing internal is read for it.
    pub(crate) async fn customers_conversation(
        &self,
        ticket: tickets::Named,
    ) -> Result<ConversationView, DeskError> {
        let mut messages = messages::for_customer(&self.db, ticket.id).await?;
        files::show(&self.db, ticket.id, &mut messages).await?;
        Ok(ConversationView {
            messages: self.shown(messages).await?,
            ticket: ticket.view(),
            tags: Vec::new(),
            history: Vec::new(),
            thread_url: None,
            thread_trouble: None,
            thread_notice: None,
            limits: self.limits,
            now: self.now(),
        })
    }

    /// A thread's address in Discord.
    pub(crate) fn thread_address(&self, thread: domain::ThreadId) -> String {
        let guild = self.discord_id;
        let origin = match self.port.stand_in() {
            Some(at) => format!("http://{at}"),
            None => "https://discord.com".to_owned(),
        };
        format!("{origin}/channels/{guild}/{thread}")
    }

    /// The staff's list.
    pub async fn inbox(
        &self,
        staff: &Staff,
        filter: InboxFilter,
        after: Option<&str>,
    ) -> Result<InboxView, DeskError> {
        self.inbox_tagged(staff, filter, None, after).await
    }

    /// The staff's list of what has this tag.
    pub async fn inbox_tagged(
        &self,
        staff: &Staff,
        filter: InboxFilter,
        tag: Option<&str>,
        after: Option<&str>,
    ) -> Result<InboxView, DeskError> {
        self.knows(staff)?;
        let (page, counts, stuck) = tokio::join!(
            inbox::page(&self.db, self.guild, staff.person, filter, tag, after),
            inbox::counts(&self.db, self.guild, staff.person),
            stuck::count(&self.db, self.guild),
        );
        let (mut rows, next) = page?;
        for row in &mut rows {
            // Nothing can be bold in a list. Who is meant by an id is not looked up for it.
            row.last_words = markup::plain(&row.last_words, &Names::default());
        }
        Ok(InboxView {
            guild: self.guild_name(),
            others: Vec::new(),
            me: staff.view(),
            manages: false,
            rows,
            counts: counts?,
            stuck: stuck?,
            trouble: self.standing_trouble(),
            next,
            now: self.now(),
        })
    }

    /// As long as this stays the same, so do the list's tickets, for what changes them is announced.
    /// Not counted are the time, names and pictures of others, and how much is stuck.
    pub fn inbox_version(&self, staff: &Staff) -> String {
        let (me, guild) = (staff.view(), self.guild_name());
        let trouble = self.standing_trouble();
        format!("{} {me:?} {guild:?} {trouble:?}", self.hub.newest())
    }

    /// A ticket as staff see it: with notes, history and its thread.
    pub async fn conversation(
        &self,
        staff: &Staff,
        number: i64,
    ) -> Result<ConversationView, DeskError> {
        self.knows(staff)?;
        let ticket = tickets::by_number(&self.db, staff, self.guild, number)
            .await?
            .ok_or(DeskError::NotFound)?;
        let link = links::of_ticket(&self.db.read, ticket.id).await?;
        let mut messages = messages::for_staff(&self.db, ticket.id, staff.person).await?;
        files::show(&self.db, ticket.id, &mut messages).await?;
        Ok(ConversationView {
            messages: self.shown(messages).await?,
            tags: commands::tags(&self.db.read, ticket.id).await?,
            history: tickets::history(&self.db, ticket.id).await?,
            thread_url: link.thread_id.map(|thread| self.thread_address(thread)),
            thread_notice: crate::bridge::notice(&link, ticket.status).map(str::to_owned),
            thread_trouble: link.trouble,
            limits: self.limits,
            ticket: ticket.view(),
            now: self.now(),
        })
    }
}
