//! The table `ticket`: one conversation's head.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ticket")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: TicketId,
    pub guild_id: GuildId,
    pub number: i64,
    pub request_key: Option<String>,
    pub customer_id: CustomerId,
    /// The account that holds it, beside whoever has its link.
    pub discord_id: Option<DiscordUserId>,
    pub category_id: CategoryId,
    pub assignee_id: Option<PersonId>,
    pub subject: String,
    pub status: Status,
    pub priority: Priority,
    pub rev: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    pub closed_at: Option<Timestamp>,
    /// What was said when it was closed, while it is.
    pub closed_because: Option<String>,
    pub waiting_since: Option<Timestamp>,
    pub last_side: Side,
    pub last_words: String,
}

impl ActiveModelBehavior for ActiveModel {}
