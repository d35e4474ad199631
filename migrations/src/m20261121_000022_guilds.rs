//! Any number of guilds: a guild's part of an address, its settings beside those that admins set,
//! and promises that say whose they are.

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
    // Unknown until the guild's name is; then for good, for links lead there.
    "ALTER TABLE guild ADD COLUMN slug TEXT",
    "CREATE UNIQUE INDEX guild_by_slug ON guild (slug)",
    // When whoever let the bot in was told what to do next. Those of before need no telling.
    "ALTER TABLE guild ADD COLUMN welcomed_at BIGINT",
    "UPDATE guild SET welcomed_at = 0",
    // What was a column of the guild's is one of its settings now.
    "INSERT INTO guild_option (guild_id, key, value)
     SELECT id, 'support_channel', CAST(support_channel AS TEXT) FROM guild",
    "INSERT INTO guild_option (guild_id, key, value)
     SELECT id, 'staff_role', CAST(staff_role AS TEXT) FROM guild",
    // Each guild's promises are leased by themselves: what one cannot take now is not even looked
    // at for another.
    "ALTER TABLE outbox ADD COLUMN guild_id BIGINT NOT NULL DEFAULT 0",
    "UPDATE outbox SET guild_id = (SELECT t.guild_id FROM ticket t WHERE t.id = outbox.ticket_id)",
    "DROP INDEX outbox_due",
    "CREATE INDEX outbox_due ON outbox (guild_id, not_before, id)
     WHERE state = 'waiting' OR state = 'leased'",
    // Whether somebody whom staff mention ever wrote in this guild.
    "CREATE INDEX message_by_writer ON message (person_id) WHERE person_id IS NOT NULL",
    "CREATE INDEX outbox_parked_by_guild ON outbox (guild_id) WHERE state = 'parked'",
];
