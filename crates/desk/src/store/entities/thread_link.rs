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
}

impl ActiveModelBehavior for ActiveModel {}
