//! What commands keep per guild: who else is staff, options, quick replies, tags, blocked users,
//! one-time codes, and which commands Discord was told.

use super::db::{Db, sql};
use crate::DeskError;
use domain::{
    ChannelId, CustomerId, DiscordGuildId, DiscordUserId, GuildId, Priority, RoleId, Status,
    ThreadId, TicketId, Timestamp,
};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, Value};
use std::collections::HashMap;

/// How many lines a list in Discord has at most.
pub(crate) const LIST: i64 = 25;

/// Who is made staff beside those with the staff role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grantee {
    User(DiscordUserId),
    Role(RoleId),
}

impl Grantee {
    fn parts(self) -> (&'static str, i64) {
        match self {
            Self::User(user) => ("user", user.0),
            Self::Role(role) => ("role", role.0),
        }
    }
}

async fn run<I>(db: &impl ConnectionTrait, text: &str, values: I) -> Result<u64, DeskError>
where
    I: IntoIterator<Item = Value>,
{
    Ok(db.execute_raw(sql(db, text, values)).await?.rows_affected())
}

async fn texts<I>(
    db: &impl ConnectionTrait,
    text: &str,
    values: I,
) -> Result<Vec<String>, DeskError>
where
    I: IntoIterator<Item = Value>,
{
    let rows = db.query_all_raw(sql(db, text, values)).await?;
    Ok(rows
        .into_iter()
        .map(|row| row.try_get("", "word"))
        .collect::<Result<_, _>>()?)
}

/// Makes somebody staff. `false`: they were.
pub(crate) async fn grant(
    db: &impl ConnectionTrait,
    guild: GuildId,
    to: Grantee,
) -> Result<bool, DeskError> {
    let (kind, id) = to.parts();
    let text = "INSERT INTO staff_grant (guild_id, kind, discord_id) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, kind, discord_id) DO NOTHING";
    Ok(run(db, text, [guild.into(), kind.into(), id.into()]).await? > 0)
}

/// Takes it back. `false`: there was nothing to take.
pub(crate) async fn revoke(
    db: &impl ConnectionTrait,
    guild: GuildId,
    from: Grantee,
) -> Result<bool, DeskError> {
    let (kind, id) = from.parts();
    let text = "DELETE FROM staff_grant WHERE guild_id = $1 AND kind = $2 AND discord_id = $3";
    Ok(run(db, text, [guild.into(), kind.into(), id.into()]).await? > 0)
}

/// Everyone who was made staff.
pub(crate) async fn grants(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<Grantee>, DeskError> {
    let text =
        "SELECT kind, discord_id FROM staff_grant WHERE guild_id = $1 ORDER BY kind, discord_id";
    let mut grants = Vec::new();
    for row in db.query_all_raw(sql(db, text, [guild.into()])).await? {
        let (kind, id): (String, i64) = (row.try_get("", "kind")?, row.try_get("", "discord_id")?);
        grants.push(match kind.as_str() {
            "role" => Grantee::Role(RoleId(id)),
            _ => Grantee::User(DiscordUserId(id)),
        });
    }
    Ok(grants)
}

/// What admins set.
pub(crate) async fn options(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<HashMap<String, String>, DeskError> {
    let text = "SELECT key, value FROM guild_option WHERE guild_id = $1";
    let mut options = HashMap::new();
    for row in db.query_all_raw(sql(db, text, [guild.into()])).await? {
        options.insert(row.try_get("", "key")?, row.try_get("", "value")?);
    }
    Ok(options)
}

/// Sets an option; `None` goes back to its default.
pub(crate) async fn set_option(
    db: &impl ConnectionTrait,
    guild: GuildId,
    key: &str,
    value: Option<&str>,
) -> Result<(), DeskError> {
    let Some(value) = value else {
        let text = "DELETE FROM guild_option WHERE guild_id = $1 AND key = $2";
        return run(db, text, [guild.into(), key.into()]).await.map(drop);
    };
    let text = "INSERT INTO guild_option (guild_id, key, value) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, key) DO UPDATE SET value = excluded.value";
    run(db, text, [guild.into(), key.into(), value.into()])
        .await
        .map(drop)
}

/// Keeps a quick reply under its name.
pub(crate) async fn set_quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
    body: &str,
) -> Result<(), DeskError> {
    let text = "INSERT INTO quick_reply (guild_id, name, body) VALUES ($1, $2, $3)
                ON CONFLICT (guild_id, name) DO UPDATE SET body = excluded.body";
    run(db, text, [guild.into(), name.into(), body.into()])
        .await
        .map(drop)
}

pub(crate) async fn remove_quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM quick_reply WHERE guild_id = $1 AND name = $2";
    Ok(run(db, text, [guild.into(), name.into()]).await? > 0)
}

