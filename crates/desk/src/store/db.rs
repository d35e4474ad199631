//! Connections: one address, two databases, the settings that make an answer durable.
//!
//! SQLite gets one writing connection, so that writers queue here rather than fail there, and a
//! few reading ones. PostgreSQL gets one pool for both. It knows nothing of tables.

use super::turns::{Turn, Writer};
use crate::DeskError;
use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseBackend, DatabaseConnection,
    DatabaseTransaction, DbErr, RuntimeErr, Statement, TransactionTrait,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

/// The database, opened.
#[derive(Clone, Debug)]
pub struct Db {
    pub(crate) read: DatabaseConnection,
    pub(crate) write: DatabaseConnection,
    pub(super) writer: Arc<Mutex<Writer>>,
}

/// A setting of the database's that decides whether an answer survives a power cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// Its name, as the database calls it.
    pub setting: &'static str,
    /// Its value.
    pub value: String,
    /// Whether what was acknowledged survives.
    pub is_safe: bool,
}

/// How many reads SQLite serves at once; more only queue for the same two cores and page cache.
const SQLITE_READERS: u32 = 4;

/// KiB of pages that each of them keeps to itself. The kernel keeps them all anyhow; what is more
/// here is memory that every reader fills with the same pages.
const SQLITE_READER_CACHE: u32 = 256;

/// Pages in SQLite's log from which on the writer itself folds them back into the file, and whoever
/// writes next waits for that. [`Db::checkpoint`] does it beside the writer long before.
const SQLITE_LOG_MOST: u32 = 16_384;

/// Whether a failure means that nothing can be written: a full disk, or a database that may only
/// be read.
pub(crate) fn cannot_write(error: &DbErr) -> bool {
    let (DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause)) = error else {
        return false;
    };
    let RuntimeErr::SqlxError(cause) = cause else {
        return false;
    };
    let Some(code) = cause.as_database_error().and_then(|told| told.code()) else {
        return false;
    };
    // PostgreSQL: disk_full, read_only_sql_transaction.
    if ["53100", "25006"].contains(&code.as_ref()) {
        return true;
    }
    // SQLite: READONLY, IOERR, FULL; the lowest byte tells which, the others in what way.
    code.parse::<u32>()
        .is_ok_and(|code| code < 10_000 && [8, 10, 13].contains(&(code & 0xff)))
}

impl Db {
    /// Opens `sqlite://…` or `postgres://…`.
    pub async fn connect(url: &str) -> Result<Self, DeskError> {
        if url.starts_with("sqlite:") {
            let write = Database::connect(sqlite(url, 1, false)).await?;
            let read = Database::connect(sqlite(url, SQLITE_READERS, true)).await?;
            Ok(Self {
                read,
                write,
                writer: Arc::default(),
            })
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(20)
                .acquire_timeout(Duration::from_secs(10))
                .sqlx_logging(false);
            let write = Database::connect(options).await?;
            Ok(Self {
                read: write.clone(),
                write,
                writer: Arc::default(),
            })
        }
    }

    /// The connection that migrations run on.
    pub fn for_migrations(&self) -> &DatabaseConnection {
        &self.write
    }

    /// Folds what SQLite's log holds by now back into the file, while others go on writing. Nothing
    /// to do where the database does it by itself.
    pub async fn checkpoint(&self) -> Result<(), DeskError> {
        if !self.is_postgres() {
            self.read
                .execute_unprepared("PRAGMA wal_checkpoint(PASSIVE)")
                .await?;
        }
        Ok(())
    }

    /// Closes all connections; SQLite then folds its log back into the one file.
    pub async fn close(self) -> Result<(), DeskError> {
        let shared = self.is_postgres();
        self.read.close().await?;
        if !shared {
            self.write.close().await?;
        }
        Ok(())
    }

