//! The table `category`: what a ticket can be about, per guild.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: CategoryId,
    pub guild_id: GuildId,
    pub key: String,
    pub name: String,
    pub help: String,
    pub position: i64,
    /// Nothing new is filed under it.
    pub retired: bool,
}

impl ActiveModelBehavior for ActiveModel {}
