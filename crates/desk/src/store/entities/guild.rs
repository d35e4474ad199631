//! The table `guild`: a Discord server and its settings.

use domain::*;
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guild")]
pub(crate) struct Model {
    #[sea_orm(primary_key)]
    pub id: GuildId,
    pub discord_id: DiscordGuildId,
    pub name: String,
    pub support_channel: ChannelId,
    pub staff_role: RoleId,
    pub next_number: i64,
    /// Its part of an address; unknown until its name is.
    pub slug: Option<String>,
    /// When whoever let the bot in was told what to do, if that was to be told.
    pub welcomed_at: Option<Timestamp>,
}

impl ActiveModelBehavior for ActiveModel {}
