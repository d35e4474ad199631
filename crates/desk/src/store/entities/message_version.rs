//! The table `message_version`: what a message said before an edit.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message_version")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub message_id: MessageId,
    pub body: String,
    pub replaced_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
