//! When each thread was last compared with Discord's, so that all have their turn.

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

const STATEMENTS: &[&str] = &[
    "ALTER TABLE thread_link ADD COLUMN compared_at BIGINT NOT NULL DEFAULT 0",
    // Who is to be compared next is asked once a minute, and never reads the whole table.
    "CREATE INDEX thread_link_by_comparison ON thread_link (compared_at, ticket_id)",
];
