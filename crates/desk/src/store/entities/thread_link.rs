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
    /// The channel above it, where that is not the support channel.
    pub parent_id: Option<ChannelId>,
    /// 1: somebody who is not staff is in it.
    pub shared: i64,
}

impl Model {
    /// Whether somebody who is not staff reads it.
    pub(crate) fn is_shared(&self) -> bool {
        self.shared != 0
    }
}

impl ActiveModelBehavior for ActiveModel {}
