//! The table `shift`: when staff were at work.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shift")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub guild_id: GuildId,
    pub person_id: PersonId,
    pub began_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