pub(crate) async fn quick_reply(
    db: &impl ConnectionTrait,
    guild: GuildId,
    name: &str,
) -> Result<Option<String>, DeskError> {
    let text = "SELECT body AS word FROM quick_reply WHERE guild_id = $1 AND name = $2";
    Ok(texts(db, text, [guild.into(), name.into()]).await?.pop())
}

/// The names of all quick replies.
pub(crate) async fn quick_replies(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<String>, DeskError> {
    let text = "SELECT name AS word FROM quick_reply WHERE guild_id = $1 ORDER BY name";
    texts(db, text, [guild.into()]).await
}

/// Puts a tag on a ticket. `false`: it was there.
pub(crate) async fn tag(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    tag: &str,
) -> Result<bool, DeskError> {
    let text = "INSERT INTO ticket_tag (ticket_id, tag) VALUES ($1, $2)
                ON CONFLICT (ticket_id, tag) DO NOTHING";
    Ok(run(db, text, [ticket.into(), tag.into()]).await? > 0)
}

pub(crate) async fn untag(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    tag: &str,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM ticket_tag WHERE ticket_id = $1 AND tag = $2";
    Ok(run(db, text, [ticket.into(), tag.into()]).await? > 0)
}

pub(crate) async fn tags(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<Vec<String>, DeskError> {
    let text = "SELECT tag AS word FROM ticket_tag WHERE ticket_id = $1 ORDER BY tag";
    texts(db, text, [ticket.into()]).await
}

/// The tags in use in a guild.
pub(crate) async fn known_tags(
    db: &impl ConnectionTrait,
    guild: GuildId,
) -> Result<Vec<String>, DeskError> {
    let text = "SELECT DISTINCT g.tag AS word FROM ticket_tag g JOIN ticket t ON t.id = g.ticket_id
                WHERE t.guild_id = $1 ORDER BY g.tag LIMIT 500";
    texts(db, text, [guild.into()]).await
}

/// Blocks an account. `false`: it was.
pub(crate) async fn block(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<bool, DeskError> {
    let text = "INSERT INTO blocked_user (guild_id, discord_id) VALUES ($1, $2)
                ON CONFLICT (guild_id, discord_id) DO NOTHING";
    Ok(run(db, text, [guild.into(), user.into()]).await? > 0)
}

pub(crate) async fn unblock(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<bool, DeskError> {
    let text = "DELETE FROM blocked_user WHERE guild_id = $1 AND discord_id = $2";
    Ok(run(db, text, [guild.into(), user.into()]).await? > 0)
}

async fn is_blocked(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<bool, DeskError> {
    let text = "SELECT 'yes' AS word FROM blocked_user WHERE guild_id = $1 AND discord_id = $2";
    Ok(!texts(db, text, [guild.into(), user.into()])
        .await?
        .is_empty())
}

/// Keeps a code for a ticket, in place of those that were given before.
pub(crate) async fn add_code(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    hash: &str,
    expires_at: Timestamp,
    now: Timestamp,
) -> Result<(), DeskError> {
    let old = "DELETE FROM link_code WHERE ticket_id = $1 OR expires_at < $2";
    run(db, old, [ticket.into(), now.into()]).await?;
    let text = "INSERT INTO link_code (code_hash, ticket_id, expires_at) VALUES ($1, $2, $3)";
    run(db, text, [hash.into(), ticket.into(), expires_at.into()])
        .await
        .map(drop)
}

/// Takes a code that still holds: it works once.
pub(crate) async fn take_code(
    db: &impl ConnectionTrait,
    guild: GuildId,
    hash: &str,
    now: Timestamp,
) -> Result<Option<TicketId>, DeskError> {
    let text = "DELETE FROM link_code WHERE code_hash = $1 AND expires_at >= $2
                AND ticket_id IN (SELECT id FROM ticket WHERE guild_id = $3)
                RETURNING ticket_id";
    let row = db
        .query_one_raw(sql(db, text, [hash.into(), now.into(), guild.into()]))
        .await?;
    Ok(row.map(|row| row.try_get("", "ticket_id")).transpose()?)
}

/// Notes a wrong code.
pub(crate) async fn add_try(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
    at: Timestamp,
) -> Result<(), DeskError> {
    let text = "INSERT INTO link_try (guild_id, discord_id, at) VALUES ($1, $2, $3)";
    run(db, text, [guild.into(), user.into(), at.into()])
        .await
        .map(drop)
}

/// How many wrong codes an account tried since `since`; older ones are forgotten.
pub(crate) async fn tries(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
    since: Timestamp,
) -> Result<i64, DeskError> {
    run(db, "DELETE FROM link_try WHERE at < $1", [since.into()]).await?;
    let text = "SELECT COUNT(*) AS tries FROM link_try WHERE guild_id = $1 AND discord_id = $2";
    let row = db
        .query_one_raw(sql(db, text, [guild.into(), user.into()]))
        .await?;
    Ok(row
        .map(|row| row.try_get("", "tries"))
        .transpose()?
        .unwrap_or(0))
}

/// The hash of the commands that a scope was told.
pub(crate) async fn registered(db: &Db, scope: &str) -> Result<Option<String>, DeskError> {
    let text = "SELECT hash AS word FROM registration WHERE scope = $1";
    Ok(texts(&db.read, text, [scope.into()]).await?.pop())
}

pub(crate) async fn remember_registered(db: &Db, scope: &str, hash: &str) -> Result<(), DeskError> {
    let text = "INSERT INTO registration (scope, hash) VALUES ($1, $2)
                ON CONFLICT (scope) DO UPDATE SET hash = excluded.hash";
    run(&db.write, text, [scope.into(), hash.into()])
        .await
        .map(drop)
}

/// A guild's commands are to be told anew, whichever application told them.
pub(crate) async fn forget_registered(db: &Db, guild: DiscordGuildId) -> Result<(), DeskError> {
    let text = "DELETE FROM registration WHERE scope LIKE $1";
    run(&db.write, text, [format!("%/{guild}").into()])
        .await
        .map(drop)
}

/// A line of a list of tickets in Discord.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Line {
    pub(crate) number: i64,
    pub(crate) subject: String,
    pub(crate) status: Status,
    pub(crate) priority: Priority,
    pub(crate) thread_id: Option<ThreadId>,
    pub(crate) created_at: Timestamp,
}

const LINE: &str = "SELECT t.number, t.subject, t.status, t.priority, t.created_at, l.thread_id
     FROM ticket t LEFT JOIN thread_link l ON l.ticket_id = t.id";

/// Whose tickets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// Of a customer, for staff.
    Customer(CustomerId),
    /// Of an account.
    Account(DiscordUserId),
}

impl Whose {
    fn column(self) -> (&'static str, Value) {
        match self {
            Self::Customer(customer) => ("customer_id", customer.into()),
            Self::Account(account) => ("discord_id", account.into()),
        }
    }
}

/// Somebody's newest tickets, those that are not closed first.
pub(crate) async fn tickets_of(
    db: &Db,
    guild: GuildId,
    whose: Whose,
) -> Result<Vec<Line>, DeskError> {
    let (column, id) = whose.column();
    let text = format!(
        "{LINE} WHERE t.guild_id = $1 AND t.{column} = $2
         ORDER BY CASE WHEN t.status = $3 THEN 1 ELSE 0 END, t.id DESC LIMIT {LIST}"
    );
    let values = [guild.into(), id, closed()];
    Ok(Line::find_by_statement(sql(&db.read, &text, values))
        .all(&db.read)
        .await?)
}

/// Tickets whose number begins so or whose subject has it, newest first.
pub(crate) async fn tickets_like(
    db: &Db,
    guild: GuildId,
    typed: &str,
    account: Option<DiscordUserId>,
) -> Result<Vec<Line>, DeskError> {
    let escaped: String = typed
        .to_lowercase()
        .chars()
        .flat_map(|c| match c {
            '%' | '_' | '!' => vec!['!', c],
            c => vec![c],
        })
        .collect();
    let mut values: Vec<Value> = vec![
        guild.into(),
        format!("{escaped}%").into(),
        format!("%{escaped}%").into(),
    ];
    let mut whose = "";
    if let Some(account) = account {
        values.push(account.into());
        whose = "AND discord_id = $4";
    }
    // The newest thousand are looked at, so that a large desk answers as quickly as a small one.
    let text = format!(
        "{LINE} WHERE t.id IN
             (SELECT id FROM ticket WHERE guild_id = $1 {whose} ORDER BY id DESC LIMIT 1000)
         AND (CAST(t.number AS TEXT) LIKE $2 ESCAPE '!' OR LOWER(t.subject) LIKE $3 ESCAPE '!')
         ORDER BY t.id DESC LIMIT {LIST}"
    );
    Ok(Line::find_by_statement(sql(&db.read, &text, values))
        .all(&db.read)
        .await?)
}

/// How an account stands with a guild, as far as it decides whether they may file one more ticket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    pub(crate) is_blocked: bool,
    /// How many of their tickets are not closed.
    pub(crate) open: i64,
    /// When they filed the newest.
    pub(crate) newest: Option<Timestamp>,
}

/// How an account stands. Where the guild's row is locked, two forms at once are counted one after
/// the other.
pub(crate) async fn standing(
    db: &impl ConnectionTrait,
    guild: GuildId,
    user: DiscordUserId,
) -> Result<Standing, DeskError> {
    let is_blocked = is_blocked(db, guild, user).await?;
    let (open, newest) = load_of(db, guild, user).await?;
    Ok(Standing {
        is_blocked,
        open,
        newest,
    })
}

/// How many tickets of an account are not closed, and when the newest was filed.
async fn load_of(
    db: &impl ConnectionTrait,
    guild: GuildId,
    account: DiscordUserId,
) -> Result<(i64, Option<Timestamp>), DeskError> {
    let text = "SELECT COUNT(CASE WHEN status <> $3 THEN 1 END) AS open, MAX(created_at) AS newest
                FROM ticket WHERE guild_id = $1 AND discord_id = $2";
    let row = db
        .query_one_raw(sql(db, text, [guild.into(), account.into(), closed()]))
        .await?;
    match row {
        Some(row) => Ok((row.try_get("", "open")?, row.try_get("", "newest")?)),
        None => Ok((0, None)),
    }
}

/// Whether a note of the ticket is in its thread, where everyone in it reads it, or may be by a try
/// of which nothing is known yet.
pub(crate) async fn has_notes_there(
    db: &impl ConnectionTrait,
    ticket: TicketId,
) -> Result<bool, DeskError> {
    let text = "SELECT 'yes' AS word FROM message m JOIN part p ON p.message_id = m.id
                WHERE m.ticket_id = $1 AND m.kind = 'note'
                UNION ALL
                SELECT 'yes' AS word FROM message m JOIN outbox o ON o.message_id = m.id
                WHERE m.ticket_id = $1 AND m.kind = 'note' AND o.state <> 'done' AND o.attempts > 0
                LIMIT 1";
    Ok(!texts(db, text, [ticket.into()]).await?.is_empty())
}

fn closed() -> Value {
    Status::Closed.to_value().into()
}

/// An id in an option.
pub(crate) fn channel_in(value: &str) -> Option<ChannelId> {
    value.parse().ok().filter(|id: &ChannelId| id.0 > 0)
}
