//! What the product is measured against: an axum handler that does one indexed query, or one
//! insert, through the same driver, and answers with as many bytes.
//!
//! Its connections are opened with the settings of the desk's (`crates/desk/src/store/db.rs`);
//! whoever changes those changes these. It has no layers, no log and no rendering.

use crate::house::House;
use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::serve::ListenerExt;
// house-rule: the yardstick needs the driver itself
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbErr, FromQueryResult,
    Statement,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The row that is asked for.
pub const KEY: &str = "row-0500";

/// A running bare handler.
pub struct Bare {
    /// Where it listens.
    pub address: SocketAddr,
    parts: Arc<Parts>,
    serving: JoinHandle<()>,
    _folder: TempDir,
}

struct Parts {
    read: DatabaseConnection,
    write: DatabaseConnection,
    answer: RwLock<Bytes>,
    written: AtomicU64,
}

#[derive(FromQueryResult)]
struct Row {
    words: String,
}

impl Bare {
    /// Starts one, with a table of a thousand rows.
    pub async fn start(house: &House) -> Result<Self> {
        let folder = house.empty_folder()?;
        let url = format!(
            "sqlite://{}?mode=rwc",
            folder.path().join("bare.db").display()
        );
        let (parts, listener) = house
            .product()
            .spawn(async move { anyhow::Ok((Parts::open(&url).await?, listen().await?)) })
            .await??;
        let parts = Arc::new(parts);
        let address = listener.local_addr()?;
        let app = Router::new()
            .route("/{key}", get(read))
            .route("/", post(write))
            .with_state(parts.clone());
        let listener = listener.tap_io(|stream| {
            // The server's own listener does the same; without it both would still answer.
            let _ = stream.set_nodelay(true);
        });
        let serving = house.product().spawn(async move {
            // It only returns when it is aborted.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            address,
            parts,
            serving,
            _folder: folder,
        })
    }

    /// From now on it answers with a body of so many bytes.
    pub fn set_length(&self, bytes: usize) {
        let answer = Bytes::from(vec![b'x'; bytes]);
        *self
            .parts
            .answer
            .write()
            .unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn listen() -> Result<TcpListener> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?)
}

impl Parts {
    async fn open(url: &str) -> Result<Self> {
        let write = Database::connect(sqlite(url, 1, false)).await?;
        for statement in [
            "CREATE TABLE bare (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, words TEXT NOT NULL)",
            "WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 999)
             INSERT INTO bare (key, words) SELECT format('row-%04d', n), format('%0200d', n) FROM n",
        ] {
            write.execute_unprepared(statement).await?;
        }
        let read = Database::connect(sqlite(url, 4, true))
            .await
            .context("readers")?;
        Ok(Self {
            read,
            write,
            answer: RwLock::default(),
            written: AtomicU64::new(0),
        })
    }

    fn answer(&self) -> Bytes {
        let answer = self.answer.read();
        answer.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn sqlite(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            let options = options
                .create_if_missing(true)
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

async fn read(
    State(parts): State<Arc<Parts>>,
    Path(key): Path<String>,
) -> Result<Bytes, StatusCode> {
    let backend = parts.read.get_database_backend();
    let text = "SELECT words FROM bare WHERE key = $1";
    let query = Statement::from_sql_and_values(backend, text, [key.into()]);
    let row = Row::find_by_statement(query).one(&parts.read).await;
    match row.map_err(|error| broken(&error))? {
        Some(row) if !row.words.is_empty() => Ok(parts.answer()),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn write(State(parts): State<Arc<Parts>>, form: Bytes) -> Result<Bytes, StatusCode> {
    let key = format!("new-{}", parts.written.fetch_add(1, Ordering::Relaxed));
    let words = String::from_utf8_lossy(&form).into_owned();
    let backend = parts.write.get_database_backend();
    let text = "INSERT INTO bare (key, words) VALUES ($1, $2)";
    let insert = Statement::from_sql_and_values(backend, text, [key.into(), words.into()]);
    let done = parts.write.execute_raw(insert).await;
    done.map_err(|error| broken(&error))?;
    Ok(parts.answer())
}

fn broken(error: &DbErr) -> StatusCode {
    eprintln!("the bare handler's database: {error}");
    StatusCode::INTERNAL_SERVER_ERROR
}