    /// What the database says of its durability, where it is written.
    pub async fn durability(&self) -> Result<Vec<Durability>, DeskError> {
        if self.is_postgres() {
            let mut settings = Vec::new();
            for setting in ["synchronous_commit", "fsync", "full_page_writes"] {
                let value: String = self.ask(&format!("SHOW {setting}")).await?;
                settings.push(Durability {
                    setting,
                    is_safe: value != "off",
                    value,
                });
            }
            return Ok(settings);
        }
        let journal: String = self.ask("PRAGMA journal_mode").await?;
        let synchronous: i64 = self.ask("PRAGMA synchronous").await?;
        let names = ["OFF", "NORMAL", "FULL", "EXTRA"];
        let name = usize::try_from(synchronous).ok().and_then(|n| names.get(n));
        Ok(vec![
            Durability {
                setting: "journal_mode",
                is_safe: journal == "wal",
                value: journal,
            },
            Durability {
                setting: "synchronous",
                is_safe: synchronous >= 2,
                value: name.map_or_else(|| synchronous.to_string(), |name| (*name).to_owned()),
            },
        ])
    }

    async fn ask<T: sea_orm::TryGetable>(&self, question: &str) -> Result<T, DeskError> {
        let row = self
            .write
            .query_one_raw(sql(&self.write, question, []))
            .await?
            .ok_or_else(|| DeskError::Internal("the database did not say".into()))?;
        Ok(row.try_get_by_index(0)?)
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.write.get_database_backend() == DatabaseBackend::Postgres
    }

    /// A writing transaction, to be kept by its turn. Where there is one writer, those that come
    /// close together are made durable together.
    pub(crate) async fn begin(&self) -> Result<(Turn, DatabaseTransaction), DeskError> {
        if self.is_postgres() {
            return Ok((Turn::default(), self.write.begin().await?));
        }
        Turn::at(&self.writer, &self.write).await
    }
}

/// A statement with numbered parameters, `$1` onward, which both databases take.
pub(crate) fn sql<I>(db: &impl ConnectionTrait, text: &str, values: I) -> Statement
where
    I: IntoIterator<Item = sea_orm::Value>,
{
    Statement::from_sql_and_values(db.get_database_backend(), text, values)
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        // A file does not hang up: asking it before each statement would double their number.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |o| {
            let o = o
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL syncs the log at each commit: what was acknowledged survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5));
            if read_only {
                // Less than nothing: in KiB rather than in pages.
                o.pragma("cache_size", format!("-{SQLITE_READER_CACHE}"))
                    .pragma("query_only", "ON")
            } else {
                // What a savepoint would bring back is noted in memory: each of ours touches more
                // pages than SQLite keeps there by itself, and a file each would be made for it.
                o.pragma("wal_autocheckpoint", SQLITE_LOG_MOST.to_string())
                    .pragma("temp_store", "MEMORY")
            }
        });
    options
}

#[cfg(test)]
mod tests {
    use super::*;
    use test_database::TestDatabase;

    #[tokio::test]
    async fn what_was_written_is_folded_back_while_another_writes() {
        let database = TestDatabase::bare().await;
        let db = Db::connect(database.url()).await.unwrap();
        let Some(file) = database.url().strip_prefix("sqlite://") else {
            return db.checkpoint().await.unwrap();
        };
        let file = file.split('?').next().unwrap();
        let length = || std::fs::metadata(file).unwrap().len();
        let before = length();
        let write = |tx: DatabaseTransaction, text: &'static str| async move {
            tx.execute_unprepared(text).await.unwrap();
            tx
        };
        let (turn, tx) = db.begin().await.unwrap();
        let tx = write(tx, "CREATE TABLE n (n BLOB)").await;
        let tx = write(tx, "INSERT INTO n VALUES (zeroblob(100000))").await;
        turn.keep(tx).await.unwrap();
        assert_eq!(length(), before);
        let (turn, tx) = db.begin().await.unwrap();
        let tx = write(tx, "INSERT INTO n VALUES (zeroblob(100000))").await;
        db.checkpoint().await.unwrap();
        let after = length();
        assert!(
            (before + 100_000..before + 200_000).contains(&after),
            "{after}"
        );
        turn.keep(tx).await.unwrap();
    }
}
