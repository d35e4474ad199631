//! The first tables: guilds, people, tickets, messages, the outbox and the links to Discord.
//!
//! Moments are microseconds since 1970 and Discord's ids are 63-bit numbers, both `BIGINT`. Every
//! invariant of the bridge that a unique key can state is stated here.

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
    "CREATE TABLE guild (
        id {id},
        discord_id BIGINT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        support_channel BIGINT NOT NULL,
        staff_role BIGINT NOT NULL,
        next_number BIGINT NOT NULL DEFAULT 1
    )",
    "CREATE TABLE category (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        key TEXT NOT NULL,
        name TEXT NOT NULL,
        help TEXT NOT NULL,
        position BIGINT NOT NULL,
        UNIQUE (guild_id, key)
    )",
    "CREATE TABLE person (
        id {id},
        discord_id BIGINT NOT NULL UNIQUE,
        name TEXT NOT NULL,
        avatar TEXT
    )",
    "CREATE TABLE customer (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        email TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        UNIQUE (guild_id, email)
    )",
    "CREATE TABLE ticket (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        number BIGINT NOT NULL,
        request_key TEXT UNIQUE,
        customer_id BIGINT NOT NULL REFERENCES customer (id),
        category_id BIGINT NOT NULL REFERENCES category (id),
        assignee_id BIGINT REFERENCES person (id),
        subject TEXT NOT NULL,
        status TEXT NOT NULL,
        priority TEXT NOT NULL,
        rev BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        updated_at BIGINT NOT NULL,
        closed_at BIGINT,
        waiting_since BIGINT,
        last_side TEXT NOT NULL,
        last_words TEXT NOT NULL,
        UNIQUE (guild_id, number)
    )",
    // The staff's lists: by state, then by who waits or what moved last.
    "CREATE INDEX ticket_by_status ON ticket (guild_id, status, updated_at, id)",
    "CREATE INDEX ticket_by_assignee ON ticket (guild_id, assignee_id, status)",
    "CREATE INDEX ticket_by_customer ON ticket (customer_id)",
    // A private link. Only the token's hash is kept: a stolen database opens no ticket.
    "CREATE TABLE access_link (
        token_hash TEXT PRIMARY KEY,
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        created_at BIGINT NOT NULL
    )",
    "CREATE INDEX access_link_by_ticket ON access_link (ticket_id)",
    "CREATE TABLE message (
        id {id},
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        position BIGINT NOT NULL,
        request_key TEXT UNIQUE,
        side TEXT NOT NULL,
        kind TEXT NOT NULL,
        origin TEXT NOT NULL,
        person_id BIGINT REFERENCES person (id),
        author TEXT NOT NULL,
        body TEXT NOT NULL,
        created_at BIGINT NOT NULL,
        edited_at BIGINT,
        deleted_at BIGINT,
        delivery TEXT NOT NULL,
        failure TEXT,
        UNIQUE (ticket_id, position)
    )",
    // What a message said before each edit.
    "CREATE TABLE message_version (
        id {id},
        message_id BIGINT NOT NULL REFERENCES message (id),
        body TEXT NOT NULL,
        replaced_at BIGINT NOT NULL
    )",
    "CREATE INDEX message_version_by_message ON message_version (message_id)",
    "CREATE TABLE event (
        id {id},
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        at BIGINT NOT NULL,
        words TEXT NOT NULL
    )",
    "CREATE INDEX event_by_ticket ON event (ticket_id, id)",
    // One thread per ticket, one ticket per thread.
    "CREATE TABLE thread_link (
        ticket_id BIGINT PRIMARY KEY REFERENCES ticket (id),
        thread_id BIGINT UNIQUE,
        card_message_id BIGINT,
        seen_up_to BIGINT NOT NULL DEFAULT 0,
        trouble TEXT
    )",
    // Which Discord messages carry which message of ours. A Discord message is taken in once; a
    // piece of ours is sent once.
    "CREATE TABLE part (
        discord_message_id BIGINT PRIMARY KEY,
        message_id BIGINT NOT NULL REFERENCES message (id),
        chunk BIGINT NOT NULL,
        edited_at BIGINT,
        UNIQUE (message_id, chunk)
    )",
    "CREATE TABLE outbox (
        id {id},
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        message_id BIGINT REFERENCES message (id),
        command TEXT NOT NULL,
        nonce TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL,
        attempts BIGINT NOT NULL DEFAULT 0,
        not_before BIGINT NOT NULL,
        first_tried_at BIGINT,
        created_at BIGINT NOT NULL,
        reason TEXT
    )",
    // Only what is not finished is ever searched; finished rows cost the worker nothing.
    "CREATE INDEX outbox_waiting ON outbox (ticket_id, id) WHERE state = 'waiting' OR state = 'leased'",
    "CREATE INDEX outbox_due ON outbox (not_before, id) WHERE state = 'waiting' OR state = 'leased'",
    "CREATE INDEX outbox_parked ON outbox (ticket_id, id) WHERE state = 'parked'",
    "CREATE TABLE attempt (
        id {id},
        outbox_id BIGINT NOT NULL REFERENCES outbox (id),
        at BIGINT NOT NULL,
        outcome TEXT NOT NULL,
        detail TEXT
    )",
    "CREATE INDEX attempt_by_outbox ON attempt (outbox_id, id)",
    "CREATE TABLE session (
        id TEXT PRIMARY KEY,
        data TEXT NOT NULL,
        expires_at BIGINT NOT NULL
    )",
    "CREATE INDEX session_by_expiry ON session (expires_at)",
];
