//! Files of messages: what is known of each, and where its bytes are.
//!
//! The bytes lie in the file store under their hash. A file of Discord's is taken in once, and is
//! a row before it is fetched, so that fetching survives restarts.

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
    // A forwarded message may carry the same file as its original: a file of Discord's is taken in
    // once for each message that it hangs on. `state` is wanted, stored, refused or removed; `hash` and what follows it belong to stored
    // ones, `discord_id` to `attempts` to those that come from Discord.
    "CREATE TABLE attachment (
        id {id},
        message_id BIGINT NOT NULL REFERENCES message (id),
        position BIGINT NOT NULL,
        name TEXT NOT NULL,
        size BIGINT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT,
        hash TEXT,
        kind TEXT,
        thumb_hash TEXT,
        thumb_kind TEXT,
        thumb_width BIGINT,
        thumb_height BIGINT,
        discord_id BIGINT,
        discord_message_id BIGINT,
        url TEXT,
        attempts BIGINT NOT NULL DEFAULT 0,
        not_before BIGINT NOT NULL,
        UNIQUE (message_id, position),
        UNIQUE (discord_message_id, discord_id)
    )",
    "CREATE INDEX attachment_wanted ON attachment (not_before, id) WHERE state = 'wanted'",
];
