//! The table `message`: what was said.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: MessageId,
    pub ticket_id: TicketId,
    pub position: i64,
    pub request_key: Option<String>,
    pub side: Side,
    pub kind: MessageKind,
    pub origin: Origin,
    pub person_id: Option<PersonId>,
    pub author: String,
    pub body: String,
    pub created_at: Timestamp,
    pub edited_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    pub delivery: Delivery,
    pub failure: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
