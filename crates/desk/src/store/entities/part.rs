//! The table `part`: which Discord message carries which piece of a message.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "part")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub discord_message_id: DiscordMessageId,
    pub message_id: MessageId,
    pub chunk: i64,
    pub edited_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
