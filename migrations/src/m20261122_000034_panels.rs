//! The panel that members file tickets from, as it stands in Discord, so that it can follow its settings.

use crate::statements;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        statements::run(manager, STATEMENTS).await
    }
}

const STATEMENTS: &[&str] = &["CREATE TABLE panel (
        guild_id BIGINT PRIMARY KEY REFERENCES guild (id),
        channel_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        shown TEXT NOT NULL,
        not_before BIGINT NOT NULL
    )"];
