//! Parts of addresses that guilds had before: links to them still lead somewhere.

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
    // Nobody else takes one: a link must not begin to lead to another guild.
    "CREATE TABLE former_slug (
        slug TEXT PRIMARY KEY,
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        left_at BIGINT NOT NULL
    )",
    "CREATE INDEX former_slug_by_guild ON former_slug (guild_id, left_at)",
];
