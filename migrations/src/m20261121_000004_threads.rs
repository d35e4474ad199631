//! What a ticket's thread is: its kind and its channel, which stay when the guild's setting changes,
//! and its name and state as they were known last, so that what people do to it is noticed.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in STATEMENTS {
            manager
                .get_connection()
                .execute_unprepared(statement)
                .await?;
        }
        Ok(())
    }
}

const STATEMENTS: &[&str] = &[
    "ALTER TABLE thread_link ADD COLUMN kind TEXT NOT NULL DEFAULT 'private'",
    "ALTER TABLE thread_link ADD COLUMN parent_id BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE thread_link ADD COLUMN name TEXT",
    "ALTER TABLE thread_link ADD COLUMN archived BOOLEAN NOT NULL DEFAULT FALSE",
    "ALTER TABLE thread_link ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE",
    // Until now every thread was private, under the guild's one channel.
    "UPDATE thread_link SET parent_id = (
        SELECT g.support_channel FROM guild g JOIN ticket t ON t.guild_id = g.id
        WHERE t.id = thread_link.ticket_id)",
    "UPDATE thread_link SET archived = TRUE, locked = TRUE
     WHERE ticket_id IN (SELECT id FROM ticket WHERE status = 'closed')",
];
