//! Tickets as lists in Discord show them, and how somebody stands there who would file one more.
//!
//! What is shown of a line, and whom a limit keeps out, is decided elsewhere.

use super::blocklist::is_blocked;
use super::db::{Db, sql};
use crate::DeskError;
use domain::{CustomerId, DiscordUserId, GuildId, Priority, Status, ThreadId, Timestamp};
use sea_orm::{ActiveEnum, ConnectionTrait, FromQueryResult, Value};

/// How many lines a list in Discord has at most.
const LIST: i64 = 25;

/// A line of a list of tickets in Discord.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct Line {
    pub(crate) number: i64,
    pub(crate) subject: String,
    pub(crate) status: Status,
    pub(crate) priority: Priority,
    pub(crate) thread_id: Option<ThreadId>,
    /// 1: its customer reads that thread.
    pub(crate) shared: i64,
    pub(crate) created_at: Timestamp,
}

const LINE: &str = "SELECT t.number, t.subject, t.status, t.priority, t.created_at, l.thread_id,
     COALESCE(l.shared, 0) AS shared FROM ticket t LEFT JOIN thread_link l ON l.ticket_id = t.id";

/// Whose tickets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whose {
    /// Of a customer and of the account that is theirs, for staff. What they filed on the web and
    /// tied to their account is another customer's row.
    Customer {
        customer: CustomerId,
        account: Option<DiscordUserId>,
    },
    /// Of an account.
    Account(DiscordUserId),
}

impl Whose {
    fn condition(self) -> (&'static str, Vec<Value>) {
        match self {
            Self::Customer {
                customer,
                account: None,
            } => ("t.customer_id = $3", vec![customer.into()]),
            Self::Customer {
                customer,
                account: Some(account),
            } => (
                "(t.customer_id = $3 OR t.discord_id = $4)",
                vec![customer.into(), account.into()],
            ),
            Self::Account(account) => ("t.discord_id = $3", vec![account.into()]),
        }
    }
}

/// Somebody's newest tickets, those that are not closed first.
pub(crate) async fn tickets_of(
    db: &Db,
    guild: GuildId,
    whose: Whose,
) -> Result<Vec<Line>, DeskError> {
    let (condition, ids) = whose.condition();
    let text = format!(
        "{LINE} WHERE t.guild_id = $1 AND {condition}
         ORDER BY CASE WHEN t.status = $2 THEN 1 ELSE 0 END, t.id DESC LIMIT {LIST}"
    );
    let values: Vec<Value> = [guild.into(), closed()].into_iter().chain(ids).collect();
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

fn closed() -> Value {
    Status::Closed.to_value().into()
}
