//! The table `customer`: people known by their e-mail address, per guild.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "customer")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: CustomerId,
    pub guild_id: GuildId,
    pub email: String,
    pub created_at: Timestamp,
}

impl ActiveModelBehavior for ActiveModel {}
