//! The table `thread_link`: which thread is which ticket.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "thread_link")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ticket_id: TicketId,
    pub thread_id: Option<ThreadId>,
    pub card_message_id: Option<DiscordMessageId>,
    pub seen_up_to: DiscordMessageId,
    pub trouble: Option<String>,
    /// When it was last compared with Discord's.
    pub compared_at: Timestamp,
    /// 1: somebody who is not staff is in it.
    pub shared: i64,
    /// Decided when the thread is promised: the guild's setting may change meanwhile.
    pub kind: ThreadKind,
    /// The channel under which it is, or is to be.
    pub parent_id: ChannelId,
    /// What it is called, where that is not the usual name.
    pub name: Option<String>,
    /// Whether it was archived when we last heard.
    pub archived: bool,
    /// Whether it was locked when we last heard.
    pub locked: bool,
}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    /// Whether somebody who is not staff reads it.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared != 0
    }

    /// Whether a message of this kind stays out of it: no note goes where a customer reads.
    pub(crate) fn withholds(&self, kind: MessageKind) -> bool {
        kind == MessageKind::Note && self.is_shared()
    }

    /// The channel that the card is in: a public thread hangs on it, so that both have one id.
    pub(crate) fn card_channel(&self, thread: ThreadId) -> ThreadId {
        let hangs_on_it = self.card_message_id.is_some_and(|card| card.0 == thread.0);
        match self.kind {
            ThreadKind::Public if hangs_on_it => ThreadId(self.parent_id.0),
            _ => thread,
        }
    }
}
