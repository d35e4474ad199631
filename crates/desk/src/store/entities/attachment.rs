//! The table `attachment`: the files of messages.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attachment")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: FileId,
    pub message_id: MessageId,
    pub position: i64,
    pub name: String,
    pub size: i64,
    pub state: HoldState,
    pub reason: Option<String>,
    pub hash: Option<String>,
    pub kind: Option<String>,
    pub thumb_hash: Option<String>,
    pub thumb_kind: Option<String>,
    pub thumb_width: Option<i64>,
    pub thumb_height: Option<i64>,
    pub discord_id: Option<AttachmentId>,
    pub discord_message_id: Option<DiscordMessageId>,
    pub url: Option<String>,
    pub attempts: i64,
    pub not_before: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}

/// Whether we hold a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum HoldState {
    /// To be fetched from Discord when `not_before` has come.
    #[sea_orm(string_value = "wanted")]
    Wanted,
    /// In the file store.
    #[sea_orm(string_value = "stored")]
    Stored,
    /// Will not be fetched; `reason` says why.
    #[sea_orm(string_value = "refused")]
    Refused,
    /// Taken back by its sender.
    #[sea_orm(string_value = "removed")]
    Removed,
}
