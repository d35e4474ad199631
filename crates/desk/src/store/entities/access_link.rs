//! The table `access_link`: private links, by the hash of their token.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_link")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    pub ticket_id: TicketId,
    pub created_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
