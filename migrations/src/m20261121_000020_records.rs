//! Records: what became of tickets and when, the log channel's lane, the dashboard messages, and
//! the staff's shifts.
//!
//! What happened before is read off the history's words, as far as they tell it.

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
    // A ticket's promises are kept in order within a lane: what the log channel cannot take does
    // not hold up the thread.
    "ALTER TABLE outbox ADD COLUMN lane TEXT NOT NULL DEFAULT 'thread'",
    // `kind` is claimed, closed or reopened; `person_id` is whose ticket it was then.
    "CREATE TABLE milestone (
        id {id},
        ticket_id BIGINT NOT NULL REFERENCES ticket (id),
        kind TEXT NOT NULL,
        person_id BIGINT REFERENCES person (id),
        at BIGINT NOT NULL
    )",
    "CREATE INDEX milestone_by_ticket ON milestone (ticket_id, kind)",
    "CREATE INDEX milestone_by_kind ON milestone (kind, ticket_id)",
    "CREATE INDEX milestone_by_person ON milestone (person_id, kind, at)",
    "INSERT INTO milestone (ticket_id, kind, person_id, at)
     SELECT e.ticket_id, 'reopened', NULL, e.at FROM event e
     WHERE e.words LIKE '%reopened the ticket%'",
    "INSERT INTO milestone (ticket_id, kind, person_id, at)
     SELECT e.ticket_id, 'closed', t.assignee_id, e.at FROM event e
     JOIN ticket t ON t.id = e.ticket_id
     WHERE e.words LIKE '% closed the ticket'",
    "INSERT INTO milestone (ticket_id, kind, person_id, at)
     SELECT e.ticket_id, 'claimed', t.assignee_id, e.at FROM event e
     JOIN ticket t ON t.id = e.ticket_id
     WHERE e.words LIKE '% took the ticket'",
    // Statistics: filed and closed within a time, a ticket's first answer, a person's answers.
    "CREATE INDEX ticket_by_filing ON ticket (guild_id, created_at)",
    "CREATE INDEX ticket_by_category ON ticket (category_id, status)",
    "CREATE INDEX ticket_by_closing ON ticket (guild_id, closed_at) WHERE closed_at IS NOT NULL",
    "CREATE INDEX message_answers ON message (ticket_id, created_at)
     WHERE side = 'staff' AND kind = 'reply'",
    "CREATE INDEX message_by_person ON message (person_id, created_at)
     WHERE side = 'staff' AND kind = 'reply'",
    // A message in Discord that shows how the helpdesk stands. `message_id` is none until it is
    // posted; a row that is leaving is deleted once its message is.
    "CREATE TABLE dashboard (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        channel_id BIGINT NOT NULL,
        message_id BIGINT,
        nonce TEXT NOT NULL UNIQUE,
        leaving BOOLEAN NOT NULL DEFAULT FALSE,
        shown TEXT,
        attempts BIGINT NOT NULL DEFAULT 0,
        first_tried_at BIGINT,
        not_before BIGINT NOT NULL,
        trouble TEXT
    )",
    // One per guild is shown; the others are on their way out.
    "CREATE UNIQUE INDEX dashboard_shown ON dashboard (guild_id) WHERE leaving = FALSE",
    "CREATE TABLE shift (
        id {id},
        guild_id BIGINT NOT NULL REFERENCES guild (id),
        person_id BIGINT NOT NULL REFERENCES person (id),
        began_at BIGINT NOT NULL,
        ended_at BIGINT
    )",
    // Nobody works two shifts at once.
    "CREATE UNIQUE INDEX shift_running ON shift (guild_id, person_id) WHERE ended_at IS NULL",
    "CREATE INDEX shift_by_time ON shift (guild_id, began_at)",
];
