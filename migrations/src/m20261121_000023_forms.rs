//! What a guild asks of those who file tickets: categories that come and go, and the questions of a
//! category's form in Discord. And whose a ticket is there: an account holds tickets, one by one,
//! rather than an address, which anybody can type.

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
    // A category that has tickets stays for them; nothing new is filed under it.
    "ALTER TABLE category ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE",
    // Asked in the order of their ids. `answer` is 'line' or 'paragraph'; `least` 0: may be left out.
    "CREATE TABLE question (
        id {id},
        category_id BIGINT NOT NULL REFERENCES category (id),
        words TEXT NOT NULL,
        answer TEXT NOT NULL,
        least BIGINT NOT NULL,
        most BIGINT NOT NULL,
        UNIQUE (category_id, words)
    )",
    "ALTER TABLE ticket ADD COLUMN discord_id BIGINT",
    "UPDATE ticket SET discord_id =
        (SELECT c.discord_id FROM customer c WHERE c.id = ticket.customer_id)",
    "CREATE INDEX ticket_by_account ON ticket (guild_id, discord_id)",
    // Only a customer without an address is known by an account.
    "UPDATE customer SET discord_id = NULL WHERE email NOT LIKE 'discord:%'",
    "UPDATE customer SET discord_id = CAST(SUBSTR(email, 9) AS BIGINT)
     WHERE email LIKE 'discord:%' AND discord_id IS NULL",
    // A code lives for a quarter of an hour: none is worth carrying over.
    "DROP TABLE link_code",
    "CREATE TABLE link_code (
        code_hash TEXT PRIMARY KEY,
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        expires_at BIGINT NOT NULL
    )",
];
