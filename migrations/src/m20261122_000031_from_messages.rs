//! Which message at Discord a ticket was made of: one is made of each, whoever asks for it.

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

const STATEMENTS: &[&str] = &["CREATE TABLE ticket_from_message (
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        message_id BIGINT NOT NULL,
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        PRIMARY KEY (guild_id, message_id)
    )"];
