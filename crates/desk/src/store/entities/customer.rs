//! The table `customer`: people known by their e-mail address or their Discord account, per guild.

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
    pub discord_id: Option<DiscordUserId>,
    /// What people read instead of an address.
    pub name: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
