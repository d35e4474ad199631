//! The table `event`: a ticket's history, a line each.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: EventId,
    pub ticket_id: TicketId,
    pub at: Timestamp,
    pub words: String,
}

impl ActiveModelBehavior for ActiveModel {}
