//! What members and staff do inside Discord: customers known by their account, threads that a
//! customer is in, who else is staff, a guild's options, and the small lists that commands keep.

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
    // Somebody who asks from Discord has no address; the column keeps "discord:" and their id,
    // which no address can be, and `name` is what people read.
    "ALTER TABLE customer ADD COLUMN discord_id BIGINT",
    "ALTER TABLE customer ADD COLUMN name TEXT",
    "CREATE UNIQUE INDEX customer_by_account ON customer (guild_id, discord_id)",
    // 1: somebody who is not staff is in the thread, so no note is ever carried there.
    "ALTER TABLE thread_link ADD COLUMN shared BIGINT NOT NULL DEFAULT 0",
    // Staff beside those who have the staff role: one user, or everyone with another role.
    "CREATE TABLE staff_grant (
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        kind TEXT NOT NULL,
        discord_id BIGINT NOT NULL,
        PRIMARY KEY (guild_id, kind, discord_id)
    )",
    "CREATE TABLE guild_option (
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (guild_id, key)
    )",
    "CREATE TABLE quick_reply (
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        name TEXT NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (guild_id, name)
    )",
    "CREATE TABLE ticket_tag (
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        tag TEXT NOT NULL,
        PRIMARY KEY (ticket_id, tag)
    )",
    "CREATE INDEX ticket_tag_by_tag ON ticket_tag (tag)",
    "CREATE TABLE blocked_user (
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        discord_id BIGINT NOT NULL,
        PRIMARY KEY (guild_id, discord_id)
    )",
    // A code that ties a Discord account to a customer, once. Only its hash is kept.
    "CREATE TABLE link_code (
        code_hash TEXT PRIMARY KEY,
        customer_id BIGINT NOT NULL REFERENCES customer (id),
        expires_at BIGINT NOT NULL
    )",
    // Wrong codes, so that nobody can try them all.
    "CREATE TABLE link_try (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        discord_id BIGINT NOT NULL,
        at BIGINT NOT NULL
    )",
    "CREATE INDEX link_try_by_account ON link_try (guild_id, discord_id, at)",
    // The commands that Discord was told, by the hash of their definition.
    "CREATE TABLE registration (
        scope TEXT PRIMARY KEY,
        hash TEXT NOT NULL
    )",
];
