//! The product's database, read from beside it, and the yardstick for taking in: the same rows,
//! inserted once more with nothing around it.
//!
//! Only this room knows the product's tables, and of those no more than the names of three.

use crate::sqlite::{For, options};
use anyhow::{Context, Result, bail};
// house-rule: the yardstick needs the driver itself
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often it is looked whether all is there.
const AGAIN: Duration = Duration::from_millis(20);
/// What a message from Discord leaves behind, parents first. `kept` is what is inserted again.
const TABLES: [(&str, &str); 3] = [
    (
        "message",
        "SELECT * FROM message WHERE origin = 'discord' ORDER BY id LIMIT $1",
    ),
    (
        "part",
        "SELECT part.* FROM part JOIN kept_message m ON m.id = part.message_id ORDER BY m.id",
    ),
    (
        "outbox",
        "SELECT outbox.* FROM outbox WHERE message_id IS NULL AND command LIKE '%react%'
         ORDER BY id DESC LIMIT $1",
    ),
];

/// The product's database, to be looked at while the product runs.
pub struct Rows {
    database: DatabaseConnection,
}

impl Rows {
    /// Opens it.
    pub async fn of(file: &Path) -> Result<Self> {
        Ok(Self {
            database: Database::connect(options(file, For::Reading(1))).await?,
        })
    }

    /// How many messages came from Discord and are there for good.
    pub async fn taken_in(&self) -> Result<usize> {
        let count = "SELECT COUNT(*) AS count FROM message WHERE origin = 'discord'";
        let row = self.database.query_one_raw(sqlite(count, [])).await?;
        let row = row.context("a count without a row")?;
        Ok(usize::try_from(row.try_get::<i64>("", "count")?)?)
    }

    /// The moment when so many are there.
    pub async fn until_taken_in(&self, count: usize, limit: Duration) -> Result<Instant> {
        let began = Instant::now();
        loop {
            let here = self.taken_in().await?;
            if here >= count {
                return Ok(Instant::now());
            }
            if began.elapsed() > limit {
                bail!("of {count} messages only {here} came in time");
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Lets go of it.
    pub async fn close(self) -> Result<()> {
        Ok(self.database.close().await?)
    }
}

/// Inserts up to `count` messages of that database once more, with their parts and promises, in a
/// transaction each. How many a second.
pub async fn inserted_again(file: &Path, count: usize) -> Result<f64> {
    let database = Database::connect(options(file, For::Writing)).await?;
    let limit = i64::try_from(count)?;
    for (table, rows) in TABLES {
        let keep = format!("CREATE TABLE kept_{table} AS {rows}").replace("$1", &limit.to_string());
        database.execute_unprepared(&keep).await?;
    }
    // Emptied whole: what else is there hangs on nothing that is inserted again.
    for statement in [
        "PRAGMA foreign_keys = OFF",
        "DELETE FROM outbox",
        "DELETE FROM part",
        "DELETE FROM message",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "PRAGMA foreign_keys = ON",
    ] {
        database.execute_unprepared(statement).await?;
    }
    let kept = "SELECT COUNT(*) AS count FROM kept_message";
    let row = database.query_one_raw(sqlite(kept, [])).await?;
    let kept: i64 = row.context("a count without a row")?.try_get("", "count")?;
    let inserts = TABLES.map(|(table, _)| {
        format!("INSERT INTO {table} SELECT * FROM kept_{table} WHERE rowid = $1")
    });
    let began = Instant::now();
    for row in 1..=kept {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let transaction = database.begin_with_options(options).await?;
        for insert in &inserts {
            let insert = sqlite(insert, [row.into()]);
            transaction.execute_raw(insert).await?;
        }
        transaction.commit().await?;
    }
    let per_second = kept as f64 / began.elapsed().as_secs_f64();
    database.close().await?;
    Ok(per_second)
}

fn sqlite<const N: usize>(text: &str, values: [sea_orm::Value; N]) -> Statement {
    Statement::from_sql_and_values(sea_orm::DatabaseBackend::Sqlite, text, values)
}
