//! SQLite as the desk opens it (`crates/desk/src/store/db.rs`): what is measured beside the product is
//! as durable as the product. Whoever changes that there changes it here. What is not about
//! durability is left as it comes: a bare handler has nobody to fold its log back for it.

// house-rule: the yardsticks need the driver itself
use sea_orm::{
    ConnectOptions,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use std::path::Path;
use std::time::Duration;

/// What connections may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// Reading only, so many at once.
    Reading(u32),
    /// Writing, one at a time; the file is made if there is none.
    Writing,
}

/// How to connect to the database in this file.
pub fn options(file: &Path, purpose: For) -> ConnectOptions {
    let (most, read_only) = match purpose {
        For::Reading(most) => (most, true),
        For::Writing => (1, false),
    };
    let mut options = ConnectOptions::new(format!("sqlite://{}", file.display()));
    options
        .max_connections(most)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(!read_only)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5));
            if read_only {
                options.pragma("query_only", "ON")
            } else {
                options
            }
        });
    options
}
