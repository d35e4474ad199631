//! The table `attempt`: each try of a promise that did not succeed.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempt")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub outbox_id: OutboxId,
    pub at: Timestamp,
    pub outcome: String,
    pub detail: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
