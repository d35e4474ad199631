//! Who blocked somebody, and when. Of those blocked before, nobody knows.

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
    "ALTER TABLE blocked_user ADD COLUMN blocked_by TEXT",
    "ALTER TABLE blocked_user ADD COLUMN blocked_at BIGINT",
];
