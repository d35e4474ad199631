//! The table `outbox`: work promised to Discord.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: OutboxId,
    pub guild_id: GuildId,
    pub ticket_id: TicketId,
    pub message_id: Option<MessageId>,
    pub command: String,
    pub nonce: String,
    pub state: WorkState,
    pub attempts: i64,
    pub not_before: Timestamp,
    pub first_tried_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub reason: Option<String>,
    pub lane: Lane,
}

impl ActiveModelBehavior for ActiveModel {}

/// How far a promise is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum WorkState {
    /// To be tried when `not_before` has come.
    #[sea_orm(string_value = "waiting")]
    Waiting,
    /// Being tried; `not_before` is when the lease ends by itself.
    #[sea_orm(string_value = "leased")]
    Leased,
    /// Kept.
    #[sea_orm(string_value = "done")]
    Done,
    /// Refused for good; a person has to look.
    #[sea_orm(string_value = "parked")]
    Parked,
}

/// What waits for each other: a ticket's promises of one lane are kept in the order of promising.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum Lane {
    /// Everything for the ticket's thread.
    #[sea_orm(string_value = "thread")]
    Thread,
    /// What is told in the log channel.
    #[sea_orm(string_value = "log")]
    Log,
}
