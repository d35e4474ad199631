//! The table `person`: people known by their Discord account.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: PersonId,
    pub discord_id: DiscordUserId,
    pub name: String,
    pub avatar: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
